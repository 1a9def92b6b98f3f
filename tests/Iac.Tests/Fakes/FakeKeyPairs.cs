using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Xml.Linq;

namespace Sequencer.Iac.Tests.Fakes;

/// <summary>The key pairs of EC2. A private key is handed out once, in the form that EC2 uses.</summary>
internal sealed class FakeKeyPairs
{
    private int _made;

    public List<FakeKeyPair> All { get; } = [];

    public HttpResponseMessage Answer(AwsCall call) => call.Action switch
    {
        "CreateKeyPair" => Create(call),
        "DeleteKeyPair" => Delete(call),
        _ => Describe(call),
    };

    /// <summary>A private key file of OpenSSH with an empty secret part, and its public key.</summary>
    public static (string Pem, string PublicKey) Ed25519(byte seed)
    {
        var point = Enumerable.Repeat(seed, 32).ToArray();
        var blob = Concat(Str("ssh-ed25519"u8), Str(point));
        byte[] one = [0, 0, 0, 1];
        var data = Concat(
            "openssh-key-v1\0"u8.ToArray(), Str("none"u8), Str("none"u8), Str([]), one, Str(blob), Str([]));
        return (
            PemEncoding.WriteString("OPENSSH PRIVATE KEY", data),
            $"ssh-ed25519 {Convert.ToBase64String(blob)} fake");
    }

    public static (string Pem, string PublicKey) Rsa()
    {
        using var rsa = RSA.Create(2048);
        var key = rsa.ExportParameters(false);
        var blob = Concat(Str("ssh-rsa"u8), Str(key.Exponent), Str([0, .. key.Modulus!]));
        return (rsa.ExportRSAPrivateKeyPem(), $"ssh-rsa {Convert.ToBase64String(blob)} fake");
    }

    private HttpResponseMessage Create(AwsCall call)
    {
        var name = call["KeyName"];
        if (All.Exists(key => key.Name == name))
            throw new Refused("InvalidKeyPair.Duplicate", $"The keypair '{name}' already exists.");
        var (pem, publicKey) = call.Find("KeyType") == "rsa" ? Rsa() : Ed25519((byte)++_made);
        var made = new FakeKeyPair(
            name, $"key-{All.Count + 1:x17}", call["KeyType"], publicKey, call.Tags("key-pair"));
        All.Add(made);
        return Answers.Xml(
            call.Action,
            new XElement("keyName", name),
            new XElement("keyPairId", made.Id),
            new XElement("keyFingerprint", "aa:bb"),
            new XElement("keyMaterial", pem),
            Answers.Tags(made.Tags));
    }

    private HttpResponseMessage Delete(AwsCall call)
    {
        All.RemoveAll(key => key.Name == call["KeyName"]);
        return Answers.Xml(call.Action, new XElement("return", "true"));
    }

    private HttpResponseMessage Describe(AwsCall call)
    {
        var found = All.Where(key => call.Admits(filter => ValueOf(key, filter)));
        var withPublicKey = call.Find("IncludePublicKey") == "true";
        return Answers.Xml(call.Action, Answers.Set("keySet", found.Select(key => new object?[]
        {
            new XElement("keyName", key.Name),
            new XElement("keyPairId", key.Id),
            new XElement("keyType", key.Type),
            new XElement("keyFingerprint", "aa:bb"),
            new XElement("createTime", key.CreatedAt),
            withPublicKey ? new XElement("publicKey", key.PublicKey) : null,
            Answers.Tags(key.Tags),
        })));
    }

    private static string? ValueOf(FakeKeyPair key, string filter) => filter == "key-name"
        ? key.Name
        : key.Tags.GetValueOrDefault(filter["tag:".Length..]);

    private static byte[] Str(ReadOnlySpan<byte> bytes)
    {
        var text = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(text, bytes.Length);
        bytes.CopyTo(text.AsSpan(4));
        return text;
    }

    private static byte[] Concat(params byte[][] parts) => [.. parts.SelectMany(part => part)];
}
