using System.Text;
using System.Text.Json;

namespace Sequencer.Fuzz;

/// <summary>Seeds that are built into this assembly.</summary>
internal static class Resource
{
    /// <summary>The log of 300 entries that a second implementation computed.</summary>
    public static JsonElement DerivedLog { get; } =
        JsonDocument.Parse(Bytes("derived-tlog.json")).RootElement;

    /// <summary>Golden encodings of one direction of the enclave's protocol.</summary>
    public static List<byte[]> GoldenMessages(string direction) =>
    [
        .. Encoding.UTF8.GetString(Bytes("golden-messages.txt")).Split('\n')
            .Where(line => line.StartsWith(direction + ",", StringComparison.Ordinal))
            .Select(line => Convert.FromHexString(line[(line.LastIndexOf(' ') + 1)..])),
    ];

    public static byte[] Bytes(string name)
    {
        using var stream = typeof(Resource).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not built into {typeof(Resource).Assembly}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
