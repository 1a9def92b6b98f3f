using Sequencer.Simulation;

namespace Sequencer.Attestation.Tests;

public class SimulatedNsmTests
{
    [Fact]
    public void Attest_Verifies_UnderItsOwnRoot()
    {
        using var root = SimulatedRoot.Create(TimeProvider.System);
        using var nsm = new SimulatedNsm(root, TimeProvider.System);
        var document = nsm.Attest(new byte[] { 1 }, new byte[] { 2 }, new byte[] { 3 });
        var policy = new AttestationPolicy
        {
            Root = root.Trusted,
            Images = new AcceptedImages(SimulatedNsm.Image),
            UserData = new byte[] { 1 },
            Nonce = new byte[] { 2 },
            PublicKey = new byte[] { 3 },
        };
        var time = new VerificationTime.Now(TimeProvider.System);
        var verified = AttestationVerifier.Verify(document, policy, time);
        verified.IsSimulated.Should().BeTrue();
        verified.Chain.Should().HaveCount(5);
    }
}
