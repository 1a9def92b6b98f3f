namespace Sequencer.Gateway;

/// <summary>What came of looking for the next value of a batch.</summary>
internal enum BatchSplit
{
    /// <summary>A value was cut off the front of the buffer.</summary>
    Value,

    /// <summary>The buffer ends inside a value, or between two.</summary>
    NeedMore,

    /// <summary>The batch is over, and nothing follows it.</summary>
    End,

    /// <summary>This is not a batch in the format that its content type says.</summary>
    Malformed,
}
