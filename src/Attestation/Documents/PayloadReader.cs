using System.Formats.Cbor;

namespace Sequencer.Attestation;

/// <summary>
/// Reads the payload map of a document. Definite and indefinite maps are both real: documents up to 2024 have
/// the one, newer ones the other. Keys come in any order, each once.
/// </summary>
internal sealed class PayloadReader
{
    private const int MaxKeyBytes = 64;
    private const int MaxKeys = 32;

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
                _moduleId = Cbor.ReadText(_reader, key, PayloadFields.MaxModuleIdBytes);
                break;
            case "digest":
                _digest = PayloadFields.ReadDigest(_reader);
                break;
            case "timestamp":
                _timestampMs = PayloadFields.ReadTimestamp(_reader);
                break;
            case "pcrs":
                _pcrs = PayloadFields.ReadPcrs(_reader);
                break;
            case "certificate":
                _certificate = Cbor.ReadBytes(_reader, key, 1, PayloadFields.MaxCertificateBytes);
                break;
            case "cabundle":
                _bundle = PayloadFields.ReadBundle(_reader);
                break;
            case "public_key":
                _publicKey = PayloadFields.ReadOptional(_reader, key);
                break;
            case "user_data":
                _userData = PayloadFields.ReadOptional(_reader, key);
                break;
            case "nonce":
                _nonce = PayloadFields.ReadOptional(_reader, key);
                break;
            default:
                SkipUnknown(key);
                break;
        }
    }

    /// <summary>
    /// A field of a later NSM: it must be well-formed, without duplicate keys, and is reported.
    /// </summary>
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
