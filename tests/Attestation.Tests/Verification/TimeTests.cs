using Sequencer.Testing;

namespace Sequencer.Attestation.Tests;

/// <summary>At which time certificates must be valid, and how far the document may be from it.</summary>
public class TimeTests
{
    [Fact]
    public void Verify_AtTheDocumentsTimestamp_SaysSo()
    {
        var forge = new DocumentForge();
        var verified = AttestationVerifier.Verify(forge.Build(), forge.Policy(), Refusal.OwnTime);
        verified.VerifiedAt.Should().Be(ForgedChain.Now);
        verified.TimeSource.Should().Be(TimeSource.DocumentTimestamp);
    }

    [Theory]
    [InlineData(-61, AttestationError.NotYetValid)]
    [InlineData(-59, null)]
    [InlineData(0, null)]
    [InlineData(119, null)]
    [InlineData(121, AttestationError.Expired)]
    public void Verify_AtAGivenTime_HoldsTheChainAgainstIt(int minutes, AttestationError? reason)
    {
        var forge = new DocumentForge();
        var time = new VerificationTime.At(ForgedChain.Now.AddMinutes(minutes));
        Refusal.Of(forge.Build(), forge.Policy(), time).Should().Be(reason);
        XChain.Accepts(forge.Chain, time.Instant).Should().Be(reason is null);
    }

    [Fact]
    public void Verify_AtAGivenTime_SaysSo()
    {
        var forge = new DocumentForge();
        var instant = ForgedChain.Now.AddMinutes(5).ToOffset(TimeSpan.FromHours(9));
        var verified = AttestationVerifier.Verify(
            forge.Build(), forge.Policy(), new VerificationTime.At(instant));
        verified.VerifiedAt.Should().Be(instant);
        verified.TimeSource.Should().Be(TimeSource.Given);
    }

    [Theory]
    [InlineData(-6, AttestationError.FromFuture)]
    [InlineData(-4, null)]
    [InlineData(0, null)]
    [InlineData(60, null)]
    [InlineData(181, AttestationError.Expired)]
    public void Verify_Now_AsksTheClock(int minutes, AttestationError? reason)
    {
        var forge = new DocumentForge();
        OfNow(forge, minutes).Should().Be(reason);
    }

    [Fact]
    public void Verify_EdgesOfValidity_AreInclusive()
    {
        var leaf = ForgedChain.GoodLeaf();
        var start = leaf.NotBefore.AddMilliseconds(-leaf.NotBefore.Millisecond);
        var end = leaf.NotAfter.AddMilliseconds(-leaf.NotAfter.Millisecond);
        OfAt(start).Should().BeNull();
        OfAt(start.AddTicks(-1)).Should().Be(AttestationError.NotYetValid);
        OfAt(end).Should().BeNull();
        OfAt(end.AddTicks(1)).Should().Be(AttestationError.Expired);

        static AttestationError? OfAt(DateTimeOffset instant)
        {
            var forge = new DocumentForge();
            return Refusal.Of(forge.Build(), forge.Policy(), new VerificationTime.At(instant));
        }
    }

    [Theory]
    [InlineData(-31, AttestationError.FromFuture)]
    [InlineData(-29, null)]
    [InlineData(29, null)]
    [InlineData(31, AttestationError.TooOld)]
    public void Verify_GreatestAge_BoundsBothDirections(int seconds, AttestationError? reason)
    {
        var forge = new DocumentForge();
        var policy = forge.Policy() with { MaxAge = TimeSpan.FromSeconds(30) };
        var instant = ForgedChain.Now.AddSeconds(seconds);
        Refusal.Of(forge.Build(), policy, new VerificationTime.Now(new ManualClock(instant)))
            .Should().Be(reason);
        Refusal.Of(forge.Build(), policy, new VerificationTime.At(instant)).Should().Be(reason);
    }

    [Fact]
    public void Verify_GreatestAgeAtTheDocumentsOwnTime_IsAMistakeOfTheCaller()
    {
        var forge = new DocumentForge();
        var policy = forge.Policy() with { MaxAge = TimeSpan.FromSeconds(30) };
        FluentActions.Invoking(() => AttestationVerifier.Verify(forge.Build(), policy, Refusal.OwnTime))
            .Should().Throw<ArgumentException>();
    }

    /// <summary>A timestamp in seconds is read as what it says: a moment in January 1970.</summary>
    [Fact]
    public void Verify_TimestampInSeconds_IsRefused()
    {
        var forge = new DocumentForge().Set("timestamp",
            writer => writer.WriteUInt64((ulong)ForgedChain.Now.ToUnixTimeSeconds()));
        Refusal.Of(forge).Should().Be(AttestationError.NotYetValid);
        AttestationDocument.Parse(forge.Build()).Timestamp.Year.Should().Be(1970);
    }

    /// <summary>
    /// Nobody chooses the time of verification by writing it into the document but within the leaf's life.
    /// </summary>
    [Theory]
    [InlineData(1UL)]
    [InlineData(253_402_300_799_999UL)]
    public void Verify_TimestampAtTheEndsOfTheCalendar_IsRefused(ulong timestamp)
    {
        var forge = new DocumentForge().Set("timestamp", writer => writer.WriteUInt64(timestamp));
        Refusal.Of(forge).Should().BeOneOf(AttestationError.NotYetValid, AttestationError.Expired);
    }

    private static AttestationError? OfNow(DocumentForge forge, int minutes) => Refusal.Of(
        forge.Build(), forge.Policy(),
        new VerificationTime.Now(new ManualClock(ForgedChain.Now.AddMinutes(minutes))));
}
