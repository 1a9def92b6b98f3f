using Sequencer.Attestation;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// What a gateway says of whom to trust: a beginning for developers. It proves nothing, since a false gateway
/// would name its own keys: compare it with what the operator publishes elsewhere before relying on it.
/// </summary>
public sealed record GatewayTrust
{
    private GatewayTrust()
    {
    }

    /// <summary>The log's key; its name is the log's origin.</summary>
    public required VerifierKey LogKey { get; init; }

    /// <summary>The images of the chain's epochs, the newest first.</summary>
    public required AcceptedImages Images { get; init; }

    /// <summary>
    /// The root of simulated documents; null when the newest epoch's enclave is a real one.
    /// </summary>
    public required TrustedRoot? SimulatedRoot { get; init; }

    /// <summary>
    /// Reads what the epochs of a chain say. Their documents must hold under the AWS root, or, where the
    /// newest says that it is simulated, under the root that it brings along.
    /// </summary>
    /// <exception cref="TlogException">
    /// When the log's key is not of the form of one, or is another log's.
    /// </exception>
    /// <exception cref="AttestationException">When the newest document does not hold.</exception>
    public static GatewayTrust Read(LogEpochs epochs)
    {
        ArgumentNullException.ThrowIfNull(epochs);
        var logKey = VerifierKey.Parse(epochs.LogKey);
        if (logKey.Name != epochs.Origin)
        {
            throw new TlogException(TlogError.InvalidKeyName,
                $"The gateway names the key of {logKey.Name} for the log {epochs.Origin}.");
        }

        if (epochs.Epochs.Count == 0)
            throw new AttestationException(AttestationError.Malformed, "The gateway names no epoch.");
        var newest = AttestationDocument.Parse(epochs.Epochs[^1].AttestationDocument);
        var simulatedRoot = EnclaveVerifier.ClaimsSimulation(newest)
            ? TrustedRoot.Simulated(newest.CaBundle[0])
            : null;
        var enclaves = EnclaveVerifier.OfAnyImage(simulatedRoot);
        var images = new List<AcceptedImage> { Image(enclaves.Verify(newest.Bytes)) };
        foreach (var epoch in epochs.Epochs.Reverse().Skip(1))
        {
            if (images.Count < AcceptedImages.MaxCount && TryVerify(enclaves, epoch) is { } enclave)
                images.Add(Image(enclave));
        }

        return new() { LogKey = logKey, Images = new(images.Distinct()), SimulatedRoot = simulatedRoot };
    }

    /// <summary>A C2SP tlog-policy that accepts the log and demands no witnesses.</summary>
    /// <param name="comment">Lines for people, which come first.</param>
    public string PolicyText(params ReadOnlySpan<string> comment) =>
        string.Concat(comment.ToArray().Select(line => $"# {line}\n")) + $"log {LogKey}\nquorum none\n";

    private static AcceptedImage Image(VerifiedEnclave enclave) => new(enclave.Attestation.Image);

    /// <summary>
    /// An earlier epoch's enclave; null when its document does not hold, so that its image is left out.
    /// </summary>
    private static VerifiedEnclave? TryVerify(EnclaveVerifier enclaves, LogEpoch epoch)
    {
        try
        {
            return enclaves.Verify(epoch.AttestationDocument);
        }
        catch (AttestationException)
        {
            return null;
        }
    }
}
