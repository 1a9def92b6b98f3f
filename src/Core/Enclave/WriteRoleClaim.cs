namespace Sequencer.Core;

/// <summary>A gateway's claim to the enclave's write role, as its ledger has it.</summary>
internal static class WriteRoleClaim
{
    /// <summary>
    /// Takes the role from another gateway, if that is wanted. Once, at the start: a gateway that reconnects
    /// later must not take it back from a newer one.
    /// </summary>
    /// <exception cref="EnclaveFencedException">When this gateway was fenced earlier, and is not to take
    /// over.
    /// </exception>
    public static async Task TakeAsync(ILedger ledger, SequencerOptions options, TimeProvider time)
    {
        if (!options.TakeOver)
        {
            if (ledger.Fence is { } fence)
                throw new EnclaveFencedException(fence);
            return;
        }

        if (ledger.Fence is not null)
            await ledger.WriteAsync(new LedgerBatch { Fence = "" }, sync: true);
        var generation = Math.Max(ledger.Generation, (ulong)time.GetUtcNow().ToUnixTimeMilliseconds());
        await ledger.WriteAsync(new LedgerBatch { Generation = generation }, sync: true);
    }
}
