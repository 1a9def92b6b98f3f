using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Sequencer.Hosting;

/// <summary>
/// Checks <c>[kestrel.endpoints.*]</c> and <c>[kestrel.certificates.*]</c>, which Kestrel reads itself: it passes over
/// keys and some words that it does not know, and would then, say, ask no client for a certificate.
/// </summary>
internal static class EndpointSettings
{
    /// <exception cref="SettingsException">Naming the first key or value that Kestrel would not take.</exception>
    public static void Check(SettingsReader reader)
    {
        var certificates = Tables(reader, "kestrel:certificates").ToList();
        foreach (var certificate in certificates)
            CheckCertificate(reader, certificate);
        var hasDefault = certificates.Contains("kestrel:certificates:default", StringComparer.OrdinalIgnoreCase);
        foreach (var endpoint in Tables(reader, "kestrel:endpoints"))
        {
            CheckUrl(reader, endpoint + ":url");
            CheckTls(reader, endpoint);
            var names = Tables(reader, endpoint + ":sni").ToList();
            foreach (var name in names)
                CheckTls(reader, name);
            if (!hasDefault && names.Count == 0)
                RequireCertificate(reader, endpoint);
        }
    }

    private static void CheckUrl(SettingsReader reader, string key)
    {
        var url = reader.Text(key, "");
        if (!ListenerSettings.IsPlace(url, "http", "https"))
            throw reader.Wrong(
                key, url, "an address such as https://0.0.0.0:443, of an IP address, localhost, or * for all");
    }

    /// <summary>Without one Kestrel would take the developer's own, if this machine has it.</summary>
    private static void RequireCertificate(SettingsReader reader, string endpoint)
    {
        var url = reader.Text(endpoint + ":url", "");
        var certificate = endpoint + ":certificate";
        var hasOne = reader.Text(certificate + ":path", "").Length > 0
            || reader.Text(certificate + ":subject", "").Length > 0;
        if (!hasOne && url.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            throw reader.Wrong(endpoint + ":url", url,
                $"a certificate with it, in [{certificate.Replace(':', '.')}] or [kestrel.certificates.default]");
        }
    }

    private static void CheckTls(SettingsReader reader, string table)
    {
        CheckWord<HttpProtocols>(reader, table + ":protocols");
        CheckWord<ClientCertificateMode>(reader, table + ":clientcertificatemode");
        reader.List(table + ":sslprotocols", OneOf<SslProtocols>(), IsOneOf<SslProtocols>);
        CheckCertificate(reader, table + ":certificate");
    }

    private static void CheckCertificate(SettingsReader reader, string table)
    {
        foreach (var key in (string[])["path", "keypath", "password", "subject", "store", "location"])
            reader.Text($"{table}:{key}", "");
        reader.Flag(table + ":allowinvalid", false);
    }

    private static void CheckWord<T>(SettingsReader reader, string key)
        where T : struct, Enum
    {
        var word = reader.Text(key, "");
        if (word.Length > 0 && !IsOneOf<T>(word))
            throw reader.Wrong(key, word, OneOf<T>());
    }

    private static bool IsOneOf<T>(string word)
        where T : struct, Enum =>
        Enum.GetNames<T>().Contains(word, StringComparer.OrdinalIgnoreCase);

    private static string OneOf<T>()
        where T : struct, Enum =>
        "one of " + string.Join(", ", Enum.GetNames<T>());

    private static IEnumerable<string> Tables(SettingsReader reader, string key) =>
        reader.Tables(key).Select(name => $"{key}:{name}");
}
