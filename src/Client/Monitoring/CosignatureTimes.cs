using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>When enclaves cosigned, and whether that can be.</summary>
/// <param name="enclaves">The images and the root that are accepted.</param>
/// <param name="time">The monitor's clock.</param>
internal sealed class CosignatureTimes(EnclaveVerifier enclaves, TimeProvider time)
{
    /// <summary>
    /// How far the first times of an epoch may be behind those of the one before, in seconds: what an enclave
    /// tolerates when it adopts a history.
    /// </summary>
    public const ulong EpochBehindMaxSeconds = 5;

    /// <summary>How far a cosignature may be ahead of the monitor's clock.</summary>
    private static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(5);

    /// <summary>The time of an enclave's cosignature, in seconds since 1970.</summary>
    /// <exception cref="TlogException">When it has not cosigned.</exception>
    public static ulong Of(ParsedCheckpoint signed, VerifiedEnclave enclave) =>
        signed.Note.Verify([enclave.Key]).Signatures[0].Time!.Value;

    /// <summary>
    /// Who cosigned the state's checkpoint, and when; null when that is no longer accepted.
    /// </summary>
    public (VerifiedEnclave Enclave, ulong Time)? OfHeld(MonitorState held)
    {
        if (held.Document is not { } document)
            return null;
        try
        {
            var enclave = enclaves.Verify(document);
            return (enclave, Of(ParsedCheckpoint.Parse(held.Note), enclave));
        }
        catch (Exception unusable) when (unusable is AttestationException or TlogException)
        {
            return null;
        }
    }

    /// <summary>Whether a time is further ahead of the monitor's clock than clocks differ.</summary>
    public bool IsAhead(ulong seconds) => seconds > (ulong)(time.GetUtcNow() + AheadMax).ToUnixTimeSeconds();
}
