namespace Sequencer.Core;

/// <summary>A newer gateway holds the enclave's write role: this one must stop and not come back by itself.</summary>
/// <param name="reason">A sentence: what the enclave refused.</param>
/// <param name="inner">The refusal itself, where it was met just now.</param>
public sealed class EnclaveFencedException(string reason, Exception? inner = null) : Exception(
    $"This gateway was fenced and does not come back by itself: {reason} Another gateway took the enclave, "
    + "or this ledger is an older copy than the enclave has seen (docs/reliability.md, Restoring). Make sure "
    + "that no other gateway runs, then start once with --take-over.",
    inner)
{
    /// <summary>What the enclave refused, which the ledger remembers.</summary>
    public string Reason => reason;
}
