using System.Text;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Witnesses;

/// <summary>
/// Chains of witnessed finality, restarted at every step between a proposal and its receipt: nothing is lost,
/// no chain is locked out, and every receipt stays true.
/// </summary>
public sealed class SealedRestartTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    // One world for all of them, since every opening takes its seconds: each stands at another step.
    private static readonly string[] Chains = ["uncosigned", "unsealed", "unrecorded", "receipted"];

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task RestartedAtEveryStep_NothingIsLostOrLockedOut(bool gateway, bool enclave)
    {
        await using var world = new SealedWorld();
        await world.StopAtEveryStepAsync();

        if (gateway)
            await world.KillGatewayAsync();
        if (enclave)
            await world.Witnesses.Enclave.RebootAsync();
        world.WitnessesAnswer();
        if (gateway)
            await world.StartGatewayAsync();

        foreach (var waiting in world.Waiting)
            IsOutcome(await waiting, isKnown: !gateway);
        await Task.WhenAll(Chains.Select(world.GoOnAsync));
        world.Core.Core.Status.StoppedChains.Should().BeEmpty();
        foreach (var chain in Chains)
            await world.AuditAsync(chain);
    }

    private static void IsOutcome(SubmitOutcome outcome, bool isKnown)
    {
        if (isKnown)
            outcome.Should().BeOfType<SubmitOutcome.Sequenced>().Which.Range.FirstIndex.Should().Be(1);
        else
            outcome.Should().BeOfType<SubmitOutcome.Refused>()
                .Which.Refusal.Code.Should().Be(RefusalCode.OutcomeUnknown);
    }

    /// <summary>Everything that outlives the restart, and the receipts that were given.</summary>
    private sealed class SealedWorld : IAsyncDisposable
    {
        private readonly TaskCompletionSource _answering = NewSignal();
        private readonly List<(string Chain, string Text, string Receipt)> _receipts = [];
        private readonly LossyWay _way;

        public SealedWorld() => _way = new LossyWay(Witnesses.Enclave);

        public WitnessFixture Witnesses { get; } = new(["*"]);

        public CoreFixture Core { get; private set; } = null!;

        /// <summary>Outcomes that were not there when the steps were reached.</summary>
        public List<Task<SubmitOutcome>> Waiting { get; } = [];

        /// <summary>Brings each chain to its step, with one receipted entry before it.</summary>
        public async Task StopAtEveryStepAsync()
        {
            Core = await Witnesses.StartAsync(way: _way);
            foreach (var (chain, range) in await Task.WhenAll(Chains.Select(async chain =>
                (chain, await Core.SequenceAsync("before", chain)))))
            {
                Keep(chain, "before", range);
            }

            var asked = NewSignal();
            Witnesses.Witnesses.ToList().ForEach(witness => witness.Before = origin =>
            {
                if (!origin.EndsWith("/uncosigned", StringComparison.Ordinal))
                    return Task.CompletedTask;
                asked.TrySetResult();
                return _answering.Task;
            });
            await SubmitUntilAsync("uncosigned", asked.Task);
            // That may have been a witness that is still asked for the entry before: the step is the proposal.
            var uncosigned = Witnesses.Ledger.FindChain(CoreFixture.Chain("uncosigned"))!.Number;
            await Until.TrueAsync(() => Witnesses.Ledger.LastProposal(uncosigned)?.Size == 2);
            await SubmitUntilAsync("unsealed", _way.KeepSeal(CoreFixture.Chain("unsealed")));
            await SubmitUntilAsync("unrecorded", _way.KeepSeal(CoreFixture.Chain("unrecorded")));
            Keep("receipted", "during", await Core.SequenceAsync("during", "receipted", key: "during"));
            await _way.PassOnAndLoseAnswersAsync(CoreFixture.Chain("unrecorded"));
            foreach (var chain in Chains)
                CheckStep(chain);
        }

        public async Task KillGatewayAsync()
        {
            await Core.Core.StopAsync(new CancellationToken(canceled: true));
            await Core.DisposeAsync();
            foreach (var chain in Chains)
                CheckStep(chain);
        }

        public async Task StartGatewayAsync() => Core = await Witnesses.StartAsync();

        public void WitnessesAnswer() => _answering.SetResult();

        /// <summary>The same submission has the same index, and the next one the next.</summary>
        public async Task GoOnAsync(string chain)
        {
            foreach (var (text, index) in new[] { ("during", 1UL), ("after", 2UL) })
            {
                var range = await WitnessFixture.SequenceInTimeAsync(Core, text, chain);
                range.FirstIndex.Should().Be(index, $"of '{text}' in {chain}");
                Keep(chain, text, range);
            }
        }

        /// <summary>All entries are there, once, and every receipt is of this history.</summary>
        public async Task AuditAsync(string chain)
        {
            var tree = new CompactRange();
            List<Hash> roots = [tree.Root()];
            foreach (var text in new[] { "before", "during", "after" })
            {
                var index = (ulong)roots.Count - 1;
                var entry = await Core.Core.ReadEntryAsync(CoreFixture.Chain(chain), index, None);
                Encoding.UTF8.GetString(entry!.Data.Span).Should().Be(text);
                tree.Append(MerkleHash.Leaf(entry.Data.Span));
                roots.Add(tree.Root());
            }

            foreach (var (_, text, receipt) in _receipts.Where(receipt => receipt.Chain == chain))
            {
                var checkpoint = CoreFixture.VerifyReceipt(receipt, text, chain);
                checkpoint.Root.Should().Be(
                    roots[(int)checkpoint.Size], $"'{text}' in {chain} was receipted");
            }

            var witnessed = await Core.Core.ReadWitnessedCheckpointAsync(CoreFixture.Chain(chain), None);
            Witnesses.VerifyQuorum(Encoding.UTF8.GetString(witnessed!.Value.Span), chain);
        }

        public async ValueTask DisposeAsync()
        {
            // At once: after a failed assertion, what waits for witnesses would wait for ever.
            await Core.Core.StopAsync(new CancellationToken(canceled: true));
            await Core.DisposeAsync();
            await Witnesses.DisposeAsync();
        }

        private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

        private async Task SubmitUntilAsync(string chain, Task reached)
        {
            Waiting.Add(Core.SubmitAsync("during", chain, key: "during"));
            await reached;
        }

        private void Keep(string chain, string text, SequencedRange range)
        {
            Witnesses.VerifyQuorum(Encoding.UTF8.GetString(range.Checkpoint.Span), chain);
            lock (_receipts)
                _receipts.Add((chain, text, CoreFixture.Receipt(range)));
        }

        /// <summary>The step is the one that the chain is named for.</summary>
        private void CheckStep(string chain)
        {
            var number = Witnesses.Ledger.FindChain(CoreFixture.Chain(chain))!.Number;
            Witnesses.Ledger.LastProposal(number)!.Size.Should().Be(2, $"{chain} has its proposal on the disk");
            Witnesses.Ledger.LatestCheckpoint(number)!.Size.Should().Be(
                1, $"{chain} has its sealed checkpoint in no ledger");
            var origin = Origin.For(EnclaveFixture.LogPrefix, CoreFixture.Chain(chain));
            var cosigned = Witnesses.Witnesses.Count(witness => witness.SizeOf(origin) == 2);
            (cosigned >= 2).Should().Be(chain != "uncosigned", $"{cosigned} witnesses cosigned {chain}");
        }
    }
}
