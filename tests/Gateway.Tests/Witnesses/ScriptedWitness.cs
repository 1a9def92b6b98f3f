using System.Text;
using Sequencer.Core;
using Sequencer.Core.Tests.Witnesses;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>An honest witness over HTTP, which a test may hold up.</summary>
internal sealed class ScriptedWitness : IAsyncDisposable
{
    private readonly ModelWitness _model;
    private readonly ScriptedServer _server;
    private volatile TaskCompletionSource? _held;

    public ScriptedWitness(string name, Func<string, VerifierKey> logKeyOf)
    {
        _model = new ModelWitness(name, logKeyOf, TimeProvider.System)
        {
            Before = _ => _held?.Task ?? Task.CompletedTask,
        };
        _server = new ScriptedServer(request => AnswerAsync(_model, request));
    }

    public VerifierKey Key => _model.Key;

    public string PolicyLine => $"witness {_model.Name} {Key} {_server.Url}\n";

    /// <summary>Lets every request wait from now on.</summary>
    public void Hold() => _held = new TaskCompletionSource();

    /// <summary>Answers what waits, and what comes.</summary>
    public void Release()
    {
        var held = _held;
        _held = null;
        held?.TrySetResult();
    }

    public ValueTask DisposeAsync()
    {
        Release();
        return _server.DisposeAsync();
    }

    /// <summary>What an honest witness answers to a request over HTTP.</summary>
    public static async Task<string?> AnswerAsync(ModelWitness witness, string request)
    {
        var body = Encoding.Latin1.GetBytes(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        var asked = AddCheckpointRequest.Parse(body);
        var answer = await witness.AddCheckpointAsync(
            asked.OldSize, asked.Proof, Encoding.UTF8.GetBytes(asked.Checkpoint), CancellationToken.None);
        return answer switch
        {
            WitnessAnswer.Cosigned(var lines) => ScriptedServer.Answer(
                "200 OK", "text/plain", Encoding.Latin1.GetString(lines.Span)),
            WitnessAnswer.Behind(var size) =>
                ScriptedServer.Answer("409 Conflict", "text/x.tlog.size", $"{size}\n"),
            WitnessAnswer.Refused(var status, var reason) =>
                ScriptedServer.Answer($"{status} No", "text/plain", reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
