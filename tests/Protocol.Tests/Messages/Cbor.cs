using System.Formats.Cbor;

namespace Sequencer.Protocol.Tests;

/// <summary>Messages to bytes and back, and CBOR written by hand.</summary>
internal static class Cbor
{
    public static byte[] Encode(EnclaveRequest request, uint id = SampleMessages.Id) =>
        Write(writer => RequestCodec.Encode(writer, id, request));

    public static byte[] Encode(EnclaveReply reply, uint id = SampleMessages.Id) =>
        Write(writer => ReplyCodec.Encode(writer, id, reply));

    public static byte[] Write(Action<CborWriter> write)
    {
        var writer = new CborWriter(CborConformanceMode.Lax);
        write(writer);
        return writer.Encode();
    }

    /// <summary>An array of what the parts write.</summary>
    public static byte[] Array(params Action<CborWriter>[] parts) => Write(writer =>
    {
        writer.WriteStartArray(parts.Length);
        foreach (var part in parts)
            part(writer);
        writer.WriteEndArray();
    });

    public static Action<CborWriter> Int(long value) => writer => writer.WriteInt64(value);

    public static Action<CborWriter> Text(string value) => writer => writer.WriteTextString(value);

    public static Action<CborWriter> Blob(int length) => writer => writer.WriteByteString(new byte[length]);

    public static Action<CborWriter> Raw(string hex) =>
        writer => writer.WriteEncodedValue(Convert.FromHexString(hex));
}
