using System.Formats.Cbor;

namespace Sequencer.Attestation.Tests;

/// <summary>
/// Makes documents that are good but for what a test changes: fields of the payload, the form of the map, the
/// envelope around it, the signature. It shares no code with the product.
/// </summary>
internal sealed class DocumentForge
{
    private readonly List<(string Key, byte[] Encoded)> _fields = [];

    public DocumentForge()
        : this(ForgedChain.Good)
    {
    }

    public DocumentForge(ForgedChain chain)
    {
        Chain = chain;
        Set("module_id", writer => writer.WriteTextString("i-0123456789abcdef0-enc0123456789abcdef"));
        Set("digest", writer => writer.WriteTextString("SHA384"));
        Set("timestamp", writer => writer.WriteUInt64((ulong)ForgedChain.Now.ToUnixTimeMilliseconds()));
        Pcrs(GoodPcrs());
        Set("certificate", writer => writer.WriteByteString(chain.Certificates[^1]));
        Bundle(chain.Certificates[..^1]);
        Set("public_key", writer => writer.WriteNull());
        Set("user_data", writer => writer.WriteNull());
        Set("nonce", writer => writer.WriteNull());
    }

    public static AcceptedImages Images { get; } =
        new(new ImageMeasurement(GoodPcrs()[0], GoodPcrs()[1], GoodPcrs()[2]));

    public ForgedChain Chain { get; }

    /// <summary>A definite payload map, as documents had until 2024.</summary>
    public bool IsDefinite { get; init; }

    public ulong? Tag { get; init; }

    public byte[] ProtectedHeader { get; init; } = [0xa1, 0x01, 0x38, 0x22];

    /// <summary>The encoding of the unprotected header.</summary>
    public byte[] Unprotected { get; init; } = [0xa0];

    /// <summary>Bytes after the payload map, inside what is signed.</summary>
    public byte[] PayloadTrailer { get; init; } = [];

    /// <summary>Bytes after the document.</summary>
    public byte[] Trailer { get; init; } = [];

    /// <summary>Replaces the signature.</summary>
    public Func<byte[], byte[]> Resign { get; init; } = signature => signature;

    /// <summary>Changes the payload after it was signed.</summary>
    public Func<byte[], byte[]> Tamper { get; init; } = payload => payload;

    /// <summary>PCR0 to PCR15 of an unsigned image: 5 to 15 are zero.</summary>
    public static Dictionary<int, byte[]> GoodPcrs()
    {
        var pcrs = Enumerable.Range(0, 16).ToDictionary(index => index, _ => new byte[48]);
        foreach (var index in new[] { 0, 1, 2, 3, 4 })
            Array.Fill(pcrs[index], (byte)(0x10 + index));
        return pcrs;
    }

    public AttestationPolicy Policy() => new() { Root = Chain.Root, Images = Images };

    /// <summary>Sets a field, in its place when it is there.</summary>
    public DocumentForge Set(string key, Action<CborWriter> write)
    {
        var writer = new CborWriter(CborConformanceMode.Lax);
        write(writer);
        return SetEncoded(key, writer.Encode());
    }

    public DocumentForge SetEncoded(string key, byte[] encoded)
    {
        var index = _fields.FindIndex(field => field.Key == key);
        if (index < 0)
            _fields.Add((key, encoded));
        else
            _fields[index] = (key, encoded);
        return this;
    }

    public DocumentForge Remove(string key)
    {
        _fields.RemoveAll(field => field.Key == key);
        return this;
    }

    /// <summary>Writes a field a second time, at the end.</summary>
    public DocumentForge Repeat(string key)
    {
        _fields.Add(_fields.First(field => field.Key == key));
        return this;
    }

    public DocumentForge Reverse()
    {
        _fields.Reverse();
        return this;
    }

    public DocumentForge Bytes(string key, byte[] value) => Set(key, writer => writer.WriteByteString(value));

    public DocumentForge Pcrs(IReadOnlyDictionary<int, byte[]> pcrs) => Set("pcrs", writer =>
    {
        writer.WriteStartMap(pcrs.Count);
        foreach (var (index, value) in pcrs)
        {
            writer.WriteInt32(index);
            writer.WriteByteString(value);
        }

        writer.WriteEndMap();
    });

    public DocumentForge Pcr(int index, byte[]? value)
    {
        var pcrs = GoodPcrs();
        if (value is null)
            pcrs.Remove(index);
        else
            pcrs[index] = value;
        return Pcrs(pcrs);
    }

    public DocumentForge Bundle(IReadOnlyList<byte[]> certificates) => Set("cabundle", writer =>
    {
        writer.WriteStartArray(certificates.Count);
        foreach (var certificate in certificates)
            writer.WriteByteString(certificate);
        writer.WriteEndArray();
    });

    public byte[] Payload()
    {
        var payload = new List<byte> { IsDefinite ? (byte)(0xa0 + _fields.Count) : (byte)0xbf };
        foreach (var (key, encoded) in _fields)
        {
            var name = new CborWriter(CborConformanceMode.Lax);
            name.WriteTextString(key);
            payload.AddRange(name.Encode());
            payload.AddRange(encoded);
        }

        if (!IsDefinite)
            payload.Add(0xff);
        payload.AddRange(PayloadTrailer);
        return [.. payload];
    }

    public byte[] Build()
    {
        var payload = Payload();
        var signature = Resign(Chain.Sign(ToBeSigned(payload)));
        var writer = new CborWriter(CborConformanceMode.Lax);
        if (Tag is { } tag)
            writer.WriteTag((CborTag)tag);
        writer.WriteStartArray(4);
        writer.WriteByteString(ProtectedHeader);
        writer.WriteEncodedValue(Unprotected);
        writer.WriteByteString(Tamper(payload));
        writer.WriteByteString(signature);
        writer.WriteEndArray();
        return [.. writer.Encode(), .. Trailer];
    }

    private byte[] ToBeSigned(byte[] payload)
    {
        var writer = new CborWriter(CborConformanceMode.Lax);
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(ProtectedHeader);
        writer.WriteByteString([]);
        writer.WriteByteString(payload);
        writer.WriteEndArray();
        return writer.Encode();
    }
}
