namespace Sequencer.Gateway;

/// <summary>The signature algorithms of RFC 7518, section 3.1, that the gateway accepts.</summary>
internal enum SigningAlgorithm
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256, keys of at least 2048 bits.</summary>
    Rs256,

    /// <summary>ECDSA on P-256 with SHA-256, signatures of 64 bytes.</summary>
    Es256,
}
