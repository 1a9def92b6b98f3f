using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

public class EntryParserProperties
{
    [Fact]
    public void EveryUnicodeText_IsReadAsItsUtf8() => Gen.String.Sample(text =>
    {
        var isUnicode = !HasLoneSurrogate(text);
        var json = "{\"data\":" + Quote(text) + "}";
        var entry = Parse(Encoding.UTF8.GetBytes(json));
        entry.IsRefused.Should().Be(!isUnicode);
        if (isUnicode)
            Encoding.UTF8.GetString(entry.Bytes.Span).Should().Be(text);
    });

    [Fact]
    public void EveryBytes_AreReadFromTheirBase64() => Gen.Byte.Array[0, 300].Sample(bytes =>
    {
        var json = new JsonObject { ["data_base64"] = Convert.ToBase64String(bytes) }.ToJsonString();
        Parse(Encoding.UTF8.GetBytes(json)).Bytes.ToArray().Should().Equal(bytes);
    });

    [Fact]
    public void AnyBytes_AreAnEntryOrRefused() => Gen.Byte.Array[0, 80].Sample(bytes =>
    {
        var entry = Parse(bytes);
        if (!entry.IsRefused)
            entry.Bytes.Length.Should().BeLessThanOrEqualTo(Entry.MaxSizeBytes);
    });

    [Fact]
    public void MutatedJson_IsAnEntryOrRefused() =>
        Gen.Select(Gen.OneOf(
            """{"data":"a\u00e4\n"}""", """{"data_base64":"AAEC"}""", "\"bare \\ud83d\\ude00\"",
            """{"data":"x","data_base64":"eA=="}"""), Gen.Int[0, 100], Gen.Byte).Sample((json, at, with) =>
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            bytes[at % bytes.Length] = with;
            Parse(bytes);
        });

    [Fact]
    public void CutIntoSegments_IsReadTheSame() =>
        Gen.Select(Gen.String, Gen.Int[1, 9]).Sample((text, step) =>
    {
        var bytes = Encoding.UTF8.GetBytes("{\"data\":" + Quote(text) + "}");
        var whole = Parse(bytes);
        var cut = EntryParser.Parse(Segments.Of(bytes, step), bareText: true, new EntryMemory());
        cut.Bytes.ToArray().Should().Equal(whole.Bytes.ToArray());
        cut.Refusal?.Code.Should().Be(whole.Refusal?.Code);
    });

    /// <summary>A bare string has a short way; in an object the same bytes go through the reader.</summary>
    [Fact]
    public void BareString_IsReadAsTheSameStringInAnObject() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 80],
            Gen.String.Select(Encoding.UTF8.GetBytes),
            Gen.Int[65_530, 65_540].Select(length => Enumerable.Repeat((byte)'x', length).ToArray()))
        .Sample(text =>
        {
            var bare = Parse([(byte)'"', .. text, (byte)'"']);
            var field = Parse([.. "{\"data\":\""u8, .. text, .. "\"}"u8]);
            if (field.IsRefused && field.Refusal.Code == ProblemCode.FieldUnknown)
                return; // A quote ended the string, and what followed was another field.
            bare.Refusal?.Code.Should().Be(field.Refusal?.Code);
            bare.IsRefused.Should().Be(field.IsRefused);
            bare.Bytes.ToArray().Should().Equal(field.Bytes.ToArray());
        });

    private static ParsedEntry Parse(byte[] json) =>
        EntryParser.Parse(new ReadOnlySequence<byte>(json), bareText: true, new EntryMemory());

    /// <summary>
    /// JSON with every character escaped, so that lone surrogates reach the parser as they are.
    /// </summary>
    private static string Quote(string text) =>
        "\"" + string.Concat(text.Select(c => $"\\u{(int)c:x4}")) + "\"";

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return true;
            i++;
        }

        return false;
    }
}
