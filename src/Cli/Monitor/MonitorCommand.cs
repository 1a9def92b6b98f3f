using System.CommandLine;
using System.CommandLine.Parsing;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Monitor;

/// <summary><c>sequencer monitor</c>: follows a log and writes evidence when it contradicts itself.</summary>
internal sealed class MonitorCommand : Command
{
    private const int IntervalSecondsDefault = 60;
    private const int SecondsMax = 31 * 24 * 60 * 60;
    private const string New = "new";
    private const string All = "all";

    private readonly CliEnvironment _environment;
    private readonly GatewayOptions _gateway;
    private readonly TrustOptions _trust = new(required: false);
    private readonly Argument<string> _url = AddressArgument.Create();
    private readonly Argument<string> _chain = ChainArgument.Create();
    private MonitorSeverity _gravest = MonitorSeverity.Info;

    private readonly Option<FileInfo> _state = new("--state")
    {
        Description = "Where to remember what was seen; made at first contact.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<DirectoryInfo?> _evidence = new("--evidence")
    {
        Description = "The folder for evidence files; without it, the folder of the state.",
        HelpName = "DIR",
    };

    private readonly Option<bool> _once = new("--once") { Description = "Looks once and ends, for cron." };

    private readonly Option<ulong?> _interval = new("--interval")
    {
        Description = $"Seconds between two looks; without it {IntervalSecondsDefault}.",
        HelpName = "SECONDS",
        CustomParser = result => ReadSeconds(result, "--interval"),
    };

    private readonly Option<ulong?> _staleAfter = new("--stale-after")
    {
        Description = "Oldest that the newest checkpoint may be, in seconds; without it, any age will do.",
        HelpName = "SECONDS",
        CustomParser = result => ReadSeconds(result, "--stale-after"),
    };

    private readonly Option<string?> _rehash = new("--rehash")
    {
        Description = "Reads entries and hashes them: those that are new, or with --rehash=all every one "
            + "first. Needs a token that may read the chain, unless its entries are public.",
        HelpName = "new|all",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _verbose = new("--verbose")
    {
        Description = "Text for people on standard error, also where that is no terminal.",
    };

    public MonitorCommand(CliEnvironment environment)
        : base("monitor", "Follows a log, and proves it when the log contradicts itself.")
    {
        _environment = environment;
        _gateway = new(environment);
        Add(_url);
        Add(_chain);
        Add(_state);
        Add(_trust.Policy);
        Add(_trust.Images);
        Add(_trust.SimulatedRoot);
        Add(_once);
        Add(_interval);
        Add(_staleAfter);
        Add(_rehash);
        Add(_evidence);
        Add(_verbose);
        _gateway.AddTokenTo(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_rehash) is not (null or New or All))
                result.AddError("--rehash takes new or all: write --rehash=new or --rehash=all.");
        });
        SetAction(RunAsync);
    }

    private static ulong? ReadSeconds(ArgumentResult result, string name) =>
        WholeNumber.Read(result, 1, SecondsMax, $"{name} takes 1 to {SecondsMax} seconds.");

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var options = new MonitorOptions
        {
            Policy = _trust.ReadPolicy(parsed),
            Rehash = ReadRehash(parsed),
            StaleAfter = parsed.GetValue(_staleAfter) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        var enclaves = _trust.ReadEnclaves(parsed);
        var stateFile = parsed.GetRequiredValue(_state).FullName;
        var evidence = new EvidenceFolder(
            parsed.GetValue(_evidence)?.FullName ?? Path.GetDirectoryName(stateFile)!);
        var chain = ChainArgument.Read(parsed, _chain);
        using var connection = new GatewayConnection(
            _environment, AddressArgument.Read(parsed, _url), _gateway.ReadToken(parsed));
        try
        {
            using var file = MonitorStateFile.Open(stateFile);
            var monitor = new LogMonitor(connection.Client, chain, enclaves, evidence, options,
                file.Load(chain, options.Policy), _environment.Time);
            return await FollowAsync(parsed, monitor, file, cancellation).ConfigureAwait(false);
        }
        catch (MonitorStateException unusable)
        {
            throw CliException.Usage(unusable.Message, unusable);
        }
        catch (Exception fault) when (fault is not CliException)
        {
            // Such as an output that takes no more. It must not look like a contradiction that is proven,
            // nor hide one.
            _environment.Error.WriteLine(Plain.Text($"The monitor failed: {fault.Message} "
                + $"({fault.GetType().Name}). What its last look found may not have been told."));
            return MonitorExit.OfFault(_gravest);
        }
    }

    /// <summary>
    /// Looks until asked to stop; the exit code is that of the gravest event since the start.
    /// </summary>
    private async Task<int> FollowAsync(
        ParseResult parsed, LogMonitor monitor, MonitorStateFile file, CancellationToken cancellation)
    {
        var printer = new EventPrinter(_environment, parsed.GetValue(_verbose));
        var interval = TimeSpan.FromSeconds(parsed.GetValue(_interval) ?? IntervalSecondsDefault);
        var saved = monitor.State;
        try
        {
            while (true)
            {
                var round = await monitor.LookAsync(cancellation).ConfigureAwait(false);
                _gravest = round.Severity > _gravest ? round.Severity : _gravest;
                printer.Print(round);
                if (monitor.State is { } state && state != saved)
                    Save(file, saved = state);
                if (parsed.GetValue(_once))
                    break;
                await Task.Delay(interval, _environment.Time, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to stop: what was seen until then counts.
        }

        return MonitorExit.Of(_gravest);
    }

    /// <summary>
    /// A monitor that cannot remember would take the next checkpoint on trust: it ends instead.
    /// </summary>
    private static void Save(MonitorStateFile file, MonitorState state)
    {
        try
        {
            file.Save(state);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage(
                $"The state {file.Path} cannot be written: {unwritable.Message} Make room, or give another "
                    + "file.",
                unwritable);
        }
    }

    private RehashMode ReadRehash(ParseResult parsed) => parsed.GetResult(_rehash) switch
    {
        null or { Implicit: true } => RehashMode.None,
        _ => parsed.GetValue(_rehash) == All ? RehashMode.All : RehashMode.New,
    };
}
