namespace Sequencer.Core;

/// <summary>What submissions take up: so many entries, and their bytes.</summary>
internal readonly record struct Load(int Entries, long Bytes)
{
    public static Load operator +(Load left, Load right) =>
        new(left.Entries + right.Entries, left.Bytes + right.Bytes);

    public static Load operator -(Load left, Load right) =>
        new(left.Entries - right.Entries, left.Bytes - right.Bytes);

    /// <summary>Whether there is room for both its entries and its bytes.</summary>
    public bool FitsIn(Load room) => Entries <= room.Entries && Bytes <= room.Bytes;
}
