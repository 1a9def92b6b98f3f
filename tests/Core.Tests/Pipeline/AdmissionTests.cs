using Sequencer.Core.Tests.Witnesses;
using Sequencer.Testing;

namespace Sequencer.Core.Tests.Pipeline;

/// <summary>What is refused leaves nothing behind.</summary>
public sealed class AdmissionTests
{
    /// <summary>
    /// A new name whose submission is refused leaves no chain behind: no limit would bound those, and nothing
    /// would free them.
    /// </summary>
    [Theory]
    [InlineData(RefusalCode.QueueFull)]
    [InlineData(RefusalCode.ChainQueueFull)]
    public async Task Submit_NewNamesThatAreRefused_AreNotKept(RefusalCode code)
    {
        await using var enclave = new EnclaveFixture();
        var ledger = new GatedLedger();
        await using var core = await CoreFixture.StartAsync(ledger, enclave, options =>
        {
            options.QueueMaxEntries = code == RefusalCode.QueueFull ? 2 : 1_000;
            options.ChainDefaults.QueueMaxEntries = code == RefusalCode.QueueFull ? 1_000 : 1;
        });
        var waiting = core.SubmitAsync("waiting");

        List<RefusalCode?> refused = [];
        for (var i = 0; i < 20; i++)
            refused.Add(Code(await SubmitAsync(core, $"name-{i}", entries: 2)));
        var status = core.Core.Status;
        ledger.Open();

        (await waiting).Should().BeOfType<SubmitOutcome.Sequenced>();
        refused.Should().HaveCount(20).And.OnlyContain(refusal => refusal == code);
        (status.Chains, status.QueueEntries).Should().Be((1, 1));
        (await core.SequenceAsync("taken now", "name-0")).FirstIndex.Should().Be(0);
        core.Core.Status.Chains.Should().Be(2);
    }

    [Fact]
    public async Task Submit_TheFirstOfAChainByMany_AllGoToOneChain()
    {
        const int Callers = 4;
        await using var enclave = new EnclaveFixture();
        await using var core = await CoreFixture.StartAsync(new MemoryLedgerSource(new MemoryLedger()), enclave);
        for (var i = 0; i < 100; i++)
        {
            var name = $"name-{i}";
            using var together = new Barrier(Callers);
            var ranges = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return core.SequenceAsync($"entry {caller}", name);
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

            ranges.Select(range => range.FirstIndex).Should().BeEquivalentTo(
                Enumerable.Range(0, Callers).Select(index => (ulong)index));
        }

        core.Core.Status.Chains.Should().Be(100);
        core.Core.Status.QueueEntries.Should().Be(0);
    }

    /// <summary>A refused submission pays no quota, whatever it was refused for.</summary>
    [Fact]
    public async Task Submit_WhileTooManyWaitForWitnesses_PaysNoQuota()
    {
        const int Entries = 100;
        await using var world = new WitnessFixture();
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var witness in world.Witnesses)
            witness.Before = _ => mayAnswer.Task;
        await using var core = await world.StartAsync(options =>
        {
            options.QueueMaxEntries = Entries;
            options.ChainDefaults.Finality = Finality.Witnessed;
            // What has more than one is paid back for as many seconds.
            options.ChainDefaults.TransactionsPerSecond = 1;
        });
        var waiting = core.SubmitAsync("waiting");
        await Until.TrueAsync(() => core.Core.Status.QueueEntries == 0);

        var refused = await SubmitAsync(core, "other", Entries);
        mayAnswer.SetResult();
        (await waiting).Should().BeOfType<SubmitOutcome.Sequenced>();

        refused.Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal.Detail.Should().Contain("wait for witnesses");
        (await SubmitAsync(core, "other", Entries)).Should().BeOfType<SubmitOutcome.Sequenced>();
    }

    private static RefusalCode? Code(SubmitOutcome outcome) => (outcome as SubmitOutcome.Refused)?.Refusal.Code;

    private static async Task<SubmitOutcome> SubmitAsync(CoreFixture core, string chain, int entries) =>
        await core.Core.SubmitAsync(
            new Submission
            {
                Chain = CoreFixture.Chain(chain),
                Entries = [.. Enumerable.Repeat(new ReadOnlyMemory<byte>(new byte[10]), entries)],
            },
            CancellationToken.None);
}
