using System.Net;
using System.Net.Sockets;
using System.Text;
using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>The witness client against servers that answer, answer nonsense, and do not answer.</summary>
public sealed class HttpWitnessTests : IDisposable
{
    private const string Line = "\u00e2\u0080\u0094 w AAAAAAA=\n";

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    private readonly HttpMessageInvoker _http = WitnessConnections.Open();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Ask_Cosigned_GivesTheLinesAndSentTheSpecifiedRequest()
    {
        await using var server = new ScriptedServer(
            ScriptedServer.Answer("200 OK", "text/plain; charset=utf-8", Line + Line));
        var witness = Witness(server.Url, Long);

        var answer = await witness.AddCheckpointAsync(7, [MerkleHash.Empty], "note\n"u8.ToArray(), default);

        witness.Name.Should().Be("w");
        var lines = answer.Should().BeOfType<WitnessAnswer.Cosigned>().Which.Lines;
        AddCheckpointAnswer.ParseCosignatures(lines.Span).Should().HaveCount(2);
        var request = server.Requests.Single();
        request.Should().StartWith("POST /w1/add-checkpoint HTTP/1.1\r\n");
        request.Should().EndWith($"\r\n\r\nold 7\n{MerkleHash.Empty}\n\nnote\n");
    }

    [Fact]
    public async Task Ask_ManyTimesInTurn_KeepsOneConnection()
    {
        await using var server = new ScriptedServer(ScriptedServer.Answer("200 OK", "text/plain", Line));
        var witness = Witness(server.Url, Long);

        for (var i = 0; i < 20; i++)
            (await AskAsync(witness)).Should().BeOfType<WitnessAnswer.Cosigned>();

        server.Connections.Should().Be(1);
    }

    [Theory]
    [InlineData("text/x.tlog.size", "0\n", 0UL)]
    [InlineData("text/x.tlog.size; charset=utf-8", "9223372036854775807\n", 9223372036854775807UL)]
    public async Task Ask_Conflict_TeachesTheSize(string contentType, string body, ulong size) =>
        (await AskAsync(ScriptedServer.Answer("409 Conflict", contentType, body)))
            .Should().Be(new WitnessAnswer.Behind(size));

    [Theory]
    [InlineData("400 Bad Request", 400)]
    [InlineData("403 Forbidden", 403)]
    [InlineData("404 Not Found", 404)]
    [InlineData("422 Unprocessable Entity", 422)]
    [InlineData("429 Too Many Requests", 429)]
    [InlineData("500 Internal Server Error", 500)]
    [InlineData("503 Service Unavailable", 503)]
    [InlineData("204 No Matter", 204)]
    public async Task Ask_OtherStatus_IsARefusalWithItsReason(string status, int code)
    {
        // The server sends characters as bytes: these are UTF-8.
        var reason = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("no:\n\u0007\u202e\u2028 thanks\n"));
        var answer = await AskAsync(ScriptedServer.Answer(status, "text/plain", code == 204 ? "" : reason));

        var refused = answer.Should().BeOfType<WitnessAnswer.Refused>().Which;
        refused.Status.Should().Be(code);
        refused.Reason.Should().Be(code == 204 ? "it gave no reason" : "no:???? thanks");
    }

    [Fact]
    public async Task Ask_Redirect_IsNotFollowed()
    {
        await using var elsewhere = new ScriptedServer(ScriptedServer.Answer("200 OK", "text/plain", Line));
        await using var server = new ScriptedServer(
            $"HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere.Url}\r\nContent-Length: 0\r\n\r\n");

        var answer = await AskAsync(Witness(server.Url, Long));

        answer.Should().BeOfType<WitnessAnswer.Refused>().Which.Status.Should().Be(307);
        elsewhere.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u00e2\u0080\u0094 w AAAAAAA=")]
    [InlineData("<html>welcome to the hotel's network</html>\n")]
    [InlineData("\u00ff\n")]
    public async Task Ask_TwoHundredWithGarbage_IsARefusal(string body) =>
        (await AskAsync(ScriptedServer.Answer("200 OK", "text/plain", body)))
            .Should().BeOfType<WitnessAnswer.Refused>().Which.Status.Should().Be(200);

    [Theory]
    [InlineData("text/plain", "5\n")]
    [InlineData("text/x.tlog.size", "five\n")]
    [InlineData("text/x.tlog.size", "5")]
    [InlineData("text/x.tlog.size", "-5\n")]
    [InlineData("text/x.tlog.size", "9223372036854775808\n")]
    public async Task Ask_ConflictWithoutASize_IsARefusal(string contentType, string body) =>
        (await AskAsync(ScriptedServer.Answer("409 Conflict", contentType, body)))
            .Should().BeOfType<WitnessAnswer.Refused>().Which.Status.Should().Be(409);

    [Fact]
    public async Task Ask_HugeBodyWithOrWithoutItsLength_IsARefusal()
    {
        var huge = new string('a', 10 * AddCheckpointAnswer.MaxSizeBytes);

        (await AskAsync(ScriptedServer.Answer("200 OK", "text/plain", huge)))
            .Should().BeOfType<WitnessAnswer.Refused>().Which.Reason.Should().Contain("65536");
        (await AskAsync("HTTP/1.1 200 OK\r\n\r\n" + huge))
            .Should().BeOfType<WitnessAnswer.Refused>().Which.Reason.Should().Contain("65536");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")]
    public async Task Ask_HungSocket_IsUnreachableWhenTheTimeIsOver(string? answer)
    {
        await using var server = new ScriptedServer(_ => Task.FromResult(answer));

        (await AskAsync(Witness(server.Url, Short)))
            .Should().BeOfType<WitnessAnswer.Unreachable>()
            .Which.Reason.Should().StartWith("no whole answer");
    }

    [Fact]
    public async Task Ask_NotHttp_IsUnreachable() =>
        (await AskAsync("SSH-2.0-OpenSSH\r\n\r\n")).Should().BeOfType<WitnessAnswer.Unreachable>();

    [Fact]
    public async Task Ask_HugeHead_IsUnreachable() =>
        (await AskAsync("HTTP/1.1 200 OK\r\nX: " + new string('a', 100_000) + "\r\n\r\n"))
            .Should().BeOfType<WitnessAnswer.Unreachable>();

    [Fact]
    public async Task Ask_NobodyListens_IsUnreachable()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        (await AskAsync(Witness($"http://{bound.LocalEndPoint}", Long)))
            .Should().BeOfType<WitnessAnswer.Unreachable>();
    }

    [Fact]
    public async Task Ask_CancelledByTheCaller_Throws()
    {
        await using var server = new ScriptedServer();
        using var caller = new CancellationTokenSource(Short);

        var asking = () => Witness(server.Url, Long).AddCheckpointAsync(0, [], "n"u8.ToArray(), caller.Token);

        (await asking.Should().ThrowAsync<OperationCanceledException>())
            .Which.CancellationToken.Should().Be(caller.Token);
    }

    [Theory]
    [InlineData("witness.example")]
    [InlineData("ftp://witness.example")]
    [InlineData("")]
    public void Create_NotAWebAddress_SaysWhatIsExpected(string url) =>
        FluentActions.Invoking(() => Witness(url, Long)).Should().Throw<ArgumentException>()
            .WithMessage("*witness w*https://witness.example*");

    private async Task<WitnessAnswer> AskAsync(string answer)
    {
        await using var server = new ScriptedServer(answer);
        return await AskAsync(Witness(server.Url, Long));
    }

    private static Task<WitnessAnswer> AskAsync(HttpWitness witness) =>
        witness.AddCheckpointAsync(0, [], "note\n"u8.ToArray(), CancellationToken.None);

    private HttpWitness Witness(string url, TimeSpan timeout) =>
        new("w", url, _http, timeout, TimeProvider.System);
}
