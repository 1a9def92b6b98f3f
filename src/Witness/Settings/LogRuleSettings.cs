using System.Security.Cryptography;
using Sequencer.Attestation;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>Reads what the witness cosigns: <c>[logs."name"]</c>.</summary>
internal static class LogRuleSettings
{
    public static LogRules Read(SettingsReader reader)
    {
        var names = reader.Tables("logs");
        if (names.Count == 0)
        {
            throw new SettingsException(
                "[logs] names no log, so that there is nothing to cosign: add a table [logs.\"name\"] with a "
                + "vkey, as setup/witness.sample.toml shows.");
        }

        var rules = names.Select(name => ReadRule(reader, name)).ToList();
        var sameNames = rules.GroupBy(rule => rule.Prefix ?? rule.Key.Name).Where(same => same.Count() > 1);
        foreach (var same in sameNames)
        {
            throw new SettingsException(
                $"[logs.\"{same.Last().Name}\"]: {same.Key} is already in [logs.\"{same.First().Name}\"]; a "
                + "log has one table.");
        }

        return new LogRules(rules);
    }

    private static LogRule ReadRule(SettingsReader reader, string name)
    {
        var key = ReadKey(reader, $"logs:{name}:vkey");
        var prefix = reader.Text($"logs:{name}:prefix", "");
        if (prefix.Length > 0)
            CheckPrefix(reader, name, prefix);
        return new LogRule
        {
            Name = name,
            Key = key,
            Prefix = prefix.Length > 0 ? prefix : null,
            OriginsMax = reader.Integer($"logs:{name}:origins_max", 10_000, 1, 1_000_000),
            Enclave = ReadEnclave(reader, name, prefix.Length > 0 ? prefix : ParentOf(key.Name)),
        };
    }

    private static VerifierKey ReadKey(SettingsReader reader, string setting)
    {
        const string expected = "a vkey: the text behind the word log in a policy, name+8 hex digits+base64";
        var text = reader.Text(setting, "");
        try
        {
            var key = VerifierKey.Parse(text);
            return key.Type == SignatureType.Ed25519
                ? key
                : throw reader.Wrong(setting, text, "the vkey of a log, of type 0x01, and not a cosigner's");
        }
        catch (TlogException malformed)
        {
            throw reader.Wrong(setting, text, $"{expected}. {malformed.Message.TrimEnd('.')}");
        }
    }

    private static void CheckPrefix(SettingsReader reader, string name, string prefix)
    {
        try
        {
            Origin.CheckPrefix(prefix);
        }
        catch (ArgumentException malformed)
        {
            var rule = SettingsException.SentenceOf(malformed).TrimEnd('.');
            throw reader.Wrong($"logs:{name}:prefix", prefix, $"a log prefix. {rule}");
        }
    }

    private static EnclaveRule? ReadEnclave(SettingsReader reader, string name, string? logPrefix)
    {
        var images = reader.Text($"logs:{name}:accepted_images", "");
        var url = reader.Text($"logs:{name}:attestation_url", "");
        var root = reader.Text($"logs:{name}:simulated_root_file", "");
        if (images.Length == 0)
        {
            return url.Length == 0 && root.Length == 0
                ? null
                : throw new SettingsException(
                    $"logs.{name}.accepted_images is not set, so that no enclave is demanded; set it, or "
                    + "leave attestation_url and simulated_root_file away.");
        }

        if (logPrefix is null)
        {
            throw new SettingsException(
                $"logs.{name}.accepted_images: the log's name has no prefix, so that the name of its enclave "
                + "is not known; expected an origin such as sequencer.example/log/chain.");
        }

        var isSimulated = root.Length > 0;
        return new EnclaveRule
        {
            Verifier = new EnclaveVerifier(
                ReadImages($"logs.{name}.accepted_images", images),
                isSimulated ? ReadRoot($"logs.{name}.simulated_root_file", root) : null),
            CosignerName = EnclaveRule.NameBelow(logPrefix, isSimulated),
            Address = ReadAddress(reader, $"logs:{name}:attestation_url", url),
        };
    }

    private static Uri ReadAddress(SettingsReader reader, string setting, string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            && address is { Query: "", Fragment: "" }
            ? address
            : throw reader.Wrong(setting, url, "the URL of the log, such as https://sequencer.example/log");

    private static AcceptedImages ReadImages(string setting, string path)
    {
        try
        {
            return AcceptedImages.Parse(SettingsFile.Text(setting, path));
        }
        catch (FormatException malformed)
        {
            throw new SettingsException($"{setting}: {path}: {malformed.Message}");
        }
    }

    private static TrustedRoot ReadRoot(string setting, string path)
    {
        try
        {
            var pem = SettingsFile.Text(setting, path);
            return PemEncoding.TryFind(pem, out var fields)
                ? TrustedRoot.Simulated(Convert.FromBase64String(pem[fields.Base64Data]))
                : throw new FormatException("expected a certificate in PEM.");
        }
        catch (FormatException malformed)
        {
            throw new SettingsException($"{setting}: {path}: {malformed.Message}");
        }
    }

    private static string? ParentOf(string origin) =>
        origin.LastIndexOf('/') is > 0 and var slash ? origin[..slash] : null;
}
