using System.CommandLine;
using Sequencer.Attestation;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Audit;

/// <summary><c>sequencer audit</c>: reads a whole chain and recomputes everything.</summary>
internal static class AuditCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var gateway = new GatewayOptions(environment);
        var trust = new TrustOptions(required: false);
        var url = AddressArgument.Create();
        var chain = ChainArgument.Create();
        var older = new Option<FileInfo?>("--older-checkpoint")
        {
            Description = "A checkpoint kept from earlier, that must be of a prefix of the log.",
            HelpName = "FILE",
        };
        var command = new Command("audit", "Reads a whole chain from its tiles and recomputes everything.")
        {
            url, chain, trust.Policy, trust.Images, trust.SimulatedRoot, older,
        };
        gateway.AddTokenTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var images = trust.ReadImages(parsed);
            var token = gateway.ReadToken(parsed);
            var options = new LogAuditOptions
            {
                Policy = trust.ReadPolicy(parsed),
                RehashEntries = token is not null,
                OlderCheckpoint = parsed.GetValue(older) is { } file ? InputFile.ReadText(file) : null,
            };
            var enclaves = new EnclaveVerifier(
                images ?? AcceptedImages.AnyForInspection, trust.ReadSimulatedRoot(parsed));
            using var connection = new GatewayConnection(
                environment, AddressArgument.Read(parsed, url), token, isPatient: true);
            var report = await AuditProgressBar.RunAsync(environment, progress =>
            {
                options.Progress = progress;
                return new LogAuditor(connection.Client, enclaves, options)
                    .AuditAsync(ChainArgument.Read(parsed, chain), cancellation);
            }).ConfigureAwait(false);
            AuditPrinter.Print(
                environment.Output, report, images is not null, parsed.GetValue(trust.SimulatedRoot));
            return report.IsSound ? ExitCodes.Done : ExitCodes.Refused;
        });
        return command;
    }
}
