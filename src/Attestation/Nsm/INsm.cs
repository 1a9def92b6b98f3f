namespace Sequencer.Attestation;

/// <summary>
/// A Nitro Secure Module: signs statements about the enclave it belongs to, keeps its PCRs, gives randomness.
/// Implementations may be called from several threads; calls take turns and may block for up to two minutes.
/// Every call throws <see cref="NsmException"/> when the module refuses or cannot be reached. All of its calls are
/// here; the sequencer's enclave makes two of them, <see cref="Attest"/> and <see cref="DescribePcr"/>.
/// </summary>
public interface INsm : IDisposable
{
    /// <summary>
    /// A document that binds the three fields, at most 1,024 bytes each, to the image. Null leaves a field
    /// out; mind that a null array converts to an empty field, which is not the same.
    /// </summary>
    byte[] Attest(
        ReadOnlyMemory<byte>? userData, ReadOnlyMemory<byte>? nonce, ReadOnlyMemory<byte>? publicKey);

    NsmDescription Describe();

    /// <summary>The value of a PCR, and whether it can still change.</summary>
    PcrValue DescribePcr(int index);

    /// <summary>
    /// Sets a PCR to SHA-384(old ‖ data), data of at most 1,024 bytes, and returns the new value. Only 16
    /// to 31 can be extended.
    /// </summary>
    byte[] ExtendPcr(int index, ReadOnlySpan<byte> data);

    /// <summary>Freezes one PCR. Only locked PCRs appear in documents.</summary>
    void LockPcr(int index);

    /// <summary>Freezes every PCR below <paramref name="range"/>.</summary>
    void LockPcrs(int range);

    /// <summary>Random bytes, as many as the module gives; 256 as far as known, never none.</summary>
    byte[] GetRandom();
}
