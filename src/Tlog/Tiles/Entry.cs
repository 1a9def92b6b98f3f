namespace Sequencer.Tlog;

/// <summary>Limits of an entry, the bytes of one transaction.</summary>
public static class Entry
{
    /// <summary>
    /// Largest entry, in bytes: its length is two bytes in an entry bundle (C2SP tlog-tiles).
    /// </summary>
    public const int MaxSizeBytes = 65_535;
}
