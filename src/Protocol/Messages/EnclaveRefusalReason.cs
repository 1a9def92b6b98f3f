namespace Sequencer.Protocol;

/// <summary>Why the enclave refused; every rule has its own reason.</summary>
public enum EnclaveRefusalReason
{
    /// <summary>The session has not said hello, or said it twice.</summary>
    HelloExpected = 1,

    /// <summary>The peers share no protocol version.</summary>
    Version = 2,

    /// <summary>A newer session holds the write role, or the generation offered is not newer.</summary>
    Fenced = 3,

    /// <summary>The request needs the write role and the session did not claim it.</summary>
    ReadOnlySession = 4,

    /// <summary>A value in the request is outside its limits.</summary>
    InvalidRequest = 5,

    /// <summary>The origin is not the measured log prefix, a slash and a chain id.</summary>
    OriginNotAllowed = 6,

    /// <summary>The enclave does not hold this chain in this epoch.</summary>
    UnknownOrigin = 7,

    /// <summary>The enclave holds this chain already in this epoch.</summary>
    AlreadyHeld = 8,

    /// <summary>The chain was retired in this epoch.</summary>
    Retired = 9,

    /// <summary>The configured number of chains is reached.</summary>
    ChainsFull = 10,

    /// <summary>The expected size is not the chain's, and this does not repeat the last append.</summary>
    SizeMismatch = 11,

    /// <summary>The trusted clock's anchor is too old to sign by.</summary>
    ClockStale = 12,

    /// <summary>The Nitro Security Module did not answer as it should.</summary>
    NsmFailed = 13,

    /// <summary>The enclave met a fault of its own; what was asked has not been done.</summary>
    Internal = 14,

    /// <summary>Resume: the text is no checkpoint.</summary>
    ResumeCheckpoint = 20,

    /// <summary>Resume: the checkpoint is of another origin.</summary>
    ResumeOrigin = 21,

    /// <summary>Resume: the prior attestation document does not verify.</summary>
    ResumeDocument = 22,

    /// <summary>Resume: the prior image is not an acceptable predecessor.</summary>
    ResumeImage = 23,

    /// <summary>Resume: the document does not bind a cosigner of this protocol.</summary>
    ResumeBinding = 24,

    /// <summary>Resume: the cosignature is not by the key of the document.</summary>
    ResumeCosignature = 25,

    /// <summary>Resume: the prior cosignature's time is too far ahead of this enclave's clock.</summary>
    ResumeTime = 26,

    /// <summary>Resume: the compact range does not have the checkpoint's root.</summary>
    ResumeCompactRange = 27,

    /// <summary>Resume: the proposal is not the prior epoch's, or not beyond the checkpoint.</summary>
    ResumeProposal = 28,

    /// <summary>Create, resume: witnesses are demanded, and the opening was not begun.</summary>
    OpenNotBegun = 30,

    /// <summary>Too few witnesses cosigned the very checkpoint for a quorum of the measured policy.</summary>
    WitnessQuorumMissing = 31,

    /// <summary>There would be a quorum but for the times of its cosignatures.</summary>
    WitnessCosignatureStale = 32,

    /// <summary>Append: the chain's last proposal is not sealed, and this does not repeat it.</summary>
    ProposalUnsealed = 33,

    /// <summary>Seal: the chain has no unsealed proposal of that size.</summary>
    ProposalUnknown = 34,
}
