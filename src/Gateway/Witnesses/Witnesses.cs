using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>The witnesses of the configuration, over connections of their own.</summary>
internal sealed class Witnesses : IDisposable
{
    private readonly HttpMessageInvoker _http;

    private Witnesses(HttpMessageInvoker http, WitnessNetwork network) => (_http, Network) = (http, network);

    public WitnessNetwork Network { get; }

    /// <summary>Null when no witnesses are configured. Nothing is asked yet.</summary>
    public static Witnesses? Open(WitnessSettings settings)
    {
        if (settings.Policy is not { } policy)
            return null;
        var http = WitnessConnections.Open();
        var timeout = TimeSpan.FromMilliseconds(settings.TimeoutMs);
        return new Witnesses(http, new WitnessNetwork
        {
            Policy = policy,
            Clients =
            [
                .. policy.Witnesses.Select(witness => new HttpWitness(
                    witness.Key.Name, witness.Url!, http, timeout, TimeProvider.System)),
            ],
            Interval = TimeSpan.FromMilliseconds(settings.IntervalMs),
        });
    }

    public void Dispose() => _http.Dispose();
}
