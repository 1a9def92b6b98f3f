using System.Diagnostics.CodeAnalysis;

namespace Sequencer.Hashing;

/// <summary>
/// A vector of 32-bit words, one of each message that is hashed: what SHA-256 does to words (FIPS 180-4,
/// section 4.1.2), done to all of them at once.
/// </summary>
internal interface ILanes<TSelf>
    where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>How many words; a multiple of four.</summary>
    static abstract int Count { get; }

    /// <summary>The same word in every lane.</summary>
    static abstract TSelf Create(uint word);

    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Exclusive or.</summary>
    static abstract TSelf Xor(TSelf x, TSelf y, TSelf z);

    /// <summary>Where x has a one, the bit of y, elsewhere that of z.</summary>
    static abstract TSelf Choose(TSelf x, TSelf y, TSelf z);

    /// <summary>The bit that at least two of the three have.</summary>
    static abstract TSelf Majority(TSelf x, TSelf y, TSelf z);

    static abstract TSelf RotateRight(TSelf x, [ConstantExpected] byte bits);

    static abstract TSelf ShiftRight(TSelf x, [ConstantExpected] byte bits);
}
