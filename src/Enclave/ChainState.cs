using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave;

/// <summary>
/// One chain in this epoch. It signs one root for each size, never a smaller size, never an earlier time;
/// what fails leaves it as it was. A chain of witnessed finality proposes what it appends, cosigns it once
/// that is sealed, and proposes nothing else until then.
/// </summary>
internal sealed class ChainState
{
    private readonly EnclaveIdentity _identity;
    private readonly bool _isWitnessed;
    private Hash[] _subtrees; // of the proposal, if there is one
    private ulong _lastFirst;
    private Hash _lastLeaves;

    /// <summary>A chain that starts, or goes on, at a range.</summary>
    /// <param name="identity">The epoch that signs.</param>
    /// <param name="start">What it starts from.</param>
    /// <param name="range">The tree of that checkpoint.</param>
    /// <param name="time">Time of its first cosignature, in seconds since 1970.</param>
    /// <param name="priorCosigner">Key of the epoch that signed it before; null for a new chain.</param>
    /// <param name="isWitnessed">Whether it is of witnessed finality.</param>
    public ChainState(
        EnclaveIdentity identity, Checkpoint start, CompactRange range, ulong time,
        VerifierKey? priorCosigner, bool isWitnessed)
    {
        _identity = identity;
        _isWitnessed = isWitnessed;
        _subtrees = range.Hashes.ToArray();
        _lastFirst = range.Size;
        Head = Cosigned(start, time);
        if (priorCosigner is not null)
        {
            Head = Head with
            {
                Handover = identity.Sign(new Handover(start, priorCosigner, identity.Cosigner, time)),
            };
        }
    }

    /// <summary>The chain as last cosigned, and what it proposes beyond that.</summary>
    public Head Head { get; private set; }

    /// <summary>Whether signing has ended for this epoch.</summary>
    public bool Retired { get; set; }

    private ulong Size => Head.Proposal?.Size ?? Head.Size;

    /// <summary>Appends leaves, or repeats the answer to the last append.</summary>
    /// <exception cref="EnclaveRefusedException">When it is neither.</exception>
    public AppendResult Append(in AppendItem item, ulong now)
    {
        var leaves = MemoryMarshal.Cast<byte, Hash>(item.Leaves.Span);
        var digest = Hash.Read(SHA256.HashData(item.Leaves.Span));
        if (IsRepeat(item.ExpectedSize, digest))
            return Answer(nodes: null);
        CheckAppend(item.ExpectedSize, leaves.Length);
        var range = CompactRange.TryCreate(Head.Size, _subtrees)!;
        var nodes = item.WantNodes ? new List<Hash>(leaves.Length) : null;
        foreach (var leaf in leaves)
            range.Append(leaf, nodes);
        var next = new Checkpoint(Head.Origin, range.Size, range.Root());
        var first = Head.Size;
        Head = _isWitnessed
            ? Head with { Proposal = new Proposal(next.Size, next.Root, _identity.Propose(next)) }
            : Cosigned(next, Math.Max(now, Head.Time));
        (_subtrees, _lastFirst, _lastLeaves) = (range.Hashes.ToArray(), first, digest);
        return Answer(nodes);
    }

    /// <summary>Makes the proposal the head, or repeats the head that is asked for.</summary>
    /// <exception cref="EnclaveRefusedException">When there is neither, or the witnesses are missing.
    /// </exception>
    public Head Seal(SealRequest seal, IWitnessRule? witnesses, ulong now)
    {
        if (seal.Size == Head.Size)
            return Head;
        if (Head.Proposal is not { } proposal || proposal.Size != seal.Size || witnesses is null)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.ProposalUnknown,
                $"{Head.Origin} has no unsealed proposal of size {seal.Size}; its head is of {Head.Size}.");
        }

        var checkpoint = new Checkpoint(Head.Origin, proposal.Size, proposal.Root);
        witnesses.CheckSeal(checkpoint, seal.WitnessLines);
        return Head = Cosigned(checkpoint, Math.Max(now, Head.Time));
    }

    /// <summary>The digest covers the number of leaves too: each is 32 bytes.</summary>
    private bool IsRepeat(ulong expectedSize, Hash digest) =>
        _lastFirst != Size && expectedSize == _lastFirst && digest == _lastLeaves;

    private void CheckAppend(ulong expectedSize, int leaves)
    {
        if (Head.Proposal is { } proposal)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.ProposalUnsealed,
                $"{Head.Origin} proposed size {proposal.Size}, which must be sealed before it goes on.");
        }

        if (expectedSize != Head.Size)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.SizeMismatch,
                $"Expected size {expectedSize}, but {Head.Origin} has {Head.Size} entries.");
        }

        if (leaves == 0 || (ulong)leaves > CompactRange.MaxSize - Head.Size)
        {
            throw new EnclaveRefusedException(EnclaveRefusalReason.InvalidRequest,
                $"{leaves} leaves cannot be appended to {Head.Origin} at size {Head.Size}.");
        }
    }

    /// <summary>
    /// The answer to the last append. Its nodes are not kept: a repeat is rare, and the core computes them.
    /// </summary>
    private AppendResult Answer(List<Hash>? nodes)
    {
        var result = new AppendResult
        {
            FirstIndex = _lastFirst,
            NewSize = Size,
            Root = Head.Proposal?.Root ?? Head.Root,
            Nodes = nodes is null ? default(ReadOnlyMemory<byte>?) : ToBytes(nodes),
        };
        return _isWitnessed
            ? result with { Proposal = Head.Proposal?.Signature ?? _identity.Propose(HeadCheckpoint) }
            : result with { Time = Head.Time, Cosignature = Head.Cosignature };
    }

    private Checkpoint HeadCheckpoint => new(Head.Origin, Head.Size, Head.Root);

    private static byte[] ToBytes(List<Hash> hashes) =>
        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(hashes)).ToArray();

    private Head Cosigned(Checkpoint checkpoint, ulong time) =>
        new(checkpoint.Origin, checkpoint.Size, checkpoint.Root, time, _identity.Cosign(checkpoint, time));
}
