using System.Text.Json;

namespace Sequencer.Tlog.Tests;

/// <summary>Reading of vector files, without reflection.</summary>
internal static class JsonVectors
{
    public static JsonElement Load(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }

    public static string Text(this JsonElement element, string name) =>
        element.GetProperty(name).GetString()!;

    public static ulong Number(this JsonElement element, string name) =>
        element.GetProperty(name).GetUInt64();

    public static byte[] Hex(this JsonElement element) => Convert.FromHexString(element.GetString()!);

    public static Hash HexHash(this JsonElement element) => Hash.Read(element.Hex());

    public static Hash Base64Hash(this JsonElement element) =>
        Hash.TryParseBase64(element.GetString(), out var hash)
            ? hash
            : throw new FormatException($"Not a hash: {element}.");

    /// <summary>A list of base64 hashes; null stands for an empty one.</summary>
    public static Hash[] Hashes(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Null ? [] : [.. element.EnumerateArray().Select(Base64Hash)];
}
