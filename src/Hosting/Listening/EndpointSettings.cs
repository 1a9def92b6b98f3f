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
        foreach (var endpoint in Tables(reader, "kestrel:endpoints"))
        {
            CheckUrl(reader, endpoint + ":url");
            CheckTls(reader, endpoint);
            foreach (var name in Tables(reader, endpoint + ":sni"))
                CheckTls(reader, name);
        }

        foreach (var certificate in Tables(reader, "kestrel:certificates"))
            CheckCertificate(reader, certificate);
    }

    private static void CheckUrl(SettingsReader reader, string key)
    {
        var url = reader.Text(key, "");
        if (url.Length == 0 || ListenerSettings.HasMoreThanAPlace(url))
            throw reader.Wrong(key, url, "an address such as https://0.0.0.0:443");
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
