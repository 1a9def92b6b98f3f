namespace Sequencer.Protocol;

/// <summary>What the enclave answers; replies come in the order of their requests.</summary>
public abstract record EnclaveReply;

/// <summary>The session is open.</summary>
/// <param name="Version">The protocol version that both will speak.</param>
public sealed record HelloReply(int Version) : EnclaveReply;

/// <summary>Who the enclave is.</summary>
/// <param name="Cosigner">Name under which it cosigns.</param>
/// <param name="PublicKey">The epoch's Ed25519 public key; 32 bytes.</param>
/// <param name="Version">Protocol version that its attestation document states.</param>
/// <param name="Mode">Real or simulated.</param>
/// <param name="LogPrefix">What every origin starts with, from the measured configuration.</param>
/// <param name="WitnessPolicy">The C2SP tlog-policy whose quorum a chain needs to be opened; empty for none.
/// </param>
/// <param name="WitnessedChains">Ids of the chains of witnessed finality; a single <c>*</c> for all.</param>
public sealed record DescribeReply(
    string Cosigner,
    ReadOnlyMemory<byte> PublicKey,
    int Version,
    EnclaveMode Mode,
    string LogPrefix,
    string WitnessPolicy,
    IReadOnlyList<string> WitnessedChains) : EnclaveReply;

/// <summary>Whether attestation comes from a Nitro Security Module or from a local simulation.</summary>
public enum EnclaveMode
{
    Nitro = 0,
    Simulated = 1,
}

/// <summary>An attestation document (COSE_Sign1).</summary>
public sealed record AttestReply(ReadOnlyMemory<byte> Document) : EnclaveReply;

/// <summary>What the enclave holds for the origins asked about.</summary>
public sealed record HeadsReply(IReadOnlyList<Head> Heads) : EnclaveReply;

/// <summary>A chain may be opened.</summary>
/// <param name="Time">The enclave's time, in seconds since 1970.</param>
/// <param name="WitnessTimeMin">The earliest time of a witness's cosignature that will count, in seconds
/// since 1970; 0 where none is demanded.</param>
public sealed record BeginOpenReply(ulong Time, ulong WitnessTimeMin) : EnclaveReply;

/// <summary>A chain was created or resumed; its first cosignature of this epoch.</summary>
/// <param name="Head">The chain at the size it starts from.</param>
public sealed record OpenReply(Head Head) : EnclaveReply;

/// <summary>One result for each item of the request, in its order.</summary>
public sealed record AppendReply(IReadOnlyList<AppendResult> Results) : EnclaveReply;

/// <summary>The proposal is sealed.</summary>
/// <param name="Head">The chain's head, cosigned.</param>
public sealed record SealReply(Head Head) : EnclaveReply;

/// <summary>The chain is retired.</summary>
public sealed record RetireReply : EnclaveReply;

/// <summary>The request as a whole was refused; nothing has changed.</summary>
public sealed record RefusedReply(EnclaveRefusal Refusal) : EnclaveReply;
