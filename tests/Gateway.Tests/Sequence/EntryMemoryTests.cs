using System.Runtime.InteropServices;
using CsCheck;

namespace Sequencer.Gateway.Tests;

public class EntryMemoryTests
{
    [Fact]
    public void Entries_WhateverFollowsThem_KeepTheirBytes() =>
        Gen.Select(Gen.Int[0, 70_000].Array[0, 20], Gen.Int[0, 200_000], Gen.Int).Sample(
            (lengths, expected, seed) =>
        {
            var random = new Random(seed);
            var memory = new EntryMemory { ExpectedBytes = expected };
            var entries = new List<(byte[] Put, ReadOnlyMemory<byte> Held)>();
            foreach (var length in lengths)
            {
                var put = new byte[length];
                random.NextBytes(put);
                // What is kept may be less than there was room for.
                put.CopyTo(memory.Room(length + random.Next(3)));
                entries.Add((put, memory.Take(length)));
            }

            entries.TrueForAll(entry => entry.Held.Span.SequenceEqual(entry.Put)).Should().BeTrue();
        }, iter: 100);

    [Theory]
    [InlineData(0, 10)]
    [InlineData(4, 10)]
    [InlineData(1_000, 1_000)]
    [InlineData(10_000_000, 65_536)]
    public void Array_IsNoLargerThanWhatIsToCome(long expected, int length)
    {
        var memory = new EntryMemory { ExpectedBytes = expected };
        memory.Room(10);
        MemoryMarshal.TryGetArray(memory.Take(10), out var array).Should().BeTrue();
        array.Array.Should().HaveCount(length);
    }

    [Fact]
    public void EntriesThatFitTogether_ShareAnArray()
    {
        var memory = new EntryMemory { ExpectedBytes = 30 };
        memory.Room(10);
        MemoryMarshal.TryGetArray(memory.Take(10), out var first);
        memory.Room(20);
        MemoryMarshal.TryGetArray(memory.Take(20), out var second);
        second.Array.Should().BeSameAs(first.Array);
        second.Offset.Should().Be(10);
    }
}
