using System.Buffers;
using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class EntryBundleTests
{
    [Fact]
    public void Parse_WhatWasWritten_IsTheSameEntries() =>
        Gen.Byte.Array[0, 40].Array[1, Tile.Width].Sample(entries =>
        {
            var parsed = EntryBundle.Parse(Write(entries), entries.Length);
            return parsed.Length == entries.Length
                && parsed.Zip(entries).All(pair => pair.First.Span.SequenceEqual(pair.Second));
        }, iter: 100);

    [Fact]
    public void Write_LargestEntryAndOneByteMore_IsTakenAndRefused()
    {
        var largest = new byte[Entry.MaxSizeBytes];
        var bundle = Write([largest]);

        bundle.Should().HaveCount(2 + 65_535).And.StartWith([0xff, 0xff]);
        EntryBundle.Parse(bundle, 1)[0].Length.Should().Be(Entry.MaxSizeBytes);
        Refusal.Of(() => Write([new byte[Entry.MaxSizeBytes + 1]])).Should().Be(TlogError.EntryTooLarge);
    }

    [Fact]
    public void Parse_CutOrExtendedOrMiscounted_IsRefused() =>
        Gen.Select(Gen.Byte.Array[0, 10].Array[1, 20], Gen.Int).Sample((entries, cut) =>
        {
            var bundle = Write(entries);
            var shorter = bundle.AsMemory(0, (int)((uint)cut % (uint)bundle.Length));

            Refusal.Of(() => EntryBundle.Parse(shorter, entries.Length))
                .Should().Be(TlogError.MalformedBundle);
            Refusal.Of(() => EntryBundle.Parse((byte[])[.. bundle, 0], entries.Length))
                .Should().Be(TlogError.MalformedBundle);
            Refusal.Of(() => EntryBundle.Parse(bundle, entries.Length + 1))
                .Should().Be(TlogError.MalformedBundle);
            if (entries.Length > 1)
            {
                Refusal.Of(() => EntryBundle.Parse(bundle, entries.Length - 1))
                    .Should().Be(TlogError.MalformedBundle);
            }
        }, iter: 200);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(257)]
    public void Parse_ACountNoBundleHas_Throws(int count)
    {
        var parse = () => EntryBundle.Parse(default, count);
        parse.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static byte[] Write(byte[][] entries)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var entry in entries)
            EntryBundle.Write(output, entry);
        return output.WrittenSpan.ToArray();
    }
}
