using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>Under which name and key the chains are published: <c>[log]</c>.</summary>
internal sealed record LogSettings
{
    /// <summary>What every chain's origin begins with, for example <c>sequencer.example/log</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>File with the operator's Ed25519 log key, in the text form of a note's private key.</summary>
    public required string KeyFile { get; init; }

    /// <summary>Id, ARN or alias of the log key in AWS KMS; empty for <see cref="KeyFile"/>.</summary>
    public string KmsKey { get; init; } = "";

    /// <summary>Region of that key; empty for the default of the AWS environment.</summary>
    public string KmsRegion { get; init; } = "";

    /// <summary>How long checkpoints gather before KMS is asked to sign, in milliseconds.</summary>
    public int KmsIntervalMs { get; init; }

    /// <summary>
    /// Whether chains that were signed with another log key go on under this one: <c>--new-log-key</c>.
    /// </summary>
    public bool TakesNewKey { get; set; }

    public static LogSettings Read(SettingsReader reader, ServerSettings server)
    {
        var prefix = reader.Text("log:prefix", "");
        var keyFile = reader.Text("log:key_file", "secrets/log.key");
        var kmsKey = reader.Text("log:kms_key", "");
        var settings = new LogSettings
        {
            Prefix = prefix.Length > 0 ? prefix : server.PublicHost + "/log",
            KeyFile = kmsKey.Length > 0 ? keyFile : SettingsFile.Existing(reader, "log:key_file", keyFile),
            KmsKey = kmsKey,
            KmsRegion = reader.Text("log:kms_region", ""),
            KmsIntervalMs = reader.Integer("log:kms_interval_ms", 1_000, 0, 60_000),
        };
        try
        {
            Origin.CheckPrefix(settings.Prefix);
            return settings;
        }
        catch (ArgumentException malformed)
        {
            throw new SettingsException(
                $"log.prefix (or server.public_host): {SettingsException.SentenceOf(malformed)}");
        }
    }

    /// <summary>The operator's key; the caller disposes it.</summary>
    /// <exception cref="SettingsException">When the file holds no such key.</exception>
    public PrivateKeyText ReadKey()
    {
        try
        {
            return PrivateKeyText.Parse(SettingsFile.Text("log.key_file", KeyFile));
        }
        catch (TlogException malformed)
        {
            throw new SettingsException($"log.key_file: {KeyFile}: {malformed.Message}");
        }
    }
}
