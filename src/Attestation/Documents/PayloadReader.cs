using System.Formats.Cbor;

namespace Sequencer.Attestation;

/// <summary>
/// Reads the payload map of a document. Definite and indefinite maps are both real: documents up to 2024 have
/// the one, newer ones the other. Keys come in any order, each once.
/// </summary>
internal sealed class PayloadReader
{
    private const int MaxModuleIdBytes = 256;
    private const int MaxKeyBytes = 64;
    private const int MaxKeys = 32;
    private const int MaxPcrs = 32;
    private const int MaxCertificateBytes = 1024;
    private const int MaxBundle = 10;

    private readonly CborReader _reader;
    private readonly HashSet<string> _keys = [];
    private readonly List<string> _unknown = [];

    private string? _moduleId;
    private string? _digest;
    private ulong? _timestampMs;
    private Dictionary<int, ReadOnlyMemory<byte>>? _pcrs;
    private ReadOnlyMemory<byte>? _certificate;
    private List<ReadOnlyMemory<byte>>? _bundle;
    private ReadOnlyMemory<byte>? _publicKey;
    private ReadOnlyMemory<byte>? _userData;
    private ReadOnlyMemory<byte>? _nonce;

    private PayloadReader(CborReader reader) => _reader = reader;

    public static AttestationDocument Read(
        ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> signature)
    {
        var reader = new PayloadReader(new CborReader(payload, CborConformanceMode.Lax));
        reader.ReadMap();
        return new AttestationDocument(payload, signature)
        {
            Bytes = bytes,
            ModuleId = Required(reader._moduleId, "module_id"),
            TimestampMs = Required(reader._timestampMs, "timestamp"),
            Pcrs = Required(reader._pcrs, "pcrs"),
            Certificate = Required(reader._certificate, "certificate"),
            CaBundle = Required(reader._bundle, "cabundle"),
            PublicKey = reader._publicKey,
            UserData = reader._userData,
            Nonce = reader._nonce,
            UnknownKeys = reader._unknown,
        };
    }

    private void ReadMap()
    {
        Cbor.Expect(_reader, CborReaderState.StartMap, "The payload", "a map");
        _reader.ReadStartMap();
        while (_reader.PeekState() != CborReaderState.EndMap)
        {
            var key = Cbor.ReadText(_reader, "A payload key", MaxKeyBytes);
            if (!_keys.Add(key))
                throw new AttestationException(AttestationError.DuplicateKey, $"The key {key} occurs twice.");
            if (_keys.Count > MaxKeys)
            {
                throw new AttestationException(
                    AttestationError.TooManyKeys, $"The payload has more than {MaxKeys} keys.");
            }

            ReadField(key);
        }

        _reader.ReadEndMap();
        if (_reader.BytesRemaining != 0)
        {
            throw new AttestationException(AttestationError.TrailingBytes,
                $"{_reader.BytesRemaining} bytes follow the payload map, expected none.");
        }

        _ = Required(_digest, "digest");
    }

    private void ReadField(string key)
    {
        switch (key)
        {
            case "module_id":
                _moduleId = Cbor.ReadText(_reader, key, MaxModuleIdBytes);
                break;
            case "digest":
                _digest = ReadDigest();
                break;
            case "timestamp":
                _timestampMs = ReadTimestamp();
                break;
            case "pcrs":
                _pcrs = ReadPcrs();
                break;
            case "certificate":
                _certificate = Cbor.ReadBytes(_reader, key, 1, MaxCertificateBytes);
                break;
            case "cabundle":
                _bundle = ReadBundle();
                break;
            case "public_key":
                _publicKey = ReadOptional(key);
                break;
            case "user_data":
                _userData = ReadOptional(key);
                break;
            case "nonce":
                _nonce = ReadOptional(key);
                break;
            default:
                SkipUnknown(key);
                break;
        }
    }

    private string ReadDigest()
    {
        var digest = Cbor.ReadText(_reader, "digest", MaxKeyBytes);
        return digest == "SHA384"
            ? digest
            : throw new AttestationException(
                AttestationError.WrongDigest, $"digest is \"{digest}\", expected \"SHA384\".");
    }

    private ulong ReadTimestamp()
    {
        var timestamp = Cbor.ReadUnsigned(_reader, "timestamp");
        var latest = (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        return timestamp > 0 && timestamp <= latest
            ? timestamp
            : throw new AttestationException(AttestationError.WrongTimestamp,
                $"timestamp is {timestamp}, expected milliseconds since 1970, from 1 to {latest}.");
    }

    private Dictionary<int, ReadOnlyMemory<byte>> ReadPcrs()
    {
        Cbor.Expect(_reader, CborReaderState.StartMap, "pcrs", "a map");
        _reader.ReadStartMap();
        var pcrs = new Dictionary<int, ReadOnlyMemory<byte>>();
        while (_reader.PeekState() != CborReaderState.EndMap)
        {
            var index = Cbor.ReadUnsigned(_reader, "A PCR index");
            if (index >= MaxPcrs)
            {
                throw new AttestationException(
                    AttestationError.WrongPcrs, $"pcrs has the index {index}, expected 0 to {MaxPcrs - 1}.");
            }

            var value = Cbor.ReadBytes(
                _reader, $"PCR{index}", AttestationDocument.PcrSize, AttestationDocument.PcrSize);
            if (!pcrs.TryAdd((int)index, value))
                throw new AttestationException(AttestationError.DuplicateKey, $"PCR{index} occurs twice.");
        }

        _reader.ReadEndMap();
        return pcrs.Count > 0
            ? pcrs
            : throw new AttestationException(AttestationError.WrongPcrs, "pcrs is empty, expected 1 to 32 PCRs.");
    }

    private List<ReadOnlyMemory<byte>> ReadBundle()
    {
        Cbor.Expect(_reader, CborReaderState.StartArray, "cabundle", "an array");
        _reader.ReadStartArray();
        var bundle = new List<ReadOnlyMemory<byte>>();
        while (_reader.PeekState() != CborReaderState.EndArray)
        {
            if (bundle.Count == MaxBundle)
            {
                throw new AttestationException(
                    AttestationError.WrongBundle, $"cabundle has more than {MaxBundle} certificates.");
            }

            bundle.Add(Cbor.ReadBytes(_reader, $"cabundle[{bundle.Count}]", 1, MaxCertificateBytes));
        }

        _reader.ReadEndArray();
        return bundle.Count > 0
            ? bundle
            : throw new AttestationException(
                AttestationError.WrongBundle, "cabundle is empty, expected the root certificate first.");
    }

    /// <summary>Null stands for absent: that is how real documents write a field that was not asked for.</summary>
    private ReadOnlyMemory<byte>? ReadOptional(string key)
    {
        if (_reader.PeekState() != CborReaderState.Null)
            return Cbor.ReadBytes(_reader, key, 0, AttestationDocument.MaxFieldSize);
        _reader.ReadNull();
        return null;
    }

    /// <summary>A field of a later NSM: it must be well-formed, without duplicate keys, and is reported.</summary>
    private void SkipUnknown(string key)
    {
        var value = _reader.ReadEncodedValue();
        new CborReader(value, CborConformanceMode.Strict).SkipValue();
        _unknown.Add(key);
    }

    private static T Required<T>(T? value, string field) where T : class =>
        value ?? throw Missing(field);

    private static T Required<T>(T? value, string field) where T : struct =>
        value ?? throw Missing(field);

    private static AttestationException Missing(string field) =>
        new(AttestationError.MissingField, $"The field {field} is missing.");
}
