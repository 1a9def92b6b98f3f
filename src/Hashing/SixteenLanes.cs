using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sequencer.Hashing;

/// <summary>Sixteen words: AVX-512.</summary>
internal readonly struct SixteenLanes(Vector512<uint> words) : ILanes<SixteenLanes>
{
    private readonly Vector512<uint> _words = words;

    public static int Count => Vector512<uint>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes Create(uint word) => new(Vector512.Create(word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes operator +(SixteenLanes left, SixteenLanes right) => new(left._words + right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes Xor(SixteenLanes x, SixteenLanes y, SixteenLanes z) =>
        new(x._words ^ y._words ^ z._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes Choose(SixteenLanes x, SixteenLanes y, SixteenLanes z) =>
        new(Vector512.ConditionalSelect(x._words, y._words, z._words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes Majority(SixteenLanes x, SixteenLanes y, SixteenLanes z) =>
        new((x._words & y._words) | (z._words & (x._words | y._words)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes RotateRight(SixteenLanes x, [ConstantExpected] byte bits) => new(Avx512F.IsSupported
        ? Avx512F.RotateRight(x._words, bits)
        : (x._words >>> bits) | (x._words << (32 - bits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes ShiftRight(SixteenLanes x, [ConstantExpected] byte bits) => new(x._words >>> bits);
}
