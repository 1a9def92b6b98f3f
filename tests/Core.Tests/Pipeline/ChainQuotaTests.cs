using Sequencer.Testing;

namespace Sequencer.Core.Tests.Pipeline;

public sealed class ChainQuotaTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Take_WithoutLimits_AlwaysPasses()
    {
        var quota = new ChainQuota(new ChainLimits(), _clock);
        for (var i = 0; i < 1_000; i++)
            quota.Take(new Load(10_000, 1 << 23)).Should().BeNull();
    }

    [Fact]
    public void Take_OneSecondsWorth_PassesAtOnceAndThenAsTimePasses()
    {
        var quota = new ChainQuota(new ChainLimits { TransactionsPerSecond = 10 }, _clock);
        for (var i = 0; i < 10; i++)
            quota.Take(new Load(1, 100)).Should().BeNull();

        var refusal = quota.Take(new Load(1, 100))!;
        refusal.Code.Should().Be(RefusalCode.ChainQuota);
        refusal.Detail.Should().Contain("10 transactions per second");
        refusal.RetryAfter.Should().Be(TimeSpan.FromSeconds(1));

        _clock.Advance(TimeSpan.FromMilliseconds(99));
        quota.Take(new Load(1, 100)).Should().NotBeNull();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        quota.Take(new Load(1, 100)).Should().BeNull();
        quota.Take(new Load(1, 100)).Should().NotBeNull();
    }

    [Fact]
    public void Take_Bytes_HaveALimitOfTheirOwnThatRefusalsDoNotSpend()
    {
        var quota = new ChainQuota(new ChainLimits { TransactionsPerSecond = 100, BytesPerSecond = 1_000 }, _clock);
        quota.Take(new Load(1, 900)).Should().BeNull();
        for (var i = 0; i < 50; i++)
            quota.Take(new Load(1, 200))!.Detail.Should().Contain("1000 bytes per second");
        quota.Take(new Load(1, 100)).Should().BeNull();
    }

    [Fact]
    public void Take_MoreThanASecondsWorth_PassesWhenFullAndIsPaidBack()
    {
        var quota = new ChainQuota(new ChainLimits { TransactionsPerSecond = 10 }, _clock);
        quota.Take(new Load(50, 0)).Should().BeNull();
        quota.Take(new Load(1, 0))!.RetryAfter.Should().Be(TimeSpan.FromSeconds(5));
        _clock.Advance(TimeSpan.FromSeconds(4));
        quota.Take(new Load(1, 0)).Should().NotBeNull();
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        quota.Take(new Load(1, 0)).Should().BeNull();
    }

    [Fact]
    public void Take_AfterALongPause_HasNoMoreThanOneSecondsWorth()
    {
        var quota = new ChainQuota(new ChainLimits { TransactionsPerSecond = 3 }, _clock);
        _clock.Advance(TimeSpan.FromHours(1));
        Enumerable.Range(0, 10).Count(_ => quota.Take(new Load(1, 0)) is null).Should().Be(3);
    }
}
