namespace Sequencer.Core.Tests.Sim;

/// <summary>
/// Every kind of write that the core makes fails once, with and without effect, in a run without any other
/// disaster but a reboot of the enclave; then everything served is audited.
/// </summary>
public sealed class CrashMatrixTests
{
    private static readonly Dictionary<string, Func<LedgerBatch, bool>> Kinds = new()
    {
        ["the generation"] = batch => batch.Generation is not null,
        ["an epoch"] = batch => batch.Epochs.Count > 0,
        ["a chain"] = batch => batch.Chains.Count > 0,
        ["entries"] = batch => batch.Entries.Count > 0,
        ["idempotency keys"] = batch => batch.Keys.Count > 0,
        ["leaves of a unique chain"] = batch => batch.Leaves.Count > 0,
        ["an epoch's part in a chain"] = batch => batch.ChainEpochs.Count > 0,
        ["a handover"] = batch => batch.ChainEpochs.Exists(epoch => epoch.Handover is not null),
        ["checkpoints with entries"] = batch => batch.Checkpoints.Count > 0 && batch.Entries.Count > 0,
        ["checkpoints alone"] = batch => batch.Checkpoints.Count > 0 && batch.Entries.Count == 0
            && batch.ChainEpochs.Count == 0,
        ["a checkpoint with its quorum"] = batch => batch.Witnessed.Count > 0,
        ["a proposal"] = batch => batch.Proposals.Count > 0,
        ["tiles"] = batch => batch.Tiles.Count > 0,
    };

    public static TheoryData<string, bool> Writes()
    {
        var writes = new TheoryData<string, bool>();
        foreach (var kind in Kinds.Keys)
        {
            writes.Add(kind, true);
            writes.Add(kind, false);
        }

        return writes;
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public void AFailedWrite_WithAndWithoutEffect_KeepsEveryPromise(string kind, bool persists)
    {
        var hits = 0;
        for (ulong seed = 1; seed <= 40 && hits < 5; seed++)
        {
            var fault = new SimFault(Kinds[kind], persists);
            new SimWorld(seed) { Fault = fault }.Run().Should().BeNull($"{kind} failed in seed {seed}");
            hits += fault.IsOver ? 1 : 0;
        }

        hits.Should().BePositive("the write must occur for the test to mean anything");
    }
}
