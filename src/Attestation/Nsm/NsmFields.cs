using System.Formats.Cbor;

namespace Sequencer.Attestation;

/// <summary>The fields of one answer, each taken once.</summary>
internal sealed class NsmFields
{
    private const int MaxFields = 16;
    private const int MaxListItems = 64;

    private readonly string _call;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _fields = [];

    private NsmFields(string call) => _call = call;

    public static NsmFields Read(CborReader reader, string call)
    {
        var fields = new NsmFields(call);
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            var name = reader.ReadTextString();
            if (fields._fields.Count == MaxFields)
                throw Malformed(call, $"more than {MaxFields} fields");
            // The reader's strict mode compares names by their bytes: one with a longer length would pass.
            if (!fields._fields.TryAdd(name, reader.ReadEncodedValue()))
                throw Malformed(call, $"the field {name} occurs twice");
        }

        reader.ReadEndMap();
        return fields;
    }

    public static NsmException Malformed(string call, string what) =>
        new(NsmError.MalformedResponse, $"The NSM's answer to {call} is malformed: {what}.");

    public ReadOnlyMemory<byte> Bytes(string name, int min, int max)
    {
        var bytes = Take(name).ReadDefiniteLengthByteString();
        return bytes.Length >= min && bytes.Length <= max
            ? bytes
            : throw Malformed(_call, $"{name} has {bytes.Length} bytes, expected {min} to {max}");
    }

    public int UInt16(string name) => checked((ushort)Take(name).ReadUInt32());

    public string Text(string name) => Take(name).ReadTextString();

    public bool Boolean(string name) => Take(name).ReadBoolean();

    public IReadOnlyList<int> UInt16List(string name)
    {
        var reader = Take(name);
        reader.ReadStartArray();
        var items = new List<int>();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            if (items.Count == MaxListItems)
                throw Malformed(_call, $"{name} has more than {MaxListItems} items");
            items.Add(checked((ushort)reader.ReadUInt32()));
        }

        reader.ReadEndArray();
        return items;
    }

    private CborReader Take(string name) =>
        _fields.Remove(name, out var value)
            ? new CborReader(value, CborConformanceMode.Strict)
            : throw Malformed(_call, $"the field {name} is missing");
}
