using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Sequencer.Gateway;
using Sequencer.Tlog;

namespace Sequencer.Fuzz;

/// <summary>Bodies and tokens of HTTP requests.</summary>
internal static class GatewayTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("entry", Utf8("{\"data\":\"a\\u00e4\\n\"}", "{\"data_base64\":\"AAEC\"}"), ParseEntry, IsRefusal),
        new(
            "ndjson", Utf8("\"a\"\n{\"data\":\"b\"}\n", "{\"data_base64\":\"eA==\"}\r\n\"\\ud83d\\ude00\""),
            bytes => ParseBatch(bytes, () => new NdJsonSplitter()), IsRefusal),
        new(
            "json-array", Utf8("[\"a\" , {\"data\":\"b\"}]", "[{\"data_base64\":\"eA==\"}]"),
            bytes => ParseBatch(bytes, () => new JsonArraySplitter()), IsRefusal),
        new("token", Utf8(MakeToken()), ParseToken, IsRefusal),
        new(
            "key-set", Utf8(MakeKeySet(), MakeRsaKeySet()), bytes => Jwks.Parse(bytes),
            exception => exception is CryptographicException)
        {
            // Importing a key.
            FixedBytesMax = 2_000_000,
        },
    ];

    private static bool IsRefusal(Exception exception) => exception is RefusedException;

    private static byte[][] Utf8(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static string MakeToken()
    {
        var header = Base64Url("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"k\"}"u8.ToArray());
        var claims = Base64Url("{\"sub\":\"demo\",\"exp\":4102444800,\"scope\":\"read\"}"u8.ToArray());
        return $"{header}.{claims}.{Base64Url(new byte[64])}";
    }

    private static string MakeKeySet()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k\",\"x\":\"" + Base64Url(point.X!)
            + "\",\"y\":\"" + Base64Url(point.Y!) + "\"}]}";
    }

    private static string MakeRsaKeySet()
    {
        using var key = RSA.Create(2048);
        var numbers = key.ExportParameters(includePrivateParameters: false);
        return "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"" + Base64Url(numbers.Modulus!)
            + "\",\"e\":\"" + Base64Url(numbers.Exponent!) + "\"},{\"kty\":\"RSA\"}]}";
    }

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static void ParseEntry(byte[] bytes) =>
        CheckEntry(EntryParser.Parse(new ReadOnlySequence<byte>(bytes), bareText: false, new EntryMemory()));

    private static void CheckEntry(in ParsedEntry entry)
    {
        if (entry.IsRefused)
            throw new RefusedException(entry.Refusal.Detail);
        if (entry.Bytes.Length > Entry.MaxSizeBytes)
            throw new FuzzFindingException("An entry is longer than an entry may be.");
    }

    private static void ParseToken(byte[] bytes)
    {
        if (!Jwt.Parse(Encoding.UTF8.GetString(bytes)).TryGet(out var token, out var problem))
            throw new RefusedException(problem.Detail);
        Jwt.ParseObject(token.Payload)?.Dispose();
    }

    /// <summary>A batch is the same in one piece and in two.</summary>
    private static void ParseBatch(byte[] bytes, Func<BatchSplitter> splitter)
    {
        var whole = Split(splitter(), bytes, firstPiece: bytes.Length, out var isWhole);
        var cut = Split(splitter(), bytes, firstPiece: bytes.Length / 2, out var isCutWhole);
        if (isWhole != isCutWhole || !whole.SequenceEqual(cut))
            throw new FuzzFindingException("A batch that arrives in two pieces is another one.");
        foreach (var value in whole)
        {
            CheckEntry(EntryParser.Parse(
                new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(value)), bareText: true, new EntryMemory()));
        }

        if (!isWhole)
            throw new RefusedException("This is no batch.");
    }

    private static List<string> Split(BatchSplitter splitter, byte[] body, int firstPiece, out bool isWhole)
    {
        var values = new List<string>();
        var consumed = 0;
        foreach (var arrived in new[] { firstPiece, body.Length })
        {
            var isFinal = arrived == body.Length;
            var rest = new ReadOnlySequence<byte>(body, consumed, arrived - consumed);
            BatchSplit outcome;
            while ((outcome = splitter.Next(ref rest, isFinal, out var value)) == BatchSplit.Value)
                values.Add(Encoding.Latin1.GetString(value));
            isWhole = outcome == BatchSplit.End;
            if (isFinal || outcome != BatchSplit.NeedMore)
                return values;
            consumed = arrived - (int)rest.Length;
        }

        isWhole = false;
        return values;
    }

    /// <summary>The gateway refuses by values; here they are thrown like those of the other targets.</summary>
    private sealed class RefusedException(string message) : Exception(message);
}
