namespace Sequencer.Tlog;

/// <summary>Why a text, key, proof or signature was refused. Members are stable; messages are not.</summary>
public enum TlogError
{
    /// <summary>The input is larger than the limit its format has here.</summary>
    TooLarge,

    /// <summary>Bytes that are not UTF-8, or a string with a lone surrogate.</summary>
    InvalidUtf8,

    /// <summary>A control character where none is allowed.</summary>
    ControlCharacter,

    /// <summary>
    /// A signed note without the blank line and signatures that end it, or with an empty text.
    /// </summary>
    MalformedNote,

    /// <summary>A line after the note's blank line that is not a signature.</summary>
    MalformedSignatureLine,

    /// <summary>More signatures than a note may carry.</summary>
    TooManySignatures,

    /// <summary>A key name that is empty, too long, or contains a space or a plus.</summary>
    InvalidKeyName,

    /// <summary>A verifier key that does not have the form name+id+base64.</summary>
    MalformedVerifierKey,

    /// <summary>A private key that does not have the form PRIVATE+KEY+name+id+base64.</summary>
    MalformedPrivateKey,

    /// <summary>A key whose id is not the one its name, type and public key give.</summary>
    KeyIdMismatch,

    /// <summary>A key of a signature type that is unknown here, or not allowed in that place.</summary>
    UnsupportedKeyType,

    /// <summary>Two different keys were given that share both name and id.</summary>
    AmbiguousKey,

    /// <summary>A signature by a known key does not verify.</summary>
    BadSignature,

    /// <summary>No signature is by a known key.</summary>
    NoKnownSignature,

    /// <summary>A cosignature time above 2^63-1.</summary>
    TimeOutOfRange,

    /// <summary>An origin that is empty, longer than 255 bytes, or contains a control character.</summary>
    InvalidOrigin,

    /// <summary>A note text that is not a checkpoint.</summary>
    MalformedCheckpoint,

    /// <summary>A leaf index that is not below the tree's size.</summary>
    IndexOutOfRange,

    /// <summary>An older size above the newer size.</summary>
    SizesReversed,

    /// <summary>A Merkle proof with more or fewer hashes than its place and size ask for.</summary>
    WrongProofLength,

    /// <summary>A Merkle proof that leads to another root.</summary>
    RootMismatch,

    /// <summary>A text that is not a tlog-proof.</summary>
    MalformedProof,

    /// <summary>A text that is not a tlog-policy.</summary>
    MalformedPolicy,

    /// <summary>
    /// A policy that defines a name, a key or the quorum twice, or puts a name in two groups.
    /// </summary>
    DuplicateInPolicy,

    /// <summary>A policy that refers to a name not defined on an earlier line.</summary>
    UnknownNameInPolicy,

    /// <summary>A policy with more logs, witnesses or groups than are supported.</summary>
    PolicyTooComplex,

    /// <summary>Bytes that are not an entry bundle of the expected count.</summary>
    MalformedBundle,

    /// <summary>An entry above 65,535 bytes.</summary>
    EntryTooLarge,

    /// <summary>A handover's text breaks its form.</summary>
    MalformedHandover,

    /// <summary>A text that is not an add-checkpoint request, or not a witness's answer to one.</summary>
    MalformedWitnessMessage,
}
