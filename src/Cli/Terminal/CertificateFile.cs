using System.Security.Cryptography;
using System.Text;

namespace Sequencer.Cli.Terminal;

/// <summary>Certificates in files, PEM or DER.</summary>
internal static class CertificateFile
{
    /// <summary>The first certificate of a PEM file; anything else as it stands.</summary>
    public static byte[] ToDer(byte[] file)
    {
        var text = Encoding.Latin1.GetString(file);
        return PemEncoding.TryFind(text, out var fields) && text[fields.Label] == "CERTIFICATE"
            ? Convert.FromBase64String(text[fields.Base64Data])
            : file;
    }

    public static string ToPem(ReadOnlySpan<byte> der) => PemEncoding.WriteString("CERTIFICATE", der) + "\n";
}
