using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>A checkpoint as it is served and put into receipts; never changed once made.</summary>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Root of the tree of that size.</param>
/// <param name="Time">Time of the enclave's cosignature, in seconds since 1970.</param>
/// <param name="Cosignature">The enclave's Ed25519 signature; 64 bytes.</param>
/// <param name="Epoch">Number of the epoch that cosigned.</param>
/// <param name="Note">The signed note, UTF-8.</param>
internal sealed record SignedCheckpoint(
    ulong Size, Hash Root, ulong Time, ReadOnlyMemory<byte> Cosignature, uint Epoch, ReadOnlyMemory<byte> Note)
{
    public static SignedCheckpoint Of(CheckpointRecord record) =>
        new(record.Size, record.Root, record.Time, record.Cosignature, record.Epoch, record.Note);

    public CheckpointRecord ToRecord(ChainNumber chain) =>
        new(chain, Size, Root, Time, Cosignature, Epoch, Note);
}
