using System.Buffers.Text;

namespace Sequencer.Cli.Terminal;

/// <summary>Attestation documents in files: raw, or in base64 with any white space.</summary>
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
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(file.Length)];
        var status = Base64.DecodeFromUtf8(file, decoded, out _, out var length);
        return status == System.Buffers.OperationStatus.Done ? decoded[..length] : file;
    }
}
