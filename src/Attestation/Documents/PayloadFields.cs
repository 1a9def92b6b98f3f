using System.Formats.Cbor;

namespace Sequencer.Attestation;

/// <summary>The payload's fields (Nitro attestation process, "syntactical validation").</summary>
internal static class PayloadFields
{
    public const int MaxModuleIdBytes = 256;
    public const int MaxCertificateBytes = 1024;

    private const int MaxDigestBytes = 64;
    private const int MaxPcrs = 32;

    /// <summary>Real bundles have four certificates.</summary>
    private const int MaxBundle = 10;

    public static string ReadDigest(CborReader reader)
    {
        var digest = Cbor.ReadText(reader, "digest", MaxDigestBytes);
        return digest == "SHA384"
            ? digest
            : throw new AttestationException(
                AttestationError.WrongDigest, $"digest is \"{digest}\", expected \"SHA384\".");
    }

    public static ulong ReadTimestamp(CborReader reader)
    {
        var timestamp = Cbor.ReadUnsigned(reader, "timestamp");
        var latest = (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        return timestamp > 0 && timestamp <= latest
            ? timestamp
            : throw new AttestationException(AttestationError.WrongTimestamp,
                $"timestamp is {timestamp}, expected milliseconds since 1970, from 1 to {latest}.");
    }

    public static Dictionary<int, ReadOnlyMemory<byte>> ReadPcrs(CborReader reader)
    {
        Cbor.Expect(reader, CborReaderState.StartMap, "pcrs", "a map");
        reader.ReadStartMap();
        var pcrs = new Dictionary<int, ReadOnlyMemory<byte>>();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            var index = Cbor.ReadUnsigned(reader, "A PCR index");
            if (index >= MaxPcrs)
            {
                throw new AttestationException(
                    AttestationError.WrongPcrs, $"pcrs has the index {index}, expected 0 to {MaxPcrs - 1}.");
            }

            var value = Cbor.ReadBytes(
                reader, $"PCR{index}", AttestationDocument.PcrSize, AttestationDocument.PcrSize);
            if (!pcrs.TryAdd((int)index, value))
                throw new AttestationException(AttestationError.DuplicateKey, $"PCR{index} occurs twice.");
        }

        reader.ReadEndMap();
        return pcrs.Count > 0
            ? pcrs
            : throw new AttestationException(
                AttestationError.WrongPcrs, "pcrs is empty, expected 1 to 32 PCRs.");
    }

    public static List<ReadOnlyMemory<byte>> ReadBundle(CborReader reader)
    {
        Cbor.Expect(reader, CborReaderState.StartArray, "cabundle", "an array");
        reader.ReadStartArray();
        var bundle = new List<ReadOnlyMemory<byte>>();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            if (bundle.Count == MaxBundle)
            {
                throw new AttestationException(
                    AttestationError.WrongBundle, $"cabundle has more than {MaxBundle} certificates.");
            }

            bundle.Add(Cbor.ReadBytes(reader, $"cabundle[{bundle.Count}]", 1, MaxCertificateBytes));
        }

        reader.ReadEndArray();
        return bundle.Count > 0
            ? bundle
            : throw new AttestationException(
                AttestationError.WrongBundle, "cabundle is empty, expected the root certificate first.");
    }

    /// <summary>
    /// Null stands for absent: that is how real documents write a field that was not asked for.
    /// </summary>
    public static ReadOnlyMemory<byte>? ReadOptional(CborReader reader, string key)
    {
        if (reader.PeekState() != CborReaderState.Null)
            return Cbor.ReadBytes(reader, key, 0, AttestationDocument.MaxFieldSize);
        reader.ReadNull();
        return null;
    }
}
