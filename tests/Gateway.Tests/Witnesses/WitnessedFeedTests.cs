using Sequencer.Client;
using Sequencer.Simulation;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>Feeds of what a quorum of witnesses covers: two of three, which the tests hold up.</summary>
public sealed class WitnessedFeedTests : IAsyncLifetime, IDisposable
{
    private const string Chain = "demo";
    private const string Query = "?finality=witnessed";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<ScriptedWitness> _witnesses;
    private readonly string _policyFile = Path.GetTempFileName();
    private readonly TestSecrets _secrets = new();
    private TestGateway _gateway = null!;

    public WitnessedFeedTests() =>
        _witnesses = [.. Enumerable.Range(1, 3).Select(i => new ScriptedWitness($"w{i}", LogKeyOf))];

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_policyFile, PolicyOf(quorum: 2));
        _gateway = await TestGateway.StartAsync(
            ("witnesses:policy_file", _policyFile), ("witnesses:interval_ms", "0"),
            ("witnesses:timeout_ms", "60000"), ("feed:keep_alive_seconds", "1"),
            ("chain_defaults:public", "true"), ("log:key_file", _secrets.PathOf("log.key")),
            ("enclave:simulated_root_file", _secrets.PathOf("root.pem")),
            ("enclave:simulated_root_key_file", _secrets.PathOf("root.key")),
            ("enclave:simulated_witness_policy_file", _policyFile),
            ("enclave:simulated_witnessed_chains:0", "sealed"));
    }

    public async Task DisposeAsync()
    {
        // The witnesses first: what the gateway has asked is answered, and it need not wait for them.
        foreach (var witness in _witnesses)
            await witness.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    public void Dispose()
    {
        _secrets.Dispose();
        File.Delete(_policyFile);
    }

    [Fact]
    public async Task Entries_AreShownOnceAQuorumCoversThem()
    {
        await SubmitAsync("a", "witnessed");
        _witnesses.ForEach(witness => witness.Hold());
        await SubmitAsync("b", "enclave");
        using var signed = await FeedStream.OpenAsync(_gateway, Chain);
        (await signed.TakeEntriesAsync(2))[1].Json.Text("data").Should().Be("b");

        using var feed = await FeedStream.OpenAsync(_gateway, Chain, Query);
        await ShouldBeWitnessedAsync(feed, next: 0, size: 1);
        (await feed.NextAsync())!.Json.Text("data").Should().Be("a");
        await ShouldBeWitnessedAsync(feed, next: 1, size: 1);
        // Signs of life come and go; the entry that only the enclave has signed does not.
        for (var i = 0; i < 2; i++)
            await ShouldBeWitnessedAsync(feed, next: 1, size: 1);

        _witnesses.ForEach(witness => witness.Release());
        (await feed.NextEntryAsync()).Json.Text("data").Should().Be("b");
        await ShouldBeWitnessedAsync(feed, next: 2, size: 2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&from=next")]
    public async Task BeforeTheFirstQuorum_ThereAreSignsOfLifeOnly(string from)
    {
        // Where the enclave demands a quorum, opening the chain has brought a witnessed checkpoint of no entries.
        await using var other = await TestGateway.StartAsync(
            ("witnesses:policy_file", _policyFile), ("witnesses:timeout_ms", "60000"),
            ("chain_defaults:public", "true"), ("log:key_file", _secrets.PathOf("log.key")));
        _witnesses.ForEach(witness => witness.Hold());
        await SubmitAsync("a", "enclave", other);

        using var feed = await FeedStream.OpenAsync(other, Chain, Query + from);
        (await feed.LineAsync()).Should().Be(": keep-alive");
    }

    [Fact]
    public async Task Follower_WithAnotherQuorum_GetsTheCosignatureThatCameLater()
    {
        _witnesses[2].Hold();
        await SubmitAsync("a", "witnessed");
        using var root = SimulatedRoot.Load(_secrets.PathOf("root.pem"), _secrets.PathOf("root.key"));
        using var http = new HttpClient { BaseAddress = _gateway.Address };
        var client = new SequencerClient(http, new SequencerClientOptions());
        ChainId.TryParse(Chain, out var chain).Should().BeTrue();
        var logKey = LogKeyOf((await client.FindEpochsAsync(chain))!.Origin);
        var follower = new LogFollower(
            client, chain, EnclaveVerifier.OfAnyImage(root.Trusted),
            TlogPolicy.Parse($"log {logKey}\n{PolicyOf(quorum: 3)}"));

        await using var entries = follower.FollowAsync().GetAsyncEnumerator();
        var first = entries.MoveNextAsync().AsTask();
        using var feed = await FeedStream.OpenAsync(_gateway, Chain, Query);
        await feed.NextEntryAsync();
        (await feed.NextAsync())!.Json.Text("checkpoint").Should().NotContain("— w3 ");
        first.IsCompleted.Should().BeFalse();
        _witnesses[2].Release();

        (await first.WaitAsync(Patience)).Should().BeTrue();
        entries.Current.Data.ToArray().Should().Equal("a"u8.ToArray());
    }

    [Fact]
    public async Task SealedChain_IsWitnessedAtOnce()
    {
        await SubmitAsync("a", "enclave", chain: "sealed");
        using var feed = await FeedStream.OpenAsync(_gateway, "sealed", Query + "&from=next");
        await ShouldBeWitnessedAsync(feed, next: 1, size: 1);

        await SubmitAsync("b", "enclave", chain: "sealed");
        (await feed.NextEntryAsync()).Json.Text("data").Should().Be("b");
        await ShouldBeWitnessedAsync(feed, next: 2, size: 2);
    }

    private VerifierKey LogKeyOf(string origin) =>
        VerifierKey.Create(origin, SignatureType.Ed25519, _gateway.LogPublicKey.Span);

    private string PolicyOf(int quorum) =>
        string.Concat(_witnesses.Select(witness => witness.PolicyLine))
        + $"group some {quorum} w1 w2 w3\nquorum some\n";

    private async Task SubmitAsync(
        string text, string finality, TestGateway? gateway = null, string chain = Chain) =>
        await (await (gateway ?? _gateway).PostJsonAsync(
            "/sequence", chain, $"{{\"data\":\"{text}\"}}", ("Prefer", $"finality={finality}"))).JsonAsync();

    private async Task ShouldBeWitnessedAsync(FeedStream feed, ulong next, ulong size)
    {
        var shown = await feed.NextAsync().WaitAsync(Patience);
        shown!.IsEntry.Should().BeFalse();
        shown.NextIndex.Should().Be(next);
        shown.Checkpoint.Size.Should().Be(size);
        SignedNote.Parse(shown.Json.Text("checkpoint")).Verify([.. _witnesses.Select(witness => witness.Key)])
            .Keys.Count().Should().BeGreaterThanOrEqualTo(2);
    }
}
