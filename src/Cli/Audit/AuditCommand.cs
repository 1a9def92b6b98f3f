using System.CommandLine;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Audit;

/// <summary><c>sequencer audit</c>: reads a whole chain and recomputes everything.</summary>
internal sealed class AuditCommand : Command
{
    private readonly CliEnvironment _environment;
    private readonly GatewayOptions _gateway;
    private readonly TrustOptions _trust = new(required: false);
    private readonly Argument<string> _url = AddressArgument.Create();
    private readonly Argument<string> _chain = ChainArgument.Create();

    private readonly Option<FileInfo?> _older = new("--older-checkpoint")
    {
        Description = "A checkpoint kept from earlier, that must be of a prefix of the log.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _rehash = new("--rehash")
    {
        Description = "Reads entries and hashes them also without a token, where they are public.",
    };

    public AuditCommand(CliEnvironment environment)
        : base("audit", "Reads a whole chain from its tiles and recomputes everything.")
    {
        _environment = environment;
        _gateway = new(environment);
        Add(_url);
        Add(_chain);
        Add(_trust.Policy);
        Add(_trust.Images);
        Add(_trust.SimulatedRoot);
        Add(_older);
        Add(_rehash);
        _gateway.AddTokenTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var enclaves = _trust.ReadEnclaves(parsed);
        var token = _gateway.ReadToken(parsed);
        var options = new LogAuditOptions
        {
            Policy = _trust.ReadPolicy(parsed),
            RehashEntries = token is not null || parsed.GetValue(_rehash),
            OlderCheckpoint = parsed.GetValue(_older) is { } file ? InputFile.ReadText(file) : null,
        };
        using var connection = new GatewayConnection(
            _environment, AddressArgument.Read(parsed, _url), token, isPatient: true);
        var report = await AuditProgressBar.RunAsync(_environment, progress =>
        {
            options.Progress = progress;
            return new LogAuditor(connection.Client, enclaves, options)
                .AuditAsync(ChainArgument.Read(parsed, _chain), cancellation);
        }).ConfigureAwait(false);
        AuditPrinter.Print(_environment.Output, report, parsed.GetValue(_trust.Images) is not null,
            parsed.GetValue(_trust.SimulatedRoot));
        return report.IsSound ? ExitCodes.Done : ExitCodes.Refused;
    }
}
