using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Bundles: receipts that carry the attestation document of the enclave that cosigned them.
/// </summary>
public static class Bundle
{
    /// <summary>
    /// Puts into a receipt the document of the epoch whose enclave cosigned it, so that it can be verified
    /// alone. Nothing is verified but that one cosignature.
    /// </summary>
    /// <param name="receipt">The tlog-proof text.</param>
    /// <param name="epochs">The epochs of the receipt's log.</param>
    /// <returns>The bundle's text; null when no epoch's enclave has cosigned.</returns>
    /// <exception cref="TlogException">When the receipt, or an epoch's key, is malformed.</exception>
    /// <exception cref="SequencerClientException">
    /// When the document is empty, or longer than a bundle takes.
    /// </exception>
    public static string? Create(string receipt, LogEpochs epochs)
    {
        ArgumentNullException.ThrowIfNull(epochs);
        var proof = TlogProof.Parse(receipt);
        if (ParsedCheckpoint.Parse(proof.Checkpoint).FindCosigner(epochs) is not { } epoch)
            return null;
        if (epoch.AttestationDocument.Length is 0 or > TlogProof.MaxExtraBytes)
        {
            throw GatewayJson.BadAnswer("the attestation document of the enclave that cosigned has "
                + $"{epoch.AttestationDocument.Length} bytes; a bundle takes 1 to {TlogProof.MaxExtraBytes}");
        }

        return (proof with { Extra = epoch.AttestationDocument }).ToString();
    }
}
