using System.Formats.Cbor;

namespace Sequencer.Attestation.Tests;

/// <summary>
/// The module's side of the wire before any <see cref="INsm"/>: decodes requests, encodes answers.
/// </summary>
internal sealed class ModuleOverTheWire(INsm module)
{
    public List<byte[]> Requests { get; } = [];

    public byte[] Exchange(byte[] request)
    {
        Requests.Add(request);
        var reader = new CborReader(request);
        try
        {
            return Answer(reader);
        }
        catch (NsmException exception)
        {
            return Encode("Error", writer => writer.WriteTextString(exception.Error.ToString()));
        }
    }

    private byte[] Answer(CborReader reader)
    {
        if (reader.PeekState() == CborReaderState.TextString)
            return AnswerName(reader.ReadTextString());
        reader.ReadStartMap();
        var name = reader.ReadTextString();
        reader.ReadStartMap();
        return name switch
        {
            "DescribePCR" => DescribePcr(ReadNumber(reader, "index")),
            "ExtendPCR" => ExtendPcr(ReadNumber(reader, "index"), ReadBytes(reader, "data")),
            "LockPCR" => Done(name, () => module.LockPcr(ReadNumber(reader, "index"))),
            "LockPCRs" => Done(name, () => module.LockPcrs(ReadNumber(reader, "range"))),
            "Attestation" => EncodeBytes(name, "document", module.Attest(
                ReadBytes(reader, "user_data"), ReadBytes(reader, "nonce"), ReadBytes(reader, "public_key"))),
            _ => throw new NsmException(NsmError.InvalidOperation, name),
        };
    }

    private byte[] AnswerName(string name)
    {
        if (name == "GetRandom")
            return EncodeBytes(name, "random", module.GetRandom());
        var description = module.Describe();
        return Encode(name, writer =>
        {
            writer.WriteStartMap(7);
            Write(writer, "version_major", description.VersionMajor);
            Write(writer, "version_minor", description.VersionMinor);
            Write(writer, "version_patch", description.VersionPatch);
            writer.WriteTextString("module_id");
            writer.WriteTextString(description.ModuleId);
            Write(writer, "max_pcrs", description.MaxPcrs);
            writer.WriteTextString("locked_pcrs");
            writer.WriteStartArray(description.LockedPcrs.Count);
            foreach (var index in description.LockedPcrs)
                writer.WriteInt32(index);
            writer.WriteEndArray();
            writer.WriteTextString("digest");
            writer.WriteTextString(description.Digest);
            writer.WriteEndMap();
        });
    }

    private byte[] DescribePcr(int index)
    {
        var value = module.DescribePcr(index);
        return Encode("DescribePCR", writer =>
        {
            writer.WriteStartMap(2);
            writer.WriteTextString("lock");
            writer.WriteBoolean(value.IsLocked);
            writer.WriteTextString("data");
            writer.WriteByteString(value.Data.Span);
            writer.WriteEndMap();
        });
    }

    private byte[] ExtendPcr(int index, ReadOnlyMemory<byte>? data) =>
        EncodeBytes("ExtendPCR", "data", module.ExtendPcr(index, data!.Value.Span));

    private static byte[] Done(string name, Action call)
    {
        call();
        var writer = new CborWriter();
        writer.WriteTextString(name);
        return writer.Encode();
    }

    private static void Write(CborWriter writer, string name, int number)
    {
        writer.WriteTextString(name);
        writer.WriteInt32(number);
    }

    private static int ReadNumber(CborReader reader, string name)
    {
        reader.ReadTextString().Should().Be(name);
        return reader.ReadInt32();
    }

    private static ReadOnlyMemory<byte>? ReadBytes(CborReader reader, string name)
    {
        reader.ReadTextString().Should().Be(name);
        if (reader.PeekState() != CborReaderState.Null)
            return reader.ReadByteString();
        reader.ReadNull();
        return null;
    }

    private static byte[] EncodeBytes(string name, string field, byte[] value) => Encode(name, writer =>
    {
        writer.WriteStartMap(1);
        writer.WriteTextString(field);
        writer.WriteByteString(value);
        writer.WriteEndMap();
    });

    private static byte[] Encode(string name, Action<CborWriter> write)
    {
        var writer = new CborWriter();
        writer.WriteStartMap(1);
        writer.WriteTextString(name);
        write(writer);
        writer.WriteEndMap();
        return writer.Encode();
    }
}
