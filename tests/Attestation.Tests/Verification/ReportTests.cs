using Sequencer.Testing;

namespace Sequencer.Attestation.Tests;

/// <summary>The report says of every rule what became of it, and agrees with Verify.</summary>
public class ReportTests
{
    [Fact]
    public void Check_GoodDocument_PassesEveryRuleThatIsAsked()
    {
        var forge = new DocumentForge().Bytes("nonce", [1]).Bytes("public_key", [2]).Bytes("user_data", [3]);
        var policy = forge.Policy() with
        {
            Nonce = new byte[] { 1 },
            PublicKey = new byte[] { 2 },
            UserData = new byte[] { 3 },
            MaxAge = TimeSpan.FromMinutes(1),
        };
        var time = new VerificationTime.Now(new ManualClock(ForgedChain.Now));
        var report = AttestationVerifier.Check(forge.Build(), policy, time);
        report.Checks.Should().HaveCount(18).And.OnlyContain(check => check.Outcome == CheckOutcome.Passed);
        report.Checks.Select(check => check.Rule).Should().OnlyHaveUniqueItems();
        report.Accepted.Should().BeTrue();
        report.Verified!.TimeSource.Should().Be(TimeSource.Now);
        report.Document.Should().NotBeNull();
    }

    [Fact]
    public void Check_RulesThatNobodyAsks_AreNamedAllTheSame()
    {
        var forge = new DocumentForge();
        var report = AttestationVerifier.Check(forge.Build(), forge.Policy(), Refusal.OwnTime);
        report.Checks.Where(check => check.Outcome == CheckOutcome.NotAsked).Should().HaveCount(4);
        report.Accepted.Should().BeTrue();
    }

    [Fact]
    public void Check_BytesThatAreNoDocument_FailsTheFirstRuleAndReachesNoOther()
    {
        var report = AttestationVerifier.Check(new byte[10], new DocumentForge().Policy(), Refusal.OwnTime);
        report.Checks[0].Outcome.Should().Be(CheckOutcome.Failed);
        report.Checks[0].Error.Should().Be(AttestationError.WrongEnvelope);
        report.Checks.Skip(1).Should().OnlyContain(
            check => check.Outcome == CheckOutcome.NotReached || check.Outcome == CheckOutcome.NotAsked);
        report.Accepted.Should().BeFalse();
        report.Document.Should().BeNull();
    }

    /// <summary>An old document is still looked at: what else is wrong, or that nothing else is.</summary>
    [Fact]
    public void Check_ExpiredChain_FailsOneRuleAndPassesTheOthers()
    {
        var forge = new DocumentForge();
        var time = new VerificationTime.At(ForgedChain.Now.AddDays(400));
        var report = AttestationVerifier.Check(forge.Build(), forge.Policy(), time);
        report.Checks.Should().ContainSingle(check => check.Outcome == CheckOutcome.Failed)
            .Which.Error.Should().Be(AttestationError.Expired);
        report.Checks.Should().NotContain(check => check.Outcome == CheckOutcome.NotReached);
        report.Accepted.Should().BeFalse();
        report.Verified.Should().BeNull();
    }

    [Fact]
    public void Check_SeveralFaults_NamesEachAndVerifyThrowsTheFirst()
    {
        var forge = new DocumentForge { Resign = _ => new byte[96] }.Pcr(0, new byte[48]).Bytes("nonce", [9]);
        var policy = forge.Policy() with { Nonce = new byte[] { 1 } };
        AttestationVerifier.Check(forge.Build(), policy, Refusal.OwnTime).Checks
            .Where(check => check.Outcome == CheckOutcome.Failed)
            .Select(check => check.Error)
            .Should().Equal(
                AttestationError.BadSignature, AttestationError.DebugMode, AttestationError.NonceMismatch);
        Refusal.Of(forge.Build(), policy, Refusal.OwnTime).Should().Be(AttestationError.BadSignature);
    }

    /// <summary>A parsed document is no proof, and nobody but the verifier can make one that is.</summary>
    [Fact]
    public void VerifiedAttestation_HasNoPublicConstructor()
    {
        typeof(VerifiedAttestation).GetConstructors().Should().BeEmpty();
        typeof(VerifiedAttestation).GetProperties().Should().OnlyContain(property => !property.CanWrite);
    }

    /// <summary>A subject is a stranger's text and must not drive the terminal it is printed on.</summary>
    [Fact]
    public void Check_ControlCharactersInASubject_AreNotPrinted()
    {
        var chain = ForgedChain.With(4, recipe => recipe with { CommonName = "i-\u001b[31mred\u202e" });
        var forge = new DocumentForge(chain);
        var report = AttestationVerifier.Check(forge.Build(), forge.Policy(), Refusal.OwnTime);
        report.Accepted.Should().BeTrue();
        report.Verified!.Chain[^1].Subject.Should().Be("CN=i-?[31mred?");
        report.Checks.Should().OnlyContain(check => !check.Detail.Any(char.IsControl));
    }
}
