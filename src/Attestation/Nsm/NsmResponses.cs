using System.Formats.Cbor;

namespace Sequencer.Attestation;

/// <summary>
/// Reads the NSM's answers: a text, or a map of one name to its fields, in any order, definite or indefinite.
/// Fields that are not known are skipped, as the NSM's own library does.
/// </summary>
internal static class NsmResponses
{
    private const int MaxRandomBytes = 4096;

    public static byte[] GetRandom(ReadOnlyMemory<byte> response) => Read(response, "GetRandom", fields =>
    {
        var random = fields.Bytes("random", 1, MaxRandomBytes);
        return random.ToArray();
    });

    public static NsmDescription DescribeNsm(ReadOnlyMemory<byte> response) => Read(response, "DescribeNSM",
        fields => new NsmDescription(
            fields.UInt16("version_major"),
            fields.UInt16("version_minor"),
            fields.UInt16("version_patch"),
            fields.Text("module_id"),
            fields.UInt16("max_pcrs"),
            fields.UInt16List("locked_pcrs"),
            fields.Text("digest")));

    public static PcrValue DescribePcr(ReadOnlyMemory<byte> response) => Read(response, "DescribePCR",
        fields => new PcrValue(
            fields.Boolean("lock"),
            fields.Bytes("data", AttestationDocument.PcrSize, AttestationDocument.PcrSize).ToArray()));

    public static byte[] ExtendPcr(ReadOnlyMemory<byte> response) => Read(response, "ExtendPCR",
        fields => fields.Bytes("data", AttestationDocument.PcrSize, AttestationDocument.PcrSize).ToArray());

    public static byte[] Attestation(ReadOnlyMemory<byte> response) => Read(response, "Attestation",
        fields => fields.Bytes("document", 1, AttestationDocument.MaxSize).ToArray());

    public static void LockPcr(ReadOnlyMemory<byte> response) => ReadName(response, "LockPCR");

    public static void LockPcrs(ReadOnlyMemory<byte> response) => ReadName(response, "LockPCRs");

    private static T Read<T>(ReadOnlyMemory<byte> response, string call, Func<NsmFields, T> read) =>
        Guarded(call, () =>
        {
            var reader = new CborReader(response, CborConformanceMode.Strict);
            OpenMap(reader, call);
            var fields = NsmFields.Read(reader, call);
            reader.ReadEndMap();
            End(reader, call);
            return read(fields);
        });

    private static void ReadName(ReadOnlyMemory<byte> response, string call) => Guarded(call, () =>
    {
        var reader = new CborReader(response, CborConformanceMode.Strict);
        if (reader.PeekState() != CborReaderState.TextString)
        {
            OpenMap(reader, call);
            throw NsmFields.Malformed(call, "a map where the name alone was expected");
        }

        var name = reader.ReadTextString();
        if (name != call)
            throw NsmFields.Malformed(call, "the answer to another call");
        End(reader, call);
        return true;
    });

    /// <summary>
    /// Enters the outer map up to the value of the call's name, or throws the error the map carries.
    /// </summary>
    private static void OpenMap(CborReader reader, string call)
    {
        if (reader.PeekState() != CborReaderState.StartMap)
            throw NsmFields.Malformed(call, "neither a map nor an error");
        reader.ReadStartMap();
        var name = reader.ReadTextString();
        if (name == "Error")
        {
            var error = reader.ReadTextString();
            reader.ReadEndMap();
            End(reader, call);
            throw Refused(call, error);
        }

        if (name != call)
            throw NsmFields.Malformed(call, "the answer to another call");
    }

    private static void End(CborReader reader, string call)
    {
        if (reader.BytesRemaining != 0)
            throw NsmFields.Malformed(call, $"{reader.BytesRemaining} bytes after its end");
    }

    private static NsmException Refused(string call, string error)
    {
        NsmError? known = error switch
        {
            "Success" => NsmError.Success,
            "InvalidArgument" => NsmError.InvalidArgument,
            "InvalidIndex" => NsmError.InvalidIndex,
            "InvalidResponse" => NsmError.InvalidResponse,
            "ReadOnlyIndex" => NsmError.ReadOnlyIndex,
            "InvalidOperation" => NsmError.InvalidOperation,
            "BufferTooSmall" => NsmError.BufferTooSmall,
            "InputTooLarge" => NsmError.InputTooLarge,
            "InternalError" => NsmError.InternalError,
            _ => null,
        };
        return known is { } value
            ? new NsmException(value, $"The NSM refused {call}: {error}.")
            : new NsmException(
                NsmError.UnknownError, $"The NSM refused {call} with an error that has no meaning here.");
    }

    private static T Guarded<T>(string call, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (
            exception is CborContentException or InvalidOperationException or OverflowException)
        {
            throw new NsmException(NsmError.MalformedResponse,
                $"The NSM's answer to {call} is not well-formed: {exception.Message}", exception);
        }
    }
}
