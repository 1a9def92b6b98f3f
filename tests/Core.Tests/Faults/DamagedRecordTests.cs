using RocksDbSharp;
using Sequencer.Core.Tests.Ledger;

namespace Sequencer.Core.Tests.Faults;

/// <summary>Single records whose bytes are not what was written: what they belong to suffers, and nothing else.</summary>
public sealed class DamagedRecordTests : IDisposable
{
    private static readonly ChainNumber One = new(1);

    private readonly TempFolder _folder = new();
    private readonly RocksLedgerSource _source;

    public DamagedRecordTests() => _source = new RocksLedgerSource(_folder.Under("ledger"), "ledger-1", initialise: true);

    public void Dispose() => _folder.Dispose();

    /// <summary>Found by reading: the chain opened, and its next checkpoint failed the ledger's writer, for all chains
    /// and after every opening again.</summary>
    [Fact]
    public async Task ADamagedTimeOfOneChain_StopsThatChainAlone()
    {
        await using var enclave = new EnclaveFixture();
        await using (var before = await CoreFixture.StartAsync(_source, enclave))
        {
            await before.SequenceAsync("one");
            await before.SequenceAsync("one", chain: "other");
        }

        Damage(RocksKeys.Time(One, 0, new byte[RocksKeys.BytesMax]));
        await using var core = await CoreFixture.StartAsync(_source, enclave);

        var refused = await core.SubmitAsync("two");

        refused.Should().BeOfType<SubmitOutcome.Refused>().Which.Refusal.Code.Should().Be(RefusalCode.ChainStopped);
        core.Core.Status.StoppedChains["demo"].Should().Contain("number");
        (await core.SequenceAsync("two", chain: "other")).FirstIndex.Should().Be(1);
        core.Core.Status.State.Should().Be(SequencerState.Ready);
    }

    /// <summary>Cuts a record short; the ledger must be closed.</summary>
    private void Damage(ReadOnlySpan<byte> key)
    {
        using var options = new RocksOptions(createIfMissing: false, LedgerCompression.None);
        using var database = RocksDb.Open(
            options.Database, _folder.Under("ledger"), options.FamiliesOf(RocksOptions.Names));
        database.Get(key.ToArray()).Should().NotBeNull();
        database.Put(key, new byte[] { 1 });
    }
}
