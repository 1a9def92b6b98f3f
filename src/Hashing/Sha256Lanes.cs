using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sequencer.Hashing;

/// <summary>
/// SHA-256 (FIPS 180-4, section 6.2) of many messages at once, one in each lane of a vector: in two thirds of the
/// time that libcrypto takes for one after the other where the processor has instructions for SHA-256, and in a
/// quarter of it where it has none.
/// </summary>
internal static class Sha256Lanes
{
    /// <summary>A padded message is a multiple of it.</summary>
    public const int BlockBytes = 64;

    private const int BlockWords = 16;
    private const int LengthBytes = 8;
    private const int Rounds = 64;
    private const int StateWords = 8;

    /// <summary>Section 4.2.2.</summary>
    private static ReadOnlySpan<uint> K =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>Section 5.3.3.</summary>
    private static ReadOnlySpan<uint> InitialState =>
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    /// <summary>Whether this machine has vectors worth the trouble.</summary>
    public static bool AreSupported => Avx2.IsSupported;

    /// <summary>Messages that are hashed at once.</summary>
    public static int Count => Vector512.IsHardwareAccelerated ? SixteenLanes.Count : EightLanes.Count;

    /// <summary>Length of a message with its padding (section 5.1.1), in bytes.</summary>
    public static int PaddedLength(int length) =>
        (length + 1 + LengthBytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    /// <summary>Pads a message that stands at the start of a span of its padded length.</summary>
    public static void Pad(Span<byte> message, int length)
    {
        message[length] = 0x80;
        message[(length + 1)..^LengthBytes].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(message[^LengthBytes..], (ulong)length * 8);
    }

    /// <summary>Hashes the messages that stand at the beginning of this thread's memory.</summary>
    /// <param name="memory">The padded messages one behind the other, all of the same length.</param>
    /// <param name="length">That length, in bytes.</param>
    /// <param name="digests">Takes their digests, at most <see cref="Count"/>; the other lanes run idle.</param>
    public static void Hash(LaneMemory memory, int length, Span<Tlog.Hash> digests)
    {
        if (Vector512.IsHardwareAccelerated)
            Hash<SixteenLanes>(memory, length, digests);
        else
            Hash<EightLanes>(memory, length, digests);
    }

    /// <summary>The same in lanes of a certain number.</summary>
    public static void Hash<TLanes>(LaneMemory memory, int length, Span<Tlog.Hash> digests)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Debug.Assert(length % BlockBytes == 0 && length <= LaneMemory.MessageBytesMax, "Padded, and in its place.");
        Debug.Assert(digests.Length <= TLanes.Count, "A lane for each message.");
        Span<TLanes> state = stackalloc TLanes[StateWords];
        for (var i = 0; i < StateWords; i++)
            state[i] = TLanes.Create(InitialState[i]);
        var messages = memory.Messages[..(TLanes.Count * length)];
        var schedule = memory.Schedule<TLanes>();
        for (var block = 0; block < length; block += BlockBytes)
        {
            Arrange(messages, length, block, schedule);
            Compress(state, schedule);
        }

        var columns = MemoryMarshal.Cast<TLanes, uint>(state);
        var digest = MemoryMarshal.Cast<Tlog.Hash, uint>(digests);
        for (var lane = 0; lane < digests.Length; lane++)
        {
            for (var i = 0; i < StateWords; i++)
                digest[lane * StateWords + i] = BinaryPrimitives.ReverseEndianness(columns[i * TLanes.Count + lane]);
        }
    }

    /// <summary>
    /// Puts a block of each message into its lane: word t of every message becomes vector t of the schedule.
    /// Four words of four messages at a time, transposed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Arrange<TLanes>(ReadOnlySpan<byte> messages, int length, int block, Span<TLanes> schedule)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        var words = MemoryMarshal.Cast<TLanes, uint>(schedule);
        for (var lane = 0; lane < TLanes.Count; lane += 4)
        {
            for (var t = 0; t < BlockWords; t += 4)
            {
                var four = messages[(lane * length + block + t * sizeof(uint))..];
                var (a, b) = (FourWords(four), FourWords(four[length..]));
                var (c, d) = (FourWords(four[(2 * length)..]), FourWords(four[(3 * length)..]));
                var (ab, cd) = (Sse2.UnpackLow(a, b).AsUInt64(), Sse2.UnpackLow(c, d).AsUInt64());
                Put(Sse2.UnpackLow(ab, cd), words, t, lane);
                Put(Sse2.UnpackHigh(ab, cd), words, t + 1, lane);
                (ab, cd) = (Sse2.UnpackHigh(a, b).AsUInt64(), Sse2.UnpackHigh(c, d).AsUInt64());
                Put(Sse2.UnpackLow(ab, cd), words, t + 2, lane);
                Put(Sse2.UnpackHigh(ab, cd), words, t + 3, lane);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Put(Vector128<ulong> four, Span<uint> words, int t, int lane) =>
            four.AsUInt32().CopyTo(words[(t * TLanes.Count + lane)..]);
    }

    /// <summary>The four big-endian words at the start of a span.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> FourWords(ReadOnlySpan<byte> bytes) => Vector128.Shuffle(
        Vector128.Create(bytes),
        Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)).AsUInt32();

    /// <summary>Section 6.2.2, eight rounds a turn: so nothing is moved but the names.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compress<TLanes>(Span<TLanes> state, Span<TLanes> w)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (var t = BlockWords; t < Rounds; t++)
            w[t] = Sigma1(w[t - 2]) + w[t - 7] + Sigma0(w[t - 15]) + w[t - 16];
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var t = 0; t < Rounds; t += 8)
        {
            Round(a, b, c, ref d, e, f, g, ref h, K[t], w[t]);
            Round(h, a, b, ref c, d, e, f, ref g, K[t + 1], w[t + 1]);
            Round(g, h, a, ref b, c, d, e, ref f, K[t + 2], w[t + 2]);
            Round(f, g, h, ref a, b, c, d, ref e, K[t + 3], w[t + 3]);
            Round(e, f, g, ref h, a, b, c, ref d, K[t + 4], w[t + 4]);
            Round(d, e, f, ref g, h, a, b, ref c, K[t + 5], w[t + 5]);
            Round(c, d, e, ref f, g, h, a, ref b, K[t + 6], w[t + 6]);
            Round(b, c, d, ref e, f, g, h, ref a, K[t + 7], w[t + 7]);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TLanes>(
        TLanes a, TLanes b, TLanes c, ref TLanes d, TLanes e, TLanes f, TLanes g, ref TLanes h, uint k, TLanes w)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        h += w + TLanes.Create(k) + TLanes.Choose(e, f, g) + BigSigma1(e);
        d += h;
        h += TLanes.Majority(a, b, c) + BigSigma0(a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes BigSigma0<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Xor(TLanes.RotateRight(x, 2), TLanes.RotateRight(x, 13), TLanes.RotateRight(x, 22));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes BigSigma1<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Xor(TLanes.RotateRight(x, 6), TLanes.RotateRight(x, 11), TLanes.RotateRight(x, 25));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sigma0<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Xor(TLanes.RotateRight(x, 7), TLanes.RotateRight(x, 18), TLanes.ShiftRight(x, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sigma1<TLanes>(TLanes x)
        where TLanes : unmanaged, ILanes<TLanes> =>
        TLanes.Xor(TLanes.RotateRight(x, 17), TLanes.RotateRight(x, 19), TLanes.ShiftRight(x, 10));
}
