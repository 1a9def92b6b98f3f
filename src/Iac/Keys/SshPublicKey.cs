using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Sequencer.Iac.Keys;

/// <summary>
/// Finds the public half of a private key file of EC2, in the base64 of an OpenSSH public key line (RFC 4253
/// section 6.6): Ed25519 keys come as "OPENSSH PRIVATE KEY", RSA keys as "RSA PRIVATE KEY" (PKCS #1).
/// </summary>
internal static class SshPublicKey
{
    private const string OpenSshLabel = "OPENSSH PRIVATE KEY";
    private static readonly byte[] OpenSshMagic = "openssh-key-v1\0"u8.ToArray();

    /// <summary>The base64 of the public key, or null for a file of another form.</summary>
    public static string? OfPrivateKey(string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
            return null;
        try
        {
            var blob = pem[fields.Label] == OpenSshLabel
                ? OfOpenSsh(Convert.FromBase64String(pem[fields.Base64Data]))
                : OfRsa(pem);
            return blob is null ? null : Convert.ToBase64String(blob);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// Layout (PROTOCOL.key): magic, cipher, KDF, KDF options, number of keys, public key, …
    /// </summary>
    private static byte[]? OfOpenSsh(ReadOnlySpan<byte> data)
    {
        if (!data.StartsWith(OpenSshMagic))
            return null;
        var rest = data[OpenSshMagic.Length..];
        for (var skipped = 0; skipped < 3; skipped++)
            _ = TakeString(ref rest);
        if (rest.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(rest) != 1)
            return null;
        rest = rest[4..];
        return TakeString(ref rest).ToArray();
    }

    private static ReadOnlySpan<byte> TakeString(ref ReadOnlySpan<byte> data)
    {
        if (data.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(data) > (uint)(data.Length - 4))
            throw new FormatException("The key file is cut short.");
        var length = (int)BinaryPrimitives.ReadUInt32BigEndian(data);
        var taken = data.Slice(4, length);
        data = data[(4 + length)..];
        return taken;
    }

    private static byte[] OfRsa(string pem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        var key = rsa.ExportParameters(includePrivateParameters: false);
        using var blob = new MemoryStream();
        WriteString(blob, Encoding.ASCII.GetBytes("ssh-rsa"));
        WritePositive(blob, key.Exponent!);
        WritePositive(blob, key.Modulus!);
        return blob.ToArray();
    }

    /// <summary>An mpint (RFC 4251 section 5): a zero byte goes before a set top bit.</summary>
    private static void WritePositive(MemoryStream blob, byte[] bigEndian) =>
        WriteString(blob, (bigEndian[0] & 0x80) == 0 ? bigEndian : [0, .. bigEndian]);

    private static void WriteString(MemoryStream blob, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        blob.Write(length);
        blob.Write(bytes);
    }
}
