using System.Formats.Cbor;

namespace Sequencer.Attestation;

/// <summary>
/// The NSM's messages (aws-nitro-enclaves-nsm-api, CBOR of externally tagged enums): a request without
/// fields is its name, any other a map of one name to its fields. Integers are as short as they can be.
/// </summary>
internal static class NsmMessages
{
    public static byte[] GetRandom() => EncodeName("GetRandom");

    public static byte[] DescribeNsm() => EncodeName("DescribeNSM");

    public static byte[] DescribePcr(int index) =>
        Encode("DescribePCR", 1, writer => WriteIndex(writer, index));

    public static byte[] ExtendPcr(int index, ReadOnlySpan<byte> data)
    {
        var copy = data.ToArray();
        return Encode("ExtendPCR", 2, writer =>
        {
            WriteIndex(writer, index);
            writer.WriteTextString("data");
            writer.WriteByteString(copy);
        });
    }

    public static byte[] LockPcr(int index) => Encode("LockPCR", 1, writer => WriteIndex(writer, index));

    public static byte[] LockPcrs(int range) => Encode("LockPCRs", 1, writer =>
    {
        writer.WriteTextString("range");
        writer.WriteInt32(range);
    });

    public static byte[] Attestation(
        ReadOnlyMemory<byte>? userData, ReadOnlyMemory<byte>? nonce, ReadOnlyMemory<byte>? publicKey) =>
        Encode("Attestation", 3, writer =>
        {
            WriteOptional(writer, "user_data", userData);
            WriteOptional(writer, "nonce", nonce);
            WriteOptional(writer, "public_key", publicKey);
        });

    private static byte[] EncodeName(string name)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        writer.WriteTextString(name);
        return writer.Encode();
    }

    private static byte[] Encode(string name, int fields, Action<CborWriter> write)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        writer.WriteStartMap(1);
        writer.WriteTextString(name);
        writer.WriteStartMap(fields);
        write(writer);
        writer.WriteEndMap();
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static void WriteIndex(CborWriter writer, int index)
    {
        writer.WriteTextString("index");
        writer.WriteInt32(index);
    }

    private static void WriteOptional(CborWriter writer, string name, ReadOnlyMemory<byte>? value)
    {
        writer.WriteTextString(name);
        if (value is { } bytes)
            writer.WriteByteString(bytes.Span);
        else
            writer.WriteNull();
    }
}
