using System.Buffers;

namespace Sequencer.Gateway;

/// <summary>
/// Cuts a batch into its JSON values while it arrives. Holds the state of one body; used by one request. Each
/// look begins where the last value ended, so callers at least double the buffer before they look again.
/// </summary>
internal abstract class BatchSplitter
{
    /// <summary>Cuts the next value off the front of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">What has arrived and was not cut off yet; shortened by what was.</param>
    /// <param name="isFinal">Whether nothing more will arrive.</param>
    /// <param name="value">One JSON value, unchecked, when the answer is <see
    /// cref="BatchSplit.Value"/>.</param>
    public abstract BatchSplit Next(
        ref ReadOnlySequence<byte> buffer, bool isFinal, out ReadOnlySequence<byte> value);
}
