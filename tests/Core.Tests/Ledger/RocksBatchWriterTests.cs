using RocksDbSharp;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Ledger;

public sealed class RocksBatchWriterTests : IDisposable
{
    private static readonly ChainNumber One = new(1);
    private static readonly Hash Digest = MerkleHash.Leaf("key"u8);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// Commits may come between the reading of an expired key and its deletion, and use the key again.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Forget_AKeyThatWasUsedSinceItWasRead_KeepsTheNewUse(bool inTheSameCommit)
    {
        await using var database = OpenDatabase();
        using var writer = new RocksBatchWriter(database);
        Use(writer, expiresAt: 100);
        Commit(writer);
        writer.BeginForgetting();
        Commit(writer);

        Use(writer, expiresAt: 900);
        if (!inTheSameCommit)
            Commit(writer);
        writer.Forget([new ExpiredKey(100, One, Digest, IsUsedAgain: false)]);
        Commit(writer);

        RocksValues.ToKey(One, Digest, database.Get(RocksKeys.IdempotencyKey(One, Digest, Buffer()))!)
            .ExpiresAt.Should().Be(900);
        database.Get(RocksKeys.Expiry(900, One, Digest, Buffer())).Should().NotBeNull();
        database.Get(RocksKeys.Expiry(100, One, Digest, Buffer())).Should().BeNull();
    }

    [Fact]
    public async Task Forget_AKeyThatWasUsedBeforeItWasRead_IsForgotten()
    {
        await using var database = OpenDatabase();
        using var writer = new RocksBatchWriter(database);
        Use(writer, expiresAt: 100);
        Commit(writer);
        writer.BeginForgetting();
        writer.Forget([]);
        Commit(writer);
        writer.BeginForgetting();
        Commit(writer);

        writer.Forget([new ExpiredKey(100, One, Digest, IsUsedAgain: false)]);
        Commit(writer);

        database.Get(RocksKeys.IdempotencyKey(One, Digest, Buffer())).Should().BeNull();
        database.Get(RocksKeys.Expiry(100, One, Digest, Buffer())).Should().BeNull();
    }

    private static byte[] Buffer() => new byte[RocksKeys.BytesMax];

    private static void Use(RocksBatchWriter writer, ulong expiresAt)
    {
        var batch = new LedgerBatch();
        batch.Keys.Add(new KeyRecord(One, Digest, 0, 1, default, expiresAt));
        writer.Add(batch);
    }

    private static void Commit(RocksBatchWriter writer) => writer.Commit(new WriteOptions());

    private RocksDatabase OpenDatabase()
    {
        var options = new RocksOptions(createIfMissing: true, LedgerCompression.None);
        return new RocksDatabase(
            RocksDb.Open(options.Database, _folder.Under("ledger"), options.FamiliesOf(RocksOptions.Names)), options);
    }
}
