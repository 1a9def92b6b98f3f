using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// One chain in this epoch. It signs one root for each size, never a smaller size, never an earlier time;
/// a failure before the last line of <see cref="Append"/> leaves it as it was.
/// </summary>
internal sealed class ChainState
{
    private readonly EnclaveIdentity _identity;
    private CompactRange _range;
    private byte[]? _lastDigest;
    private AppendResult? _lastResult;

    public ChainState(EnclaveIdentity identity, string origin, CompactRange range, ulong time)
    {
        _identity = identity;
        _range = range;
        Head = Sign(identity, origin, range, time);
    }

    /// <summary>The chain as last cosigned.</summary>
    public Head Head { get; private set; }

    /// <summary>Whether signing has ended for this epoch.</summary>
    public bool Retired { get; set; }

    /// <summary>Appends leaves, or repeats the answer to the last append.</summary>
    public AppendResult Append(in AppendItem item, ulong now)
    {
        var digest = SHA256.HashData(item.Leaves.Span);
        if (item.ExpectedSize != _range.Size)
        {
            return IsRepeat(item, digest)
                ? _lastResult!
                : Refuse(EnclaveRefusalReason.SizeMismatch,
                    $"Expected size {item.ExpectedSize}, but {Head.Origin} has {_range.Size} entries.");
        }

        var next = _range.Clone();
        var created = item.WantNodes ? new List<Hash>(item.Leaves.Length / Hash.SizeBytes) : null;
        foreach (var leaf in MemoryMarshal.Cast<byte, Hash>(item.Leaves.Span))
            next.Append(leaf, created);
        var head = Sign(_identity, Head.Origin, next, Math.Max(now, Head.Time));
        var result = new AppendResult
        {
            FirstIndex = _range.Size,
            NewSize = head.Size,
            Root = head.Root,
            Time = head.Time,
            Cosignature = head.Cosignature,
        };

        // The answer is kept without its nodes: a repeat is rare, and the core can compute them.
        (_range, Head, _lastDigest, _lastResult) = (next, head, digest, result);
        return created is null
            ? result
            : result with { Nodes = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(created)).ToArray() };
    }

    private bool IsRepeat(in AppendItem item, byte[] digest) =>
        _lastResult is not null
        && item.ExpectedSize == _lastResult.FirstIndex
        && (ulong)(item.Leaves.Length / Hash.SizeBytes) == _lastResult.NewSize - _lastResult.FirstIndex
        && digest.AsSpan().SequenceEqual(_lastDigest);

    private static Head Sign(EnclaveIdentity identity, string origin, CompactRange range, ulong time)
    {
        var checkpoint = new Checkpoint(origin, range.Size, range.Root());
        return new Head(origin, range.Size, checkpoint.Root, time, identity.Cosign(checkpoint, time));
    }

    private static AppendResult Refuse(EnclaveRefusalReason reason, string detail) =>
        new() { Refusal = new EnclaveRefusal(reason, detail) };
}
