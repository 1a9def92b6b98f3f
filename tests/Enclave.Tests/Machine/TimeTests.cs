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
        Anchor(clock, 5_999);
        clock.Seconds().Should().Be(5);
        counter.Advance(TimeSpan.FromMilliseconds(1));
        clock.Seconds().Should().Be(6);
    }

    [Fact]
    public void Clock_AnchoredTooLongAgo_TellsNoTime_UntilAnchoredAnew()
    {
        var counter = new FakeTimeProvider();
        var clock = new TrustedClock(counter, AgeMax);
        Anchor(clock, 1_000_000);
        counter.Advance(AgeMax);
        clock.Seconds().Should().Be(2_800);
        counter.Advance(TimeSpan.FromTicks(1));
        clock.Seconds().Should().BeNull();
        Anchor(clock, 3_000_000);
        clock.Seconds().Should().Be(3_000);
    }

    [Fact]
    public void Clock_AnAnchorBehindTheTimeTold_HoldsItStillUntilItIsReached()
    {
        var counter = new FakeTimeProvider();
        var clock = new TrustedClock(counter, AgeMax);
        Anchor(clock, 100_000);
        counter.Advance(TimeSpan.FromSeconds(10));
        clock.Seconds().Should().Be(110);
        Anchor(clock, 90_000);
        clock.Seconds().Should().Be(110);
        counter.Advance(TimeSpan.FromSeconds(20));
        clock.Seconds().Should().Be(110);
        counter.Advance(TimeSpan.FromSeconds(1));
        clock.Seconds().Should().Be(111);
    }

    [Fact]
    public void Clock_ASignedTimeThatCameTooLate_IsNotTaken()
    {
        var counter = new FakeTimeProvider();
        var clock = new TrustedClock(counter, AgeMax);
        var asked = clock.Stamp();
        counter.Advance(TrustedClock.AnswerMax);
        clock.TryAnchor(100_000, asked).Should().BeTrue("a second is taken");
        counter.Advance(TimeSpan.FromTicks(1));
        clock.TryAnchor(200_000, asked).Should().BeFalse();
        clock.Seconds().Should().Be(100);
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
    public void Renew_WhenTheNsmIsSlow_AsksAgain_AndThenKeepsTheAnchor()
    {
        var slow = 2;
        _epoch.Nsm.Asked = () => _epoch.Monotonic.Advance(TimeSpan.FromSeconds(slow-- > 0 ? 90 : 1));
        _epoch.Machine.Renew();
        AppendTime().Should().Be(Epoch.Start, "the third answer took a second");
        var document = _epoch.Document();
        slow = 3;
        _epoch.Machine.Invoking(machine => machine.Renew()).Should().Throw<NsmException>()
            .WithMessage("*more than 1 s*3 times*").Which.Error.Should().Be(NsmError.Timeout);
        AppendTime().Should().Be(Epoch.Start + 270, "the counter goes on from the anchor before");
        _epoch.Document().Should().Equal(document);
    }

    [Fact]
    public void Boot_WhenTheNsmIsSlow_Ends()
    {
        var counter = new FakeTimeProvider();
        using var nsm = new TestNsm(Epoch.Root, _epoch.NsmClock, Simulation.SimulatedNsm.Image)
        {
            Asked = () => counter.Advance(TimeSpan.FromSeconds(2)),
        };
        var boot = () => new EnclaveMachine(Epoch.Configuration, nsm, Epoch.Root.Trusted, counter);
        boot.Should().Throw<NsmException>().WithMessage("*more than 1 s*");
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

    private static void Anchor(TrustedClock clock, ulong timestampMs) =>
        clock.TryAnchor(timestampMs, clock.Stamp()).Should().BeTrue();

    private ulong AppendTime() => _epoch.Append((ulong)_size, Tree.Leaves(_size++, 1)).Time;
}
