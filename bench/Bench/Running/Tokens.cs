using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sequencer.Bench.Running;

/// <summary>Mints ES256 tokens (RFC 7519) with the key of a development set-up.</summary>
internal sealed class Tokens : IDisposable
{
    private static readonly string Header = Encode("""{"alg":"ES256","typ":"JWT"}""");

    private readonly ECDsa _key = ECDsa.Create();

    public Tokens(string keyFile) => _key.ImportFromPem(File.ReadAllText(keyFile));

    /// <summary>A token for a chain, good for a day.</summary>
    public string For(string chain)
    {
        var expires = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds();
        var payload = string.Create(CultureInfo.InvariantCulture, $$"""{"sub":"{{chain}}","exp":{{expires}}}""");
        var input = $"{Header}.{Encode(payload)}";
        var signature = _key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256);
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Writes a token for each of some chains, one a line; the file's name.</summary>
    public string WriteFile(string file, params IEnumerable<string> chains)
    {
        File.WriteAllLines(file, chains.Select(For));
        return file;
    }

    public void Dispose() => _key.Dispose();

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
