namespace Sequencer.Client;

/// <summary>Which entries a monitor reads whole and hashes.</summary>
public enum RehashMode
{
    /// <summary>None: only hashes are compared.</summary>
    None,

    /// <summary>Those that came since the last time; at first contact none.</summary>
    New,

    /// <summary>Once all of them, then those that come.</summary>
    All,
}
