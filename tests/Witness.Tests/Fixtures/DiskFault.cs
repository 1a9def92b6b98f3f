namespace Sequencer.Witness.Tests;

/// <summary>What a write that fails leaves.</summary>
internal enum DiskFault
{
    /// <summary>It does not fail.</summary>
    None,

    /// <summary>Nothing.</summary>
    Lost,

    /// <summary>All of it.</summary>
    Persisted,

    /// <summary>Of a file the first half; of a rename or sync nothing.</summary>
    Torn,
}
