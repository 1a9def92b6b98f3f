namespace Sequencer.Core.Tests.Ledger;

/// <summary>What is promised of idempotency keys that expire.</summary>
public abstract partial class LedgerContract
{
    [Fact]
    public async Task ForgetKeys_ForgetsWhatExpiredBeforeAndNothingElse()
    {
        var batch = new LedgerBatch();
        for (ulong i = 0; i < 10; i++)
            batch.Keys.Add(Key($"key {i}", expiresAt: 100 + i));
        await Ledger.WriteAsync(batch, sync: true);

        (await Ledger.ForgetKeysAsync(105)).Should().BeFalse();

        Enumerable.Range(0, 10).Where(i => Ledger.FindKey(One, Digest($"key {i}")) is not null)
            .Should().Equal(5, 6, 7, 8, 9);
    }

    [Fact]
    public async Task ForgetKeys_AKeyUsedAgainAfterItExpired_StaysForItsNewTime()
    {
        await WriteAsync(Key("key", expiresAt: 100));
        await WriteAsync(Key("key", expiresAt: 900));

        await Ledger.ForgetKeysAsync(500);

        Ledger.FindKey(One, Digest("key"))!.ExpiresAt.Should().Be(900);
        await Ledger.ForgetKeysAsync(901);
        Ledger.FindKey(One, Digest("key")).Should().BeNull();
    }

    /// <summary>
    /// A sweep that is merged with the write that uses a key again leaves the new record alone.
    /// </summary>
    [Fact]
    public async Task ForgetKeys_BesideTheWriteThatUsesTheKeyAgain_KeepsTheNewUse()
    {
        for (ulong start = 0; start < 50_000; start += 1_000)
        {
            await WriteAsync(Key("key", expiresAt: start + 100));
            var batches = Enumerable.Range(0, 20)
                .Select(_ => Ledger.WriteAsync(new LedgerBatch { Generation = 1 }, sync: true).AsTask());
            var again = WriteAsync(Key("key", expiresAt: start + 900));
            var sweep = Ledger.ForgetKeysAsync(start + 500).AsTask();
            await Task.WhenAll([.. batches, again, sweep]);

            Ledger.FindKey(One, Digest("key"))!.ExpiresAt.Should().Be(start + 900);
        }
    }

    [Fact]
    public async Task ForgetKeys_AfterTheClockWasSetBack_ForgetsWhatWasWrittenSince()
    {
        await WriteAsync(Key("before", expiresAt: 100));
        await Ledger.ForgetKeysAsync(500);
        await WriteAsync(Key("since", expiresAt: 50));

        await Ledger.ForgetKeysAsync(400);

        Ledger.FindKey(One, Digest("since")).Should().BeNull();
    }

    [Fact]
    public async Task ForgetKeys_MoreThanOneStep_SaysThatMoreAreLeftUntilNoneIs()
    {
        var batch = new LedgerBatch();
        for (var i = 0; i < 25_000; i++)
            batch.Keys.Add(Key($"key {i}", expiresAt: (ulong)i % 100));
        await Ledger.WriteAsync(batch, sync: true);

        var steps = 0;
        while (await Ledger.ForgetKeysAsync(100))
            steps++;

        steps.Should().BeLessThan(250);
        Enumerable.Range(0, 25_000).Should().NotContain(i => Ledger.FindKey(One, Digest($"key {i}")) != null);
    }
}
