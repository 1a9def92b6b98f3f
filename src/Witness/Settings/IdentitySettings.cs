using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>Who the witness is, and what it remembers: <c>[witness]</c>.</summary>
internal sealed record IdentitySettings
{
    /// <summary>File with the witness's Ed25519 key, in the text form of a note's private key.</summary>
    public required string KeyFile { get; init; }

    /// <summary>
    /// The URL that policies give for this witness; it only serves to print the policy's line.
    /// </summary>
    public required string PublicUrl { get; init; }

    /// <summary>Folder of what was cosigned last.</summary>
    public required string StatePath { get; init; }

    public static IdentitySettings Read(SettingsReader reader) => new()
    {
        KeyFile = SettingsFile.Existing(
            reader, "witness:key_file", reader.Text("witness:key_file", "secrets/witness.key")),
        PublicUrl = Url(reader, reader.Text("witness:public_url", "http://127.0.0.1:5010")),
        StatePath = SettingsFile.Folder(reader, "witness:state_path", "witness-state"),
    };

    /// <summary>A line of a policy has no room for a space, and gateways take HTTP alone.</summary>
    private static string Url(SettingsReader reader, string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            && !url.Any(char.IsWhiteSpace)
            ? url
            : throw reader.Wrong(
                "witness:public_url", url, "the URL that policies give, such as https://witness.example");

    /// <summary>The witness's key; the caller disposes it.</summary>
    /// <exception cref="SettingsException">When the file holds no such key.</exception>
    public WitnessKey ReadKey()
    {
        try
        {
            return WitnessKey.Parse(SettingsFile.Text("witness.key_file", KeyFile));
        }
        catch (TlogException malformed)
        {
            throw new SettingsException($"witness.key_file: {KeyFile}: {malformed.Message}");
        }
    }
}
