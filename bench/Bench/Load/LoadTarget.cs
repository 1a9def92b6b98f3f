using Sequencer.Bench.Running;

namespace Sequencer.Bench.Load;

/// <summary>A server under load, with the processes whose processor time counts.</summary>
internal sealed record LoadTarget(Uri Address, int ServerId, int? EnclaveId)
{
    public static LoadTarget Of(Service service) => new(service.Address, service.GatewayId, service.EnclaveId);

    public static LoadTarget Of(BareServer bare) => new(bare.Address, bare.ProcessId, EnclaveId: null);
}
