using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// Asks one witness, chain after chain in the order in which they have news, each of them once, a few at a
/// time. Whatever the witness does delays nothing but its own answers: while it fails it is given pauses
/// that grow, and a chain that it refuses is brought before it again after a while.
/// </summary>
internal sealed partial class WitnessWorker(
    int place, WitnessNetwork network, WitnessCoordinator coordinator, TimeProvider time, ILogger logger,
    CoreMetrics metrics)
{
    /// <summary>Most requests under way to one witness.</summary>
    public const int RequestsMax = 8;

    /// <summary>Most requests in one turn of a chain: none keeps it for ever, neither one that always has news, nor
    /// one for which the witness always answers 409.</summary>
    public const int RequestsPerTurnMax = 4;

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EarlyRest = TimeSpan.FromMilliseconds(250);

    private readonly Channel<Chain> _turns = Channel.CreateUnbounded<Chain>();
    private readonly IWitness _witness = network.Clients[place];
    private readonly VerifierKey _key = network.Policy.Witnesses[place].Key;
    private readonly string _name = network.Policy.Witnesses[place].Name;
    private readonly Lock _lock = new();
    private int _failures;
    private long _pauseEnd = time.GetTimestamp();
    private string? _complaint;

    /// <summary>How a chain's turn ended.</summary>
    private enum Turn
    {
        /// <summary>There is nothing more to ask.</summary>
        Over,

        /// <summary>It cosigns, and there may be more to ask: after the others.</summary>
        Unfinished,

        /// <summary>The witness fails: everybody waits, and the chain has its turn again.</summary>
        Failed,

        /// <summary>It does not cosign this chain: that need not concern the others.</summary>
        Refused,

        /// <summary>Its clock is not yet where it must be.</summary>
        TooEarly,
    }

    /// <summary>Brings a chain before the witness; a chain that waits already keeps its place.</summary>
    public void Ask(Chain chain)
    {
        if (chain.Witnessing!.TryTake(place))
            _turns.Writer.TryWrite(chain);
    }

    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="LedgerException">When the ledger must be opened anew.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        List<Task> askers = [.. Enumerable.Range(0, RequestsMax).Select(_ => RunAskerAsync(cancellation))];
        // The first that fails ends the engine, and with it the others.
        await await Task.WhenAny(askers);
    }

    private async Task RunAskerAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var chain = await _turns.Reader.ReadAsync(cancellation);
            await PauseAsync(cancellation);
            var turn = await TakeTurnAsync(chain, cancellation);
            if (turn is Turn.Refused or Turn.TooEarly)
                _ = RestAsync(chain, turn == Turn.Refused ? Rest : EarlyRest, cancellation);
            else if (turn is (Turn.Failed or Turn.Unfinished) || chain.Witnessing!.EndTurn(place))
                _turns.Writer.TryWrite(chain);
        }
    }

    private async Task<Turn> TakeTurnAsync(Chain chain, CancellationToken cancellation)
    {
        var cosigns = false;
        for (var i = 0; i < RequestsPerTurnMax; i++)
        {
            if (chain.Witnessing!.QuestionFor(place) is not { } question)
                return Turn.Over;
            var started = time.GetTimestamp();
            if (Prove(chain, question) is not { } proof)
                return Turn.Over;
            var answer = await _witness.AddCheckpointAsync(
                question.OldSize, proof, question.Round.Checkpoint.Note, cancellation);
            if (await JudgeAsync(chain, question, answer, started) is { } end)
                return end;
            cosigns |= answer is WitnessAnswer.Cosigned;
        }

        return cosigns ? Turn.Unfinished : Turn.Refused;
    }

    /// <summary>The proof from what the witness knows; null when the chain's tiles are damaged, which stops that chain
    /// and no other.</summary>
    private static Hash[]? Prove(Chain chain, WitnessQuestion question)
    {
        try
        {
            return chain.Tree!.ProveConsistency(question.OldSize, question.Round.Checkpoint.Size);
        }
        catch (LedgerException exception) when (exception.Reason == LedgerError.Corrupt)
        {
            chain.Stop(exception.Message);
            return null;
        }
    }

    /// <summary>Draws the conclusion from an answer; null when there may be more to ask at once.</summary>
    private async ValueTask<Turn?> JudgeAsync(
        Chain chain, WitnessQuestion question, WitnessAnswer answer, long started)
    {
        switch (answer)
        {
            case WitnessAnswer.Cosigned(var lines):
                return await AcceptAsync(chain, question.Round, lines, started);
            case WitnessAnswer.Behind(var size):
                Succeed("behind");
                return Learn(chain, question, size);
            case WitnessAnswer.Refused({ } status, var reason) when status is 400 or 403 or 404 or 422:
                Succeed("refused");
                Complain(chain, $"it answers {status}: {reason}");
                return Turn.Refused;
            case WitnessAnswer.Refused(var status, var reason):
                return Fail("refused", $"it answers {status}: {reason}", started);
            case WitnessAnswer.Unreachable(var reason):
                return Fail("unreachable", reason, started);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async ValueTask<Turn?> AcceptAsync(
        Chain chain, WitnessRound round, ReadOnlyMemory<byte> lines, long started)
    {
        NoteSignature cosignature;
        try
        {
            cosignature = CosignatureCheck.Find(lines, round.Text, _key);
        }
        catch (TlogException exception)
        {
            return Fail("invalid", $"what it answers is no cosignature of its key: {exception.Message}", started);
        }

        Succeed("cosigned");
        var stated = Cosignature.DecodeBlob(cosignature.Blob.Span, out _);
        switch (chain.Witnessing!.Accept(place, round, cosignature, stated))
        {
            case WitnessGain.Quorum:
                metrics.Witnessed(time.GetElapsedTime(round.StartedAt));
                await coordinator.WitnessedAsync(chain);
                return null;
            case WitnessGain.More:
                await coordinator.WitnessedAsync(chain);
                return null;
            case WitnessGain.TooEarly:
                return Turn.TooEarly;
            default:
                return null;
        }
    }

    private Turn? Learn(Chain chain, WitnessQuestion question, ulong size)
    {
        switch (chain.Witnessing!.Learn(place, question.Round, size, time.GetTimestamp()))
        {
            case WitnessLesson.RoundRenewed:
                coordinator.AskAll(chain);
                return null;
            case WitnessLesson.BeyondRound:
                return Turn.Refused;
            case WitnessLesson.BeyondLedger:
                Complain(chain, $"it says that it cosigned size {size}, which the ledger does not have: the ledger "
                    + "is an older copy, another log uses this origin, or the witness errs");
                return Turn.Refused;
            default:
                return size == question.OldSize ? Turn.Refused : null;
        }
    }

    private void Succeed(string outcome)
    {
        metrics.WitnessAnswered(_name, outcome);
        lock (_lock)
        {
            if (_failures == 0)
                return;
            _failures = 0;
        }

        LogAnswersAgain(logger, _name);
    }

    /// <summary>Gives the witness a pause. What was asked before the last pause began tells nothing new.</summary>
    private Turn Fail(string outcome, string reason, long started)
    {
        metrics.WitnessAnswered(_name, outcome);
        var isFirst = false;
        lock (_lock)
        {
            if (_failures == 0 || started >= _pauseEnd)
            {
                isFirst = _failures == 0;
                var pause = PauseMin * Math.Pow(2, Math.Min(_failures++, 10));
                var ticks = (pause < PauseMax ? pause : PauseMax).TotalSeconds * time.TimestampFrequency;
                _pauseEnd = time.GetTimestamp() + (long)ticks;
            }
        }

        if (isFirst)
            LogFails(logger, _name, reason);
        return Turn.Failed;
    }

    /// <summary>Says what is wrong, once in a row for all the chains that it concerns.</summary>
    private void Complain(Chain chain, string complaint)
    {
        if (Interlocked.Exchange(ref _complaint, complaint) != complaint)
            LogRefuses(logger, _name, chain.Id.Value, complaint);
    }

    private async Task PauseAsync(CancellationToken cancellation)
    {
        while (true)
        {
            TimeSpan left;
            lock (_lock)
                left = _failures == 0 ? TimeSpan.Zero : time.GetElapsedTime(time.GetTimestamp(), _pauseEnd);
            // A shorter delay is none: it would be asked for over and over until the time has passed.
            if (left < TimeSpan.FromMilliseconds(1))
                return;
            await Task.Delay(left, time, cancellation);
        }
    }

    /// <summary>Keeps a chain from the witness for a while; it stays taken meanwhile.</summary>
    private async Task RestAsync(Chain chain, TimeSpan rest, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(rest, time, cancellation);
            _turns.Writer.TryWrite(chain);
        }
        catch (OperationCanceledException)
        {
            // The engine ends, and the next one asks anew.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Witness {Witness} fails and is asked again later: {Reason}")]
    private static partial void LogFails(ILogger logger, string witness, string reason);

    [LoggerMessage(LogLevel.Information, "Witness {Witness} answers again")]
    private static partial void LogAnswersAgain(ILogger logger, string witness);

    [LoggerMessage(LogLevel.Warning, "Witness {Witness} does not cosign chain {Chain}: {Reason}")]
    private static partial void LogRefuses(ILogger logger, string witness, string chain, string reason);
}
