using Microsoft.Extensions.Logging;

namespace Sequencer.Core;

/// <summary>Forgets idempotency keys that have expired, once a minute.</summary>
internal sealed class KeySweep(ILedger ledger, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="LedgerException">When the ledger must be opened anew.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            var now = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
            while (await ForgetSomeAsync(now))
                cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Forgets some; true when there are more.</summary>
    private async Task<bool> ForgetSomeAsync(ulong before)
    {
        try
        {
            return await ledger.ForgetKeysAsync(before);
        }
        catch (LedgerException exception) when (exception.Reason == LedgerError.Corrupt)
        {
            // One key is damaged: no chain ends for that, and the others are forgotten a minute later.
            SequencerCore.LogKeyNotForgotten(logger, exception.Message);
            return false;
        }
    }
}
