namespace Sequencer.Gateway;

/// <summary>
/// Everything the gateway answers besides success. The name in snake_case is the <c>code</c> in the answer:
/// part of the interface, never renamed. docs/errors.md says of each what it means and what to do.
/// </summary>
internal enum ProblemCode
{
    BodyEmpty,
    JsonMalformed,
    DataMissing,
    DataNotText,
    DataTwice,
    FieldUnknown,
    TextMalformed,
    Base64Malformed,
    BatchEmpty,
    IndexMalformed,
    PathMalformed,
    QueryMalformed,
    IdempotencyKeyMalformed,
    RequestMalformed,

    TokenMissing,
    TokenMalformed,
    TokenAlgorithm,
    TokenKeyUnknown,
    TokenSignature,
    TokenExpired,
    TokenNotYetValid,
    TokenExpiryMissing,
    TokenSubjectMissing,
    TokenIssuer,
    TokenAudience,

    ChainIdInvalid,
    TokenReadOnly,
    OtherChain,

    NotFound,
    ChainUnknown,
    IndexUnknown,
    TileUnknown,
    CheckpointUnwitnessed,
    MethodNotAllowed,
    BodyTimeout,
    DuplicateEntry,
    BodyTooLarge,
    EntryTooLarge,
    BatchTooLarge,
    MediaTypeUnsupported,
    IdempotencyMismatch,

    RateLimited,
    ChainQuota,
    ChainQueueFull,
    FeedChainFull,
    FeedClientFull,
    ChainArrivingFull,

    InternalError,
    QueueFull,
    ArrivingFull,
    FeedFull,
    ChainsFull,
    Stopping,
    ChainStopped,
    LedgerUnavailable,
    EnclaveUnavailable,
    WitnessesUnavailable,
    OutcomeUnknown,
    WitnessTimeout,
    KeysUnavailable,
}
