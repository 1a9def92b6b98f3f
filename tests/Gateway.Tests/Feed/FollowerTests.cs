using System.Globalization;
using System.Text;
using Sequencer.Client;
using Sequencer.Core;
using Sequencer.Simulation;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>The client library's follower at real gateways.</summary>
public sealed class FollowerTests : IDisposable
{
    private const string Chain = "followed";

    private readonly TestSecrets _secrets = new();
    private readonly MemoryLedgerSource _ledger = new(new MemoryLedger());
    private int _submitted;

    public void Dispose() => _secrets.Dispose();

    [Fact]
    public async Task Follower_GoesOnThroughARestartOfTheGatewayAndANewEpoch()
    {
        using var root = SimulatedRoot.Load(_secrets.PathOf("root.pem"), _secrets.PathOf("root.key"));
        using var route = new Route();
        using var http = new HttpClient(route) { BaseAddress = new Uri("http://gateway/") };
        var client = new SequencerClient(http, new SequencerClientOptions());
        ChainId.TryParse(Chain, out var chain).Should().BeTrue();
        var follower = new LogFollower(
            client, chain, EnclaveVerifier.OfAnyImage(root.Trusted), options: new() { PauseMs = 10 });
        var first = await StartAsync(route);
        await SubmitAsync(first, 300);
        await using var feed = follower.FollowAsync().GetAsyncEnumerator();
        await ShouldGiveAsync(feed, 0, 300);
        await SubmitAsync(first, 50);
        await ShouldGiveAsync(feed, 300, 350);

        await first.DisposeAsync();
        await using var second = await StartAsync(route);
        await SubmitAsync(second, 100);
        await ShouldGiveAsync(feed, 350, 450);
        (await client.FindEpochsAsync(chain))!.Epochs.Should().HaveCount(2);
        follower.Position.Next.Should().Be(450);
    }

    /// <summary>A gateway over the one ledger, with the one log key and simulated root.</summary>
    private async Task<TestGateway> StartAsync(Route route)
    {
        var gateway = await TestGateway.StartAsync(_ledger,
            ("chain_defaults:public", "true"), ("log:key_file", _secrets.PathOf("log.key")),
            ("enclave:simulated_root_file", _secrets.PathOf("root.pem")),
            ("enclave:simulated_root_key_file", _secrets.PathOf("root.key")));
        route.Gateway = gateway.Address;
        return gateway;
    }

    private async Task SubmitAsync(TestGateway gateway, int count)
    {
        var lines = string.Concat(Enumerable.Range(_submitted, count).Select(
            i => string.Create(CultureInfo.InvariantCulture, $"\"{i}\"\n")));
        _submitted += count;
        await (await gateway.PostAsync(
            "/sequence/batch", Chain, Encoding.UTF8.GetBytes(lines), "application/x-ndjson")).JsonAsync();
    }

    private static async Task ShouldGiveAsync(IAsyncEnumerator<Client.FeedEntry> feed, int first, int end)
    {
        for (var i = first; i < end; i++)
        {
            (await feed.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60))).Should().BeTrue();
            feed.Current.Index.Should().Be((ulong)i);
            Encoding.UTF8.GetString(feed.Current.Data.Span)
                .Should().Be(i.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Sends every request to the gateway of the moment, as a name that moves would.</summary>
    private sealed class Route() : DelegatingHandler(new SocketsHttpHandler())
    {
        public Uri Gateway { get; set; } = null!;

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(Gateway, request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
