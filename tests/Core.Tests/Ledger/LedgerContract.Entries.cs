using System.Buffers;
using CsCheck;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Ledger;

/// <summary>What is promised of entries, singly, in ranges and as bundles.</summary>
public abstract partial class LedgerContract
{
    /// <summary>Any sizes of entries in any batches over a few chains: read singly, in ranges and past the
    /// end, before and after reopening, they are what was written.</summary>
    [Fact]
    public async Task Entries_AnySizesInAnyBatches_AreReadAsTheyWereWritten()
    {
        var length = Gen.OneOf(Gen.Int[0, 40], Gen.Int[0, 700], Gen.Int[16_380, 16_386], Gen.Const(65_535));
        var batches = Gen.Select(Gen.UInt[1, 3], length.List[1, 150]).List[1, 8];
        await Gen.Select(batches, Gen.UInt).SampleAsync(async sample =>
        {
            var (writes, seed) = sample;
            // Chains of their own for each sample; 0x65 is the letter of the entries' own keys.
            var chains = new[] { new ChainNumber(seed), new ChainNumber(seed + 1), new ChainNumber(seed ^ 0x65) };
            var model = chains.Distinct().ToDictionary(chain => chain, AlreadyThere);
            foreach (var (pick, lengths) in writes)
            {
                var chain = chains[(int)pick - 1];
                var entries = lengths.Select((size, i) => Bytes(size, (uint)model[chain].Count + (uint)i)).ToList();
                var batch = new LedgerBatch();
                batch.AddEntries(
                    chain, (ulong)model[chain].Count, entries.ConvertAll(entry => new ReadOnlyMemory<byte>(entry)));
                model[chain].AddRange(entries);
                await Ledger.WriteAsync(batch, sync: false);
            }

            foreach (var (chain, entries) in model)
                RequireEntries(chain, entries);
        }, iter: 25, threads: 1);

        List<byte[]> AlreadyThere(ChainNumber chain) =>
            [.. Ledger.ReadEntries(chain, 0, ulong.MaxValue).Select(entry => entry.ToArray())];
    }

    [Fact]
    public async Task Entries_AroundTheChunkSizes_AreReadSinglyAndInRangesAfterReopening()
    {
        List<byte[]> model = [];
        foreach (var count in new[] { 1, 15, 16, 17, 31, 1, 1, 33, 64, 255, 256 })
        {
            var entries = Enumerable.Range(0, count).Select(i => Bytes(i % 40, (uint)(model.Count + i))).ToList();
            await AppendAsync(One, (ulong)model.Count, entries);
            model.AddRange(entries);
        }

        RequireEntries(One, model);
        await ReopenAsync();
        RequireEntries(One, model);
        await AppendAsync(One, (ulong)model.Count, [[1]]);
        Ledger.EntryCount(One).Should().Be((ulong)model.Count + 1);
    }

    [Fact]
    public async Task Entries_OfNeighbouringChains_DoNotMix()
    {
        var numbers = new uint[] { 1, 2, 255, 256, 257, 65_535, 65_536, uint.MaxValue };
        foreach (var number in numbers)
            await AppendAsync(new ChainNumber(number), 0, [BitConverter.GetBytes(number)]);
        foreach (var number in numbers)
        {
            Ledger.EntryCount(new ChainNumber(number)).Should().Be(1);
            Ledger.ReadData(new ChainNumber(number), 0).Should().Equal(BitConverter.GetBytes(number));
            Ledger.ReadEntries(new ChainNumber(number), 0, ulong.MaxValue).Should().ContainSingle();
        }

        Ledger.EntryCount(new ChainNumber(3)).Should().Be(0);
        Ledger.ReadData(new ChainNumber(254), 0).Should().BeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Entries_ThatOverwriteOrLeaveAGap_AreRefusedWithTheirWholeBatch(ulong firstIndex)
    {
        await AppendAsync(One, 0, [[1], [2]]);

        var batch = new LedgerBatch { Generation = 9 };
        batch.Entries.Add(Entries(Two, 0, "of another chain"));
        batch.Entries.Add(Entries(One, firstIndex, "out of order"));
        var writing = async () => await Ledger.WriteAsync(batch, sync: true);

        (await writing.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.OutOfOrder);
        await ReopenAsync();
        Ledger.Generation.Should().Be(0);
        Ledger.EntryCount(Two).Should().Be(0);
        Ledger.EntryCount(One).Should().Be(2);
        await AppendAsync(One, 2, [[3]]);
        Ledger.ReadData(One, 2).Should().Equal(3);
    }

    [Fact]
    public async Task Entries_OneChainTwiceInABatch_GoOnWhereTheFirstEnds()
    {
        var batch = new LedgerBatch();
        batch.Entries.Add(Entries(One, 0, "a", "b"));
        batch.Entries.Add(Entries(One, 2, "c"));
        await Ledger.WriteAsync(batch, sync: true);
        Texts(Ledger.ReadEntries(One, 1, 2)).Should().Equal("b", "c");
    }

    private static byte[] Bytes(int length, uint seed)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)(seed * 31 + i);
        return bytes;
    }

    private void RequireEntries(ChainNumber chain, List<byte[]> model)
    {
        Ledger.EntryCount(chain).Should().Be((ulong)model.Count);
        Ledger.ReadData(chain, (ulong)model.Count).Should().BeNull();
        var leaves = model.ConvertAll(entry => MerkleHash.Leaf(entry));
        for (var i = 0; i < model.Count; i++)
        {
            var (data, part) = Ledger.ReadEntry(chain, (ulong)i)!.Value;
            data.AsSpan().SequenceEqual(model[i]).Should().BeTrue();
            for (var leaf = i & -TilePart.Width; part is not null && leaf <= (i | (TilePart.Width - 1)); leaf++)
                part.Read(0, leaf % 256).Should().Be(leaves[leaf]);
        }

        for (var first = 0; first <= model.Count; first = first * 3 / 2 + 1)
        {
            var count = Math.Min(first + 7, 100);
            var read = Ledger.ReadEntries(chain, (ulong)first, (ulong)count).Select(entry => entry.ToArray()).ToList();
            var expected = model.Skip(first).Take(count).ToList();
            read.Count.Should().Be(expected.Count);
            read.Zip(expected).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)).Should().BeTrue();
            RequireBundle(chain, first, count, expected);
        }
    }

    private void RequireBundle(ChainNumber chain, int first, int count, List<byte[]> expected)
    {
        var made = new ArrayBufferWriter<byte>();
        foreach (var entry in expected)
            EntryBundle.Write(made, entry);
        foreach (var readAhead in (bool[])[false, true])
        {
            var read = new ArrayBufferWriter<byte>();
            Ledger.WriteBundle(chain, (ulong)first, (ulong)count, readAhead, read);
            read.WrittenSpan.SequenceEqual(made.WrittenSpan).Should().BeTrue();
        }
    }
}
