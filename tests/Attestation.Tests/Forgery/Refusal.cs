namespace Sequencer.Attestation.Tests;

/// <summary>What the verifier and the parser say of a document.</summary>
internal static class Refusal
{
    public static VerificationTime OwnTime { get; } = new VerificationTime.DocumentTimestamp();

    /// <summary>
    /// The reason of a refusal under a policy that accepts the good document; null when accepted.
    /// </summary>
    public static AttestationError? Of(DocumentForge forge) => Of(forge.Build(), forge.Policy(), OwnTime);

    public static AttestationError? Of(
        ReadOnlyMemory<byte> document, AttestationPolicy policy, VerificationTime time)
    {
        try
        {
            AttestationVerifier.Verify(document, policy, time).Should().NotBeNull();
            return null;
        }
        catch (AttestationException exception)
        {
            exception.Message.Should().NotBeNullOrWhiteSpace();
            return exception.Reason;
        }
    }

    /// <summary>The reason why a document cannot be parsed; null when it can.</summary>
    public static AttestationError? OfParse(ReadOnlyMemory<byte> document)
    {
        try
        {
            AttestationDocument.Parse(document).Should().NotBeNull();
            return null;
        }
        catch (AttestationException exception)
        {
            return exception.Reason;
        }
    }

    /// <summary>The reason of a refusal of a chain with one change, on which the platform agrees.</summary>
    public static AttestationError? OfChain(
        int index, Func<CertificateRecipe, CertificateRecipe> change, bool platformAccepts = false)
    {
        var chain = ForgedChain.With(index, change);
        var reason = Of(new DocumentForge(chain));
        XChain.Accepts(chain, ForgedChain.Now).Should().Be(reason is null || platformAccepts);
        return reason;
    }
}
