using System.Security.Cryptography;
using CsCheck;
using Hash = Sequencer.Tlog.Hash;

namespace Sequencer.Hashing.Tests;

/// <summary>Each lane gives the SHA-256 of its message, in vectors of either length.</summary>
public sealed class Sha256LanesTests
{
    [LanesFact]
    public void Hash_EightLanes_IsTheDigestOfEachMessage() => CheckAll<EightLanes>();

    [LanesFact]
    public void Hash_SixteenLanes_IsTheDigestOfEachMessage() => CheckAll<SixteenLanes>();

    private static void CheckAll<TLanes>()
        where TLanes : unmanaged, ILanes<TLanes> =>
        Gen.Select(Gen.Int[0, LaneMemory.MessageBytesMax - 9], Gen.Int[1, TLanes.Count], Gen.Int).Sample(
            (length, count, seed) => Check<TLanes>(length, count, new Random(seed)), iter: 200);

    /// <summary>A test of what needs AVX2; skipped, with the reason, where the processor has none.</summary>
    private sealed class LanesFactAttribute : FactAttribute
    {
        public LanesFactAttribute() =>
            Skip = Sha256Lanes.AreSupported ? null : "This processor has no AVX2.";
    }

    private static void Check<TLanes>(int length, int count, Random random)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        var padded = Sha256Lanes.PaddedLength(length);
        var memory = LaneMemory.OfThread;
        random.NextBytes(memory.Messages);
        var expected = new List<Hash>();
        for (var i = 0; i < count; i++)
        {
            var message = memory.Messages.Slice(i * padded, padded);
            expected.Add(Hash.Read(SHA256.HashData(message[..length])));
            Sha256Lanes.Pad(message, length);
        }

        var digests = new Hash[count];
        Sha256Lanes.Hash<TLanes>(memory, padded, digests);
        digests.Should().Equal(expected);
    }
}
