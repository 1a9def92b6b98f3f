using System.CommandLine;
using System.Text;
using Sequencer.Attestation;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Feed;

/// <summary><c>sequencer feed</c>: follows a chain, verifies as it goes, and prints each entry as a line.</summary>
internal sealed class FeedCommand : Command
{
    private readonly CliEnvironment _environment;
    private readonly GatewayOptions _gateway;
    private readonly TrustOptions _trust = new(required: false);
    private readonly Argument<string> _url = AddressArgument.Create();
    private readonly Argument<string> _chain = ChainArgument.Create();
    private ulong? _next;
    private bool _isAwayTold;

    private readonly Option<ulong?> _from = new("--from")
    {
        Description = "Index of the first entry; without it, what is sequenced from now on.",
        HelpName = "INDEX",
        CustomParser = WholeNumber.ReadIndex,
    };

    private readonly Option<ulong?> _count = new("--count")
    {
        Description = "Ends after so many entries; without it, never.",
        HelpName = "N",
        CustomParser = result => WholeNumber.Read(result, 1, ulong.MaxValue, "--count takes 1 or more."),
    };

    private readonly Option<FileInfo?> _position = new("--position")
    {
        Description = "Goes on from where this file says, if there is one, and says there where it ended: any "
            + "other history than the one seen before is noticed.",
        HelpName = "FILE",
    };

    public FeedCommand(CliEnvironment environment)
        : base("feed", "Follows a chain's entries as they are sequenced, and verifies them as it goes.")
    {
        _environment = environment;
        _gateway = new(environment);
        Add(_url);
        Add(_chain);
        Add(_from);
        Add(_count);
        Add(_position);
        Add(_trust.Policy);
        Add(_trust.Images);
        Add(_trust.SimulatedRoot);
        _gateway.AddTokenTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var enclaves = _trust.ReadEnclaves(parsed);
        var policy = _trust.ReadPolicy(parsed);
        if (parsed.GetValue(_position) is { } positionFile)
            OutputFile.RequireWritable(positionFile);
        Warn(parsed);
        using var connection = new GatewayConnection(
            _environment, AddressArgument.Read(parsed, _url), _gateway.ReadToken(parsed), isPatient: true);
        var follower = new LogFollower(connection.Client, ChainArgument.Read(parsed, _chain), enclaves, policy,
            new() { BeforePause = TellOnce });
        try
        {
            await PrintAsync(parsed, follower, cancellation).ConfigureAwait(false);
            return ExitCodes.Done;
        }
        catch (FeedException lie)
        {
            foreach (var checkpoint in lie.Checkpoints)
                _environment.Error.WriteLine(Plain.Text(checkpoint));
            if (lie.InnerException is AttestationException { Reason: AttestationError.RootNotTrusted }
                && parsed.GetValue(_trust.SimulatedRoot) is null)
            {
                _environment.Error.WriteLine("Where the enclave is a simulated one, permit that by giving its root's "
                    + "certificate with --simulated-root FILE.");
            }

            throw CliException.Refused($"The feed is not to be believed ({lie.Error}): {lie.Message}", lie);
        }
        finally
        {
            // Where nothing was printed, the file or --from says already where to go on; without either it is
            // the beginning, or what comes until the next run would be passed over.
            var isFromNow = parsed.GetValue(_from) is null;
            if (parsed.GetValue(_position) is { } file && (_next is not null || (isFromNow && follower.HasBegun)))
            {
                var position = _next is { } next ? follower.PositionAt(next) : follower.Position;
                OutputFile.Write(file, Encoding.UTF8.GetBytes($"{position}\n"), replace: true);
            }
        }
    }

    /// <summary>What was not asked for is not checked, and a script would not notice.</summary>
    private void Warn(ParseResult parsed)
    {
        if (parsed.GetValue(_trust.Policy) is null)
        {
            _environment.Error.WriteLine(
                "The log's key is taken from the gateway on trust. Give --policy FILE to name it.");
        }

        if (parsed.GetValue(_trust.Images) is null)
        {
            _environment.Error.WriteLine(
                "Any image is accepted that is not in debug mode. Give --images FILE to name them.");
        }
    }

    /// <summary>Says why nothing comes, once until something does: it may go on for minutes.</summary>
    private void TellOnce(SequencerClientException why)
    {
        if (!_isAwayTold)
            _environment.Error.WriteLine($"{Plain.Line(why.Message)} It is tried again.");
        _isAwayTold = true;
    }

    private IAsyncEnumerable<FeedEntry> Follow(
        ParseResult parsed, LogFollower follower, CancellationToken cancellation)
    {
        if (parsed.GetValue(_position) is { Exists: true } file)
            return follower.FollowAsync(Load(file), cancellation);
        return parsed.GetValue(_from) is { } index
            ? follower.FollowAsync(index, cancellation)
            : follower.FollowNextAsync(cancellation);
    }

    /// <summary>Prints until it has printed enough, or was asked to stop, which is a good end.</summary>
    private async Task PrintAsync(ParseResult parsed, LogFollower follower, CancellationToken cancellation)
    {
        var left = parsed.GetValue(_count) ?? ulong.MaxValue;
        try
        {
            await foreach (var entry in Follow(parsed, follower, cancellation).ConfigureAwait(false))
            {
                _environment.Output.WriteLine(EntryLine.ToJson(entry));
                // To its end: what was printed is not printed again the next time, and what nobody took is.
                await _environment.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                _next = entry.Index + 1;
                _isAwayTold = false;
                if (--left == 0)
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop: what was printed is verified.
        }
    }

    private static FeedPosition Load(FileInfo file)
    {
        try
        {
            return FeedPosition.Parse(InputFile.ReadText(file));
        }
        catch (FormatException malformed)
        {
            throw CliException.Usage(
                $"{file} is no position of a feed. {malformed.Message} "
                    + "Name another, or remove it to begin anew.",
                malformed);
        }
    }
}
