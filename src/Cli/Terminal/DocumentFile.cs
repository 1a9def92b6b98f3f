using System.Buffers.Text;
using System.Text;

namespace Sequencer.Cli.Terminal;

/// <summary>
/// Attestation documents in files: raw, or in base64 of either alphabet (RFC 4648, sections 4 and 5), with or
/// without padding and with any white space.
/// </summary>
internal static class DocumentFile
{
    /// <summary>
    /// The document's bytes. COSE begins with a byte above 127, so that a file of ASCII is base64; one that
    /// is neither comes back as it stands, for the verifier to refuse.
    /// </summary>
    public static byte[] ToBytes(byte[] file)
    {
        if (file.Length == 0 || file[0] > 127)
            return file;
        var letters = Encoding.Latin1.GetString(file).TrimEnd().TrimEnd('=')
            .Replace('+', '-').Replace('/', '_');
        return Base64Url.IsValid(letters) ? Base64Url.DecodeFromChars(letters) : file;
    }
}
