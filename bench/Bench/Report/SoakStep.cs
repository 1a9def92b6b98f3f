namespace Sequencer.Bench.Report;

/// <summary>One step of a soak, and the memory at its end.</summary>
/// <param name="Seconds">Seconds from the start to the end of the step.</param>
/// <param name="RequestsPerSecond">Transactions a second, one a call.</param>
/// <param name="GatewayMiB">The gateway's resident memory.</param>
/// <param name="EnclaveMiB">The enclave's resident memory.</param>
internal sealed record SoakStep(
    double Seconds, double RequestsPerSecond, double GatewayMiB, double EnclaveMiB);
