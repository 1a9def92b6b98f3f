using System.Buffers;
using System.Text;
using CsCheck;

namespace Sequencer.Gateway.Tests;

/// <summary>
/// A batch is the same however it was cut into pieces on its way, and no bytes make a splitter fail.
/// </summary>
public class SplitterProperties
{
    private static readonly Gen<string> Values = Gen.OneOf(
        "\"a\"", "\"\\u0041\\n\"", "{\"data\":\"x\"}", " {\"data_base64\" : \"eA==\"} ", "\"\"", "7", "[[1]]",
        "{\"a\":{\"b\":[]}}");

    [Fact]
    public void NdJson_CutAnywhere_GivesTheSameValues() =>
        Gen.Select(Values.Array[0, 8], Gen.Int[1, 40]).Sample((values, step) =>
        {
            var body = Encoding.UTF8.GetBytes(string.Join('\n', values));
            var split = Split(new NdJsonSplitter(), body, step);
            split.Should().Equal(values);
        });

    [Fact]
    public void JsonArray_CutAnywhere_GivesTheSameValues() =>
        Gen.Select(Values.Array[0, 8], Gen.Int[1, 40]).Sample((values, step) =>
        {
            var body = Encoding.UTF8.GetBytes("[" + string.Join(" , ", values) + "] ");
            var split = Split(new JsonArraySplitter(), body, step);
            split.Should().Equal(values.Select(value => value.Trim()));
        });

    [Fact]
    public void AnyBytes_AreSplitOrRefused() =>
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Int[1, 20], Gen.Bool).Sample((body, step, isLines) =>
        {
            Split(isLines ? new NdJsonSplitter() : new JsonArraySplitter(), body, step);
        });

    [Fact]
    public void MutatedArrays_AreSplitOrRefusedAsTheyAreInOnePiece() =>
        Gen.Select(Values.Array[1, 5], Gen.Int[0, 200], Gen.Byte, Gen.Int[1, 20]).Sample(
            (values, at, with, step) =>
        {
            var body = Encoding.UTF8.GetBytes("[" + string.Join(',', values) + "]");
            body[at % body.Length] = with;
            Split(new JsonArraySplitter(), body, step)
                .Should().Equal(Split(new JsonArraySplitter(), body, body.Length));
        });

    /// <summary>The values as texts, with a last one "!" when the batch is malformed.</summary>
    private static List<string> Split(BatchSplitter splitter, byte[] body, int step)
    {
        var values = new List<string>();
        var consumed = 0;
        for (var arrived = Math.Min(step, body.Length); ; arrived = Math.Min(arrived + step, body.Length))
        {
            var isFinal = arrived == body.Length;
            var rest = new ReadOnlySequence<byte>(body, consumed, arrived - consumed);
            while (true)
            {
                var outcome = splitter.Next(ref rest, isFinal, out var value);
                if (outcome == BatchSplit.Value)
                {
                    values.Add(Encoding.UTF8.GetString(value.ToArray()));
                    continue;
                }

                if (outcome == BatchSplit.Malformed || (outcome == BatchSplit.NeedMore && isFinal))
                    return [.. values, "!"];
                if (outcome == BatchSplit.End)
                    return values;
                break;
            }

            consumed = arrived - (int)rest.Length;
        }
    }
}
