using Microsoft.Extensions.Time.Testing;
using Sequencer.Attestation;
using Sequencer.Protocol;

namespace Sequencer.Enclave.Tests;

/// <summary>The time in cosignatures.</summary>
public sealed class TimeTests : IDisposable
{
    private static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(1800);

    private readonly Epoch _epoch = Epoch.Boot();
    private int _size;

    public TimeTests() => _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));

    [Fact]
    public void Clock_BeforeItsFirstAnchor_TellsNoTime() =>
        new TrustedClock(new FakeTimeProvider(), AgeMax).Seconds().Should().BeNull();

    [Fact]
    public void Clock_CarriesTheAnchorOnByTheCounter_AndIgnoresTheWallClock()
    {
        var counter = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(99));
        var clock = new TrustedClock(counter, AgeMax);
        clock.Anchor(5_999);
        clock.Seconds().Should().Be(5);
        counter.Advance(TimeSpan.FromMilliseconds(1));
        clock.Seconds().Should().Be(6);
    }

    [Fact]
    public void Clock_AnchoredTooLongAgo_TellsNoTime_UntilAnchoredAnew()
    {
        var counter = new FakeTimeProvider();
        var clock = new TrustedClock(counter, AgeMax);
        clock.Anchor(1_000_000);
        counter.Advance(AgeMax);
        clock.Seconds().Should().Be(2_800);
        counter.Advance(TimeSpan.FromTicks(1));
        clock.Seconds().Should().BeNull();
        clock.Anchor(3_000_000);
        clock.Seconds().Should().Be(3_000);
    }

    [Fact]
    public void Clock_AnAnchorBehindTheTimeTold_HoldsItStillUntilItIsReached()
    {
        var counter = new FakeTimeProvider();
        var clock = new TrustedClock(counter, AgeMax);
        clock.Anchor(100_000);
        counter.Advance(TimeSpan.FromSeconds(10));
        clock.Seconds().Should().Be(110);
        clock.Anchor(90_000);
        clock.Seconds().Should().Be(110);
        counter.Advance(TimeSpan.FromSeconds(20));
        clock.Seconds().Should().Be(110);
        counter.Advance(TimeSpan.FromSeconds(1));
        clock.Seconds().Should().Be(111);
    }

    [Fact]
    public void Append_SignsTheNsmsTime()
    {
        _epoch.Monotonic.Advance(TimeSpan.FromSeconds(7));
        AppendTime().Should().Be(Epoch.Start + 7, "the counter goes on although the NSM was not asked");
        _epoch.NsmClock.Now = Epoch.At(Epoch.Start + 50);
        _epoch.Machine.Renew();
        AppendTime().Should().Be(Epoch.Start + 50);
    }

    [Fact]
    public void Append_WhenTheNsmsClockGoesBack_SignsNoEarlierTime()
    {
        _epoch.Advance(TimeSpan.FromSeconds(100));
        AppendTime().Should().Be(Epoch.Start + 100);
        _epoch.NsmClock.Now = Epoch.At(Epoch.Start);
        _epoch.Machine.Renew();
        AppendTime().Should().Be(Epoch.Start + 100);
        _epoch.Monotonic.Advance(TimeSpan.FromSeconds(101));
        AppendTime().Should().Be(Epoch.Start + 101);
    }

    [Fact]
    public void WithAStaleAnchor_NothingIsSigned_AndEverythingGoesOnAfterTheNext()
    {
        _epoch.Advance(AgeMax + TimeSpan.FromTicks(1));
        EnclaveRequest[] signed =
        [
            new BeginOpenRequest(Epoch.Prefix + "/new"),
            new CreateRequest(Epoch.Prefix + "/new"),
            Epoch.Appending(Epoch.Demo, 0, Tree.Leaves(0, 1)),
        ];
        foreach (var request in signed)
            _epoch.Refused(request).Reason.Should().Be(EnclaveRefusalReason.ClockStale);
        _epoch.Head().Size.Should().Be(0);
        _epoch.Machine.Renew();
        AppendTime().Should().Be(Epoch.Start + 1800);
    }

    [Fact]
    public void Renew_WhenTheNsmFails_KeepsTheAnchorAndTheDocument()
    {
        var document = _epoch.Document();
        _epoch.Nsm.Failure = new NsmException(NsmError.Timeout, "no answer");
        _epoch.Machine.Invoking(machine => machine.Renew()).Should().Throw<NsmException>();
        _epoch.Nsm.Failure = null;
        _epoch.Nsm.Document = [0x80];
        _epoch.Machine.Invoking(machine => machine.Renew()).Should().Throw<NsmException>()
            .Which.Error.Should().Be(NsmError.MalformedResponse);
        _epoch.Document().Should().Equal(document);
        _epoch.Monotonic.Advance(TimeSpan.FromSeconds(3));
        AppendTime().Should().Be(Epoch.Start + 3);
    }

    [Fact]
    public void Renew_RenewsTheDocumentKeptReady()
    {
        _epoch.Advance(TimeSpan.FromSeconds(60));
        _epoch.Machine.Renew();
        AttestationDocument.Parse(_epoch.Document()).TimestampMs.Should().Be((Epoch.Start + 60) * 1000);
    }

    [Fact]
    public async Task Renew_WhileRequestsAreExecuted_HarmsNeither()
    {
        var signing = Task.Run(() => Enumerable.Range(0, 300).Select(_ => AppendTime()).ToArray());
        var renewing = Task.Run(() =>
        {
            for (var i = 0; i < 30; i++)
            {
                _epoch.Advance(TimeSpan.FromSeconds(1));
                _epoch.Machine.Renew();
            }
        });
        await renewing;
        var times = await signing;
        times.Should().BeInAscendingOrder().And.OnlyContain(time => time <= Epoch.Start + 30);
        AppendTime().Should().Be(Epoch.Start + 30);
    }

    public void Dispose() => _epoch.Dispose();

    private ulong AppendTime() => _epoch.Append((ulong)_size, Tree.Leaves(_size++, 1)).Time;
}
