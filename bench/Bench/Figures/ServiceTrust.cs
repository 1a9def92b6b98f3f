using Sequencer.Bench.Running;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Bench.Figures;

/// <summary>Whom to trust for a chain of a service that the benchmark started itself.</summary>
internal static class ServiceTrust
{
    /// <summary>Keys and images, and the document of the enclave that signs now.</summary>
    public static async Task<(GatewayTrust Trust, byte[] Document)> ReadAsync(Service service, string chain)
    {
        using var http = new HttpClient { BaseAddress = service.Address };
        var options = new SequencerClientOptions { Token = service.Tokens.For(chain) };
        var client = new SequencerClient(http, options);
        return ChainId.TryParse(chain, out var id) && await client.FindEpochsAsync(id) is { } epochs
            ? (GatewayTrust.Read(epochs), epochs.Epochs[^1].AttestationDocument.ToArray())
            : throw new BenchException($"The gateway does not know the chain {chain}.");
    }
}
