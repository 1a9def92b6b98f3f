using System.Formats.Cbor;

namespace Sequencer.Simulation;

/// <summary>
/// Writes documents byte for byte as current NSMs do: untagged, the payload an indefinite map.
/// </summary>
internal static class DocumentWriter
{
    /// <summary>{1: -35}, ES384.</summary>
    private static readonly byte[] ProtectedHeader = [0xa1, 0x01, 0x38, 0x22];

    public static byte[] Write(
        SimulatedChain chain,
        string moduleId,
        DateTimeOffset now,
        PcrBank pcrs,
        ReadOnlyMemory<byte>? userData,
        ReadOnlyMemory<byte>? nonce,
        ReadOnlyMemory<byte>? publicKey)
    {
        var payload = new CborWriter(CborConformanceMode.Lax);
        payload.WriteStartMap(null);
        payload.WriteTextString("module_id");
        payload.WriteTextString(moduleId);
        payload.WriteTextString("digest");
        payload.WriteTextString("SHA384");
        payload.WriteTextString("timestamp");
        payload.WriteUInt64((ulong)now.ToUnixTimeMilliseconds());
        WritePcrs(payload, pcrs);
        payload.WriteTextString("certificate");
        payload.WriteByteString(chain.Leaf);
        payload.WriteTextString("cabundle");
        payload.WriteStartArray(chain.Bundle.Count);
        foreach (var certificate in chain.Bundle)
            payload.WriteByteString(certificate);
        payload.WriteEndArray();
        WriteOptional(payload, "public_key", publicKey);
        WriteOptional(payload, "user_data", userData);
        WriteOptional(payload, "nonce", nonce);
        payload.WriteEndMap();
        return Sign(chain, payload.Encode());
    }

    private static byte[] Sign(SimulatedChain chain, byte[] payload)
    {
        var signed = new CborWriter(CborConformanceMode.Lax);
        signed.WriteStartArray(4);
        signed.WriteTextString("Signature1");
        signed.WriteByteString(ProtectedHeader);
        signed.WriteByteString([]);
        signed.WriteByteString(payload);
        signed.WriteEndArray();
        var document = new CborWriter(CborConformanceMode.Lax);
        document.WriteStartArray(4);
        document.WriteByteString(ProtectedHeader);
        document.WriteStartMap(0);
        document.WriteEndMap();
        document.WriteByteString(payload);
        document.WriteByteString(chain.Sign(signed.Encode()));
        document.WriteEndArray();
        return document.Encode();
    }

    private static void WritePcrs(CborWriter payload, PcrBank pcrs)
    {
        (int Index, byte[] Value)[] locked = [.. pcrs.Locked];
        payload.WriteTextString("pcrs");
        payload.WriteStartMap(locked.Length);
        foreach (var (index, value) in locked)
        {
            payload.WriteInt32(index);
            payload.WriteByteString(value);
        }

        payload.WriteEndMap();
    }

    private static void WriteOptional(CborWriter payload, string key, ReadOnlyMemory<byte>? value)
    {
        payload.WriteTextString(key);
        if (value is { } bytes)
            payload.WriteByteString(bytes.Span);
        else
            payload.WriteNull();
    }
}
