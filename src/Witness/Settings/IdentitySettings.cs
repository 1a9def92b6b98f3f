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
            "witness.key_file", reader.Text("witness:key_file", "secrets/witness.key"))!,
        PublicUrl = reader.Text("witness:public_url", "http://127.0.0.1:5010"),
        StatePath = reader.Text("witness:state_path", "witness-state"),
    };

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
