namespace Sequencer.Core;

/// <summary>What a witness's cosignature brought.</summary>
internal enum WitnessGain
{
    /// <summary>It is taken; or the round that it is of is over.</summary>
    None,

    /// <summary>The checkpoint has its quorum with it, and is the chain's newest witnessed one.</summary>
    Quorum,

    /// <summary>The checkpoint had its quorum before, and is the newest witnessed one with one line more.</summary>
    More,

    /// <summary>It was made before it counts: the witness must be asked again, a little later.</summary>
    TooEarly,
}
