using System.Reflection;
using Sequencer.Core;

namespace Sequencer.Gateway.Tests;

/// <summary>What the next write with entries in it does.</summary>
internal enum WriteFault
{
    None,
    FailsButTookEffect,
    FailsAndIsLost,
}

/// <summary>
/// A ledger in memory whose writes fail, whose openings wait and whose records change when told to.
/// </summary>
internal sealed class FaultyLedger : ILedgerSource
{
    private readonly MemoryLedgerSource _source = new(new MemoryLedger());
    private TaskCompletionSource _mayOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FaultyLedger() => _mayOpen.SetResult();

    /// <summary>Taken back by the write that it hits.</summary>
    public WriteFault Fault { get; set; }

    /// <summary>Whether entries are read with their first bit flipped.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>Whether stored tiles cannot be read, as when the ledger is being closed.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>From now on an opening waits for <see cref="AllowOpening"/>.</summary>
    public void HoldOpening() => _mayOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void AllowOpening() => _mayOpen.SetResult();

    public async ValueTask<ILedger> OpenAsync(CancellationToken cancellation)
    {
        await _mayOpen.Task.WaitAsync(cancellation);
        var ledger = DispatchProxy.Create<ILedger, Opened>();
        var opened = (Opened)(object)ledger;
        (opened.Faults, opened.Contents) = (this, await _source.OpenAsync(cancellation));
        return ledger;
    }

    /// <summary>One opening.</summary>
#pragma warning disable CA1852 // the runtime makes a subclass of it
    internal class Opened : DispatchProxy
#pragma warning restore CA1852
    {
        public FaultyLedger Faults { get; set; } = null!;

        public ILedger Contents { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(ILedger.WriteAsync))
                return new ValueTask(WriteAsync((LedgerBatch)args![0]!, (bool)args[1]!));
            if (Faults.IsUnreadable && targetMethod.Name.StartsWith("ReadTile", StringComparison.Ordinal))
                throw new LedgerException(LedgerError.Unavailable, "The ledger is closed.");
            var answer = targetMethod.Invoke(Contents, args);
            return Faults.IsDamaged && answer is StoredEntry { Data: var data } entry
                ? entry with { Data = [(byte)(data[0] ^ 1), .. data[1..]] }
                : answer;
        }

        private async Task WriteAsync(LedgerBatch batch, bool sync)
        {
            if (batch.Entries.Count == 0 || Faults.Fault == WriteFault.None)
            {
                await Contents.WriteAsync(batch, sync);
                return;
            }

            if (Faults.Fault == WriteFault.FailsButTookEffect)
                await Contents.WriteAsync(batch, sync);
            Faults.Fault = WriteFault.None;
            throw new LedgerException(LedgerError.WriteFailed, "No space left on device.");
        }
    }
}
