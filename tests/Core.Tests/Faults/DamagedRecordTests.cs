using RocksDbSharp;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Faults;

/// <summary>
/// Single records whose bytes are not what was written: what they belong to suffers, and nothing else.
/// </summary>
public sealed class DamagedRecordTests : IDisposable
{
    private static readonly ChainNumber One = new(1);

    private readonly TempFolder _folder = new();
    private readonly RocksLedgerSource _source;

    public DamagedRecordTests() =>
        _source = new RocksLedgerSource(_folder.Under("ledger"), "ledger-1", initialise: true);

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// A chain whose next checkpoint would fail the ledger's writer, for all chains and after every opening
    /// again, does not open.
    /// </summary>
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

    /// <summary>
    /// A damaged key fails one sweep, not every one: each is a write, and all writes would fail with it.
    /// </summary>
    [Fact]
    public async Task ADamagedExpiredKey_IsPassedOverByTheSweep()
    {
        var damaged = MerkleHash.Leaf("damaged"u8);
        var sound = MerkleHash.Leaf("sound"u8);
        await using (var before = await _source.OpenAsync(CancellationToken.None))
        {
            var batch = new LedgerBatch();
            batch.Keys.Add(new KeyRecord(One, damaged, 0, 1, default, ExpiresAt: 100));
            batch.Keys.Add(new KeyRecord(One, sound, 1, 1, default, ExpiresAt: 200));
            await before.WriteAsync(batch, sync: true);
        }

        Damage(RocksKeys.IdempotencyKey(One, damaged, new byte[RocksKeys.BytesMax]));
        await using var ledger = await _source.OpenAsync(CancellationToken.None);
        var forget = async () => await ledger.ForgetKeysAsync(1_000);

        (await forget.Should().ThrowAsync<LedgerException>()).Which.Reason.Should().Be(LedgerError.Corrupt);

        (await forget()).Should().BeFalse();
        ledger.FindKey(One, sound).Should().BeNull();
        await ledger.WriteAsync(new LedgerBatch { Generation = 7 }, sync: true);
        ledger.Generation.Should().Be(7);
    }

    /// <summary>Cuts a record short; the ledger must be closed.</summary>
    private void Damage(ReadOnlySpan<byte> key)
    {
        var options = new RocksOptions(createIfMissing: false, LedgerCompression.None);
        using var database = RocksDb.Open(
            options.Database, _folder.Under("ledger"), options.FamiliesOf(RocksOptions.Names));
        database.Get(key.ToArray()).Should().NotBeNull();
        database.Put(key, new byte[] { 1 });
    }
}
