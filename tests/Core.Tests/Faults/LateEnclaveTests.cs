using Microsoft.Extensions.Logging;
using Sequencer.Core.Tests.Witnesses;
using Sequencer.Testing;

namespace Sequencer.Core.Tests.Faults;

/// <summary>
/// A new enclave whose clock is behind what the one before signed takes no chain up. That heals with time, and so
/// stops none.
/// </summary>
public sealed class LateEnclaveTests
{
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    private readonly MemoryLedgerSource _ledger = new(new MemoryLedger());
    private readonly LogLines _log = new();
    private readonly ManualClock _clock = new(TimeProvider.System.GetUtcNow() - Late);

    [Fact]
    public async Task Adopt_ByAnEnclaveThatIsLate_HoldsTheChainAlone_UntilItIsNot()
    {
        await using var enclave = new EnclaveFixture();
        await using var core = await StartAsync(enclave);
        await core.SequenceAsync("one");
        await enclave.RebootAsync(_clock);
        await WitnessFixture.SequenceInTimeAsync(core, "of the late epoch", "other");
        var durable = core.SubmitAsync("two");
        List<Task<SubmitOutcome>> later = [];
        await Until.TrueAsync(() =>
        {
            later.Add(core.SubmitAsync("later"));
            return later[^1].IsCompleted;
        });

        RequireHeld(await later[^1]);
        (await core.SequenceAsync("unharmed", "other")).FirstIndex.Should().Be(1);
        durable.IsCompleted.Should().BeFalse();
        _clock.Advance(Late);

        (await durable).Should().BeOfType<SubmitOutcome.Sequenced>().Which.Range.FirstIndex.Should().Be(1);
        (await WitnessFixture.SequenceInTimeAsync(core, "three")).FirstIndex.Should().BeGreaterThan(1);
        RequireToldOnce(core);
    }

    [Fact]
    public async Task Open_WithAnEnclaveThatIsLate_IsRefusedForNow_AndReadsGoOn()
    {
        await using var enclave = new EnclaveFixture();
        await using (var before = await StartAsync(enclave))
            await before.SequenceAsync("one");
        await enclave.RebootAsync(_clock);
        await using var core = await StartAsync(enclave);

        for (var i = 0; i < 2; i++)
            RequireHeld(await core.SubmitAsync("two"));
        (await core.Core.ReadEntryAsync(CoreFixture.Chain(), 0, CancellationToken.None)).Should().NotBeNull();
        _clock.Advance(Late);

        (await core.SequenceAsync("two")).FirstIndex.Should().Be(1);
        RequireToldOnce(core);
    }

    private Task<CoreFixture> StartAsync(EnclaveFixture enclave) =>
        CoreFixture.StartAsync(_ledger, enclave, logger: _log);

    private static void RequireHeld(SubmitOutcome outcome)
    {
        var refusal = outcome.Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal;
        refusal.Code.Should().Be(RefusalCode.EnclaveUnavailable);
        refusal.Detail.Should().Contain("clock");
        refusal.RetryAfter.Should().NotBeNull();
    }

    private void RequireToldOnce(CoreFixture core)
    {
        core.Core.Status.StoppedChains.Should().BeEmpty();
        _log.Of(LogLevel.Warning).Where(line => line.Contains("clock", StringComparison.Ordinal))
            .Should().ContainSingle();
    }
}
