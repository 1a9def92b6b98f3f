using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Decides whether a checkpoint of one chain is signed as its follower demands: by the log's key, by the
/// accepted enclave of an epoch, and by the policy's witnesses. Epochs that began since are fetched when they
/// are met. Owned by one follower.
/// </summary>
internal sealed class CheckpointTrust(
    SequencerClient client, ChainId chain, EnclaveVerifier enclaves, TlogPolicy? policy)
{
    private LogEpochs? _epochs;
    private List<VerifierKey> _cosigners = [];

    /// <summary>Whether more is demanded than the enclave's cosignature.</summary>
    public bool DemandsWitnesses => policy is { HasWitnesses: true };

    /// <summary>Reads a signed checkpoint and checks its signatures.</summary>
    /// <returns>The checkpoint, and whether it carries the quorum that the policy demands.</returns>
    /// <exception cref="FeedException">When it is not to be trusted.</exception>
    /// <exception cref="SequencerClientException">When the epochs cannot be had.</exception>
    public async Task<(Checkpoint Checkpoint, bool HasQuorum)> VerifyAsync(
        string note, CancellationToken cancellation)
    {
        try
        {
            var signed = ParsedCheckpoint.Parse(note);
            await RequireLogAsync(signed, cancellation).ConfigureAwait(false);
            if (!IsCosigned(signed))
            {
                await FetchEpochsAsync(cancellation).ConfigureAwait(false);
                if (!IsCosigned(signed))
                    throw NotCosigned(note, signed);
            }

            return (signed.Checkpoint, HasQuorum(signed));
        }
        catch (TlogException wrong)
        {
            throw NotTrusted(note, wrong.Message, wrong);
        }
    }

    private async Task RequireLogAsync(ParsedCheckpoint signed, CancellationToken cancellation)
    {
        if (_epochs is null)
            await FetchEpochsAsync(cancellation).ConfigureAwait(false);
        var note = signed.Note.ToString();
        var origin = signed.Checkpoint.Origin;
        if (origin != _epochs!.Origin || !origin.EndsWith($"/{chain}", StringComparison.Ordinal))
            throw NotTrusted(note, $"It is of the log {origin}; the chain followed is {chain}.");
        var keys = policy?.KeysOf(origin) ?? [VerifierKey.Parse(_epochs.LogKey)];
        if (keys.Count == 0)
            throw NotTrusted(note, $"The policy does not name the log {origin}.");
        if (signed.SignaturesBy(keys).Count == 0)
            throw NotTrusted(note, "It is not signed by the log's key.");
    }

    private bool IsCosigned(ParsedCheckpoint signed) =>
        _cosigners.Count > 0 && signed.SignaturesBy(_cosigners).Count > 0;

    private bool HasQuorum(ParsedCheckpoint signed) =>
        !DemandsWitnesses || policy!.Evaluate(signed.WitnessesOf(policy)).IsSatisfied;

    private async Task FetchEpochsAsync(CancellationToken cancellation)
    {
        _epochs = await client.FindEpochsAsync(chain, cancellation).ConfigureAwait(false)
            ?? throw GatewayJson.BadAnswer($"there are no epochs of chain {chain}");
        _cosigners = [.. _epochs.Epochs.Select(TryVerify).OfType<VerifierKey>().Distinct()];
    }

    /// <summary>The key of an epoch's enclave; null when its document does not hold.</summary>
    private VerifierKey? TryVerify(LogEpoch epoch)
    {
        try
        {
            return enclaves.Verify(epoch.AttestationDocument).Key;
        }
        catch (AttestationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Says, where an epoch's enclave did cosign, which rule its document breaks: otherwise a wrong list of
    /// images looks like a lie of the gateway.
    /// </summary>
    private FeedException NotCosigned(string note, ParsedCheckpoint signed)
    {
        const string why = "It is not cosigned by an accepted enclave of this chain.";
        try
        {
            if (signed.FindCosigner(_epochs!) is { } epoch)
                enclaves.Verify(epoch.AttestationDocument);
        }
        catch (AttestationException refused)
        {
            return NotTrusted(note, $"{why} The one that cosigned is refused: {refused.Message}", refused);
        }

        return NotTrusted(note, why);
    }

    private static FeedException NotTrusted(string note, string why, Exception? inner = null) => new(
        FeedError.CheckpointNotTrusted, $"The gateway's checkpoint cannot be trusted. {why}", inner)
    {
        Checkpoints = [note],
    };
}
