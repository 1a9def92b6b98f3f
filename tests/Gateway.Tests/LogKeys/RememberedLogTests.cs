using Microsoft.Extensions.Logging.Abstractions;
using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>A ledger remembers its log: other names and keys are refused once they would matter.</summary>
public class RememberedLogTests
{
    private const string Prefix = "a.example/log";

    private static readonly byte[] Key = [.. Enumerable.Repeat((byte)1, 32)];
    private static readonly byte[] OtherKey = [.. Enumerable.Repeat((byte)2, 32)];

    private readonly MemoryLedgerSource _ledgers = new(new MemoryLedger());

    [Fact]
    public async Task Open_WithoutChains_TakesWhateverTheSettingsName()
    {
        await OpenAsync(Prefix, Key);
        await OpenAsync("b.example/log", OtherKey);
        var log = await RememberedAsync();
        log.Prefix.Should().Be("b.example/log");
        log.PublicKey.ToArray().Should().Equal(OtherKey);
    }

    [Fact]
    public async Task Open_ChainsOfAnEarlierVersion_TakesTheSettingsOnce()
    {
        await MakeChainAsync();
        await OpenAsync(Prefix, Key);
        await OpenAsync(Prefix, Key);
        await RefusesAsync(Prefix, OtherKey, "log.key_file: ");
    }

    [Fact]
    public async Task Open_AnotherKey_IsRefusedWithBothUnlessTold()
    {
        await OpenAsync(Prefix, Key);
        await MakeChainAsync();
        await RefusesAsync(Prefix, OtherKey, "log.key_file: ",
            Convert.ToBase64String(Key), Convert.ToBase64String(OtherKey), "--new-log-key");
        await RefusesAsync(Prefix, OtherKey, "log.kms_key: ");

        await OpenAsync(Prefix, OtherKey, takesNewKey: true);
        await OpenAsync(Prefix, OtherKey);
        await RefusesAsync(Prefix, Key, "log.key_file: ");
    }

    [Fact]
    public async Task Open_AnotherPrefix_IsRefusedWithBoth_WhateverIsTold()
    {
        await OpenAsync(Prefix, Key);
        await MakeChainAsync();
        await RefusesAsync("b.example/log", Key, "log.prefix: ", Prefix, "b.example/log", "server.public_host");
        var open = () => OpenAsync("b.example/log", OtherKey, takesNewKey: true);
        (await open.Should().ThrowAsync<SettingsException>()).Which.Message.Should().StartWith("log.prefix: ");
        (await RememberedAsync()).Prefix.Should().Be(Prefix);
    }

    private async Task RefusesAsync(string prefix, byte[] key, string setting, params string[] named)
    {
        var kmsKey = setting.StartsWith("log.kms_key", StringComparison.Ordinal) ? "alias/log" : "";
        var open = () => OpenAsync(prefix, key, kmsKey: kmsKey);
        var message = (await open.Should().ThrowAsync<SettingsException>()).Which.Message;
        message.Should().StartWith(setting).And.ContainAll([.. named, "the ledger has chains"]).And.NotContain("\n");
    }

    private async Task OpenAsync(string prefix, byte[] key, bool takesNewKey = false, string kmsKey = "")
    {
        var settings = new LogSettings { Prefix = prefix, KeyFile = "", KmsKey = kmsKey, TakesNewKey = takesNewKey };
        await new RememberedLog(_ledgers, settings, key, NullLogger<RememberedLog>.Instance)
            .OpenAsync(CancellationToken.None);
    }

    private async Task<LogRecord> RememberedAsync() => (await _ledgers.OpenAsync(CancellationToken.None)).Log!;

    private async Task MakeChainAsync()
    {
        ChainId.TryParse("demo", out var id).Should().BeTrue();
        var batch = new LedgerBatch();
        batch.Chains.Add(new ChainRecord(id, new ChainNumber(1), Unique: false));
        await (await _ledgers.OpenAsync(CancellationToken.None)).WriteAsync(batch, sync: true);
    }
}
