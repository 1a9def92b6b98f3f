using Sequencer.Tlog;

namespace Sequencer.Protocol;

/// <summary>What the core asks of the enclave; one frame each.</summary>
public abstract record EnclaveRequest;

/// <summary>
/// Opens a session and must be its first request. A session with a generation claims the write role and
/// fences every session of a lower generation; one without may only read.
/// </summary>
/// <param name="VersionMin">Lowest protocol version that the core speaks.</param>
/// <param name="VersionMax">Highest protocol version that the core speaks.</param>
/// <param name="Generation">Strictly higher than any generation that this enclave has seen, or null.</param>
public sealed record HelloRequest(int VersionMin, int VersionMax, ulong? Generation) : EnclaveRequest;

/// <summary>Asks who the enclave is.</summary>
public sealed record DescribeRequest : EnclaveRequest;

/// <summary>Asks for an attestation document that binds the cosigner's key.</summary>
/// <param name="Nonce">At most <see cref="Limits.NonceBytesMax"/> bytes that the document repeats; null for
/// the document that the enclave keeps ready.</param>
public sealed record AttestRequest(ReadOnlyMemory<byte>? Nonce) : EnclaveRequest;

/// <summary>Asks what the enclave holds of the origins named; what it does not hold is left out.</summary>
/// <param name="Origins">At most <see cref="Limits.ChainsPerFrameMax"/> origins.</param>
public sealed record HeadsRequest(IReadOnlyList<string> Origins) : EnclaveRequest;

/// <summary>
/// Announces that a chain, which this epoch does not hold, is to be created or resumed: witnesses'
/// cosignatures on what it then starts from count when they are made after this. A repeat begins anew.
/// </summary>
public sealed record BeginOpenRequest(string Origin) : EnclaveRequest;

/// <summary>Starts a new chain at size 0.</summary>
/// <param name="Origin">The chain.</param>
/// <param name="WitnessLines">Signature lines of a note, each ending in LF: witnesses' cosignatures on the
/// checkpoint of size 0. Empty where the enclave demands none.</param>
public sealed record CreateRequest(string Origin, string WitnessLines = "") : EnclaveRequest;

/// <summary>Adopts the history of a chain that an earlier epoch signed.</summary>
/// <param name="Origin">The chain.</param>
/// <param name="Checkpoint">Text of its last checkpoint: origin, size and root, each ending in LF.</param>
/// <param name="Time">Time of the prior epoch's cosignature, in seconds since 1970.</param>
/// <param name="Cosignature">The prior epoch's signature of the cosignature message; 64 bytes.</param>
/// <param name="Document">The attestation document that binds the prior epoch's key.</param>
/// <param name="CompactRange">Subtree roots of the size that the chain goes on from, largest first.</param>
/// <param name="Proposal">What the prior epoch proposed beyond that checkpoint and did not seal; the chain
/// then goes on from there. Null to go on from the checkpoint.</param>
/// <param name="WitnessLines">Witnesses' cosignatures, as signature lines of a note, on the checkpoint that
/// the chain goes on from. Empty where the enclave demands none.</param>
public sealed record ResumeRequest(
    string Origin,
    string Checkpoint,
    ulong Time,
    ReadOnlyMemory<byte> Cosignature,
    ReadOnlyMemory<byte> Document,
    IReadOnlyList<Hash> CompactRange,
    PriorProposal? Proposal = null,
    string WitnessLines = "") : EnclaveRequest;

/// <summary>A proposal of an earlier epoch.</summary>
/// <param name="Checkpoint">Text of what was proposed: origin, size and root, each ending in LF.</param>
/// <param name="Signature">The prior epoch's signature of that text (type 0x01); 64 bytes.</param>
public sealed record PriorProposal(string Checkpoint, ReadOnlyMemory<byte> Signature);

/// <summary>Appends to many chains at once; each item succeeds or is refused by itself.</summary>
/// <param name="Items">At most <see cref="Limits.ChainsPerFrameMax"/> items, each of another chain.</param>
public sealed record AppendRequest(IReadOnlyList<AppendItem> Items) : EnclaveRequest;

/// <summary>One chain's part of an <see cref="AppendRequest"/>.</summary>
/// <param name="Origin">The chain.</param>
/// <param name="ExpectedSize">Its size before this append, as the core knows it.</param>
/// <param name="Leaves">The leaf hashes in order: 32 bytes each, at least one.</param>
/// <param name="WantNodes">Whether to return the interior nodes that become perfect.</param>
public readonly record struct AppendItem(
    string Origin, ulong ExpectedSize, ReadOnlyMemory<byte> Leaves, bool WantNodes);

/// <summary>
/// Makes the proposal of a chain of witnessed finality its head, which the enclave then cosigns.
/// </summary>
/// <param name="Origin">The chain.</param>
/// <param name="Size">The proposal's size; the head's own size asks for that head again.</param>
/// <param name="WitnessLines">Signature lines of a note: cosignatures of a quorum on the proposal.</param>
public sealed record SealRequest(string Origin, ulong Size, string WitnessLines) : EnclaveRequest;

/// <summary>Ends signing for a chain in this epoch, for a planned handover.</summary>
public sealed record RetireRequest(string Origin) : EnclaveRequest;
