using System.Net;
using System.Text;
using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Cli.Tests.Submit;

public sealed class SubmitCommandTests : IDisposable
{
    private readonly TestLog _log = new(5);
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Submit_Text_SavesTheBundleThatVerifies()
    {
        var receipt = _folder.Under("receipt");
        var run = await SubmitAsync(["submit", "entry 3", "--out", receipt]);

        run.Should().Be(new CliRun(0, $"index 3\ncreated_at 2026-11-22T19:00:00Z\nreceipt {receipt}\n", ""));
        (await File.ReadAllTextAsync(receipt)).Should().Be(_log.Receipt(3));
        (await VerifyAsync(receipt)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Submit_File_SendsItsBytes()
    {
        var gateway = Gateway();
        var data = _folder.Write("data", TestLog.Entry(3));
        var run = await SubmitAsync(["submit", "--file", data, "--out", _folder.Under("receipt")], gateway);

        run.ExitCode.Should().Be(0);
        gateway.Asked[0].Body.Should().Equal(TestLog.Entry(3));
        gateway.Asked[0].Authorization.Should().Be("Bearer token");
    }

    [Fact]
    public async Task Submit_StandardInput_SendsItsBytes()
    {
        var gateway = Gateway();
        var run = await SubmitAsync(["submit", "--out", _folder.Under("receipt")], gateway, input: "entry 3");

        run.ExitCode.Should().Be(0);
        gateway.Asked[0].Body.Should().Equal(TestLog.Entry(3));
    }

    [Fact]
    public async Task Submit_TextThatBeginsWithAnAt_IsNoFileOfArguments()
    {
        var gateway = new ScriptedGateway(
            ScriptedGateway.Problem(HttpStatusCode.Forbidden, "token_read_only", "The token may only read."));
        var run = await SubmitAsync(["submit", "@alice"], gateway);

        gateway.Asked.Single().Body.Should().Equal("@alice"u8.ToArray());
        run.Should().Be(
            new CliRun(1, "", "The gateway refused (403 token_read_only): The token may only read.\n"));
    }

    [Fact]
    public async Task Submit_DocumentCannotBeHad_SavesTheReceiptAndWarns()
    {
        var receipt = _folder.Under("receipt");
        var gateway = new ScriptedGateway(
            ScriptedGateway.Answer(HttpStatusCode.OK, Answers.Transaction(_log, 3)),
            ScriptedGateway.Problem(HttpStatusCode.NotFound, "chain_unknown", "No such chain."));
        var run = await SubmitAsync(["submit", "entry 3", "--out", receipt], gateway);

        run.ExitCode.Should().Be(0);
        run.Error.Should().Contain("saved without the attestation document");
        (await File.ReadAllTextAsync(receipt)).Should().Be(_log.Receipt(3, bundle: false));
    }

    [Fact]
    public async Task Submit_OutputThatCannotBeWritten_IsNotSent()
    {
        foreach (var output in new[] { _folder.Under("no-such-folder/receipt"), _folder.Under("") })
        {
            var gateway = Gateway();
            var run = await SubmitAsync(["submit", "entry 3", "--out", output], gateway);

            run.ExitCode.Should().Be(2);
            run.Error.Should().Contain("cannot be written");
            gateway.Asked.Should().BeEmpty();
        }
    }

    [Fact]
    public async Task Submit_StoppedWhileItWaits_NamesTheKeyThatWasSent()
    {
        using var stop = new CancellationTokenSource();
        var gateway = new ScriptedGateway(() =>
        {
            stop.Cancel();
            throw new OperationCanceledException(stop.Token);
        });
        var run = await CliRun.OfAsync(
            new Surroundings { Gateway = gateway, Variables = { ["SEQUENCER_TOKEN"] = "token" } }, stop.Token,
            "submit", "entry 3", "--out", _folder.Under("receipt"));

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain($"--idempotency-key {gateway.Asked.Single().IdempotencyKey},");
    }

    [Fact]
    public async Task Submit_StoppedWhileItWaitsForItsInput_EndsAndSaysNothingOfAPlace()
    {
        using var stop = new CancellationTokenSource();
        using var released = new ManualResetEventSlim();
        await using var silent = new SilentStream(stop.Cancel, released);
        var run = await CliRun.OfAsync(
            new Surroundings { InputStream = silent, Variables = { ["SEQUENCER_TOKEN"] = "token" } }, stop.Token,
            "submit", "--out", _folder.Under("receipt"));
        released.Set();

        run.Should().Be(new CliRun(1, "", "Stopped before the end, as asked.\n"));
    }

    [Fact]
    public async Task Submit_OutputThatTakesNoMore_HasSavedItsReceipt()
    {
        await using var full = new FullDisk();
        var receipt = _folder.Under("receipt");
        var run = await CliRun.OfAsync(
            new Surroundings
            {
                Gateway = Gateway(),
                Output = full,
                Variables = { ["SEQUENCER_TOKEN"] = "token" },
            },
            "submit", "entry 3", "--out", receipt);

        run.ExitCode.Should().Be(1);
        File.Exists(receipt).Should().BeTrue("the entry has its place");
    }

    [Fact]
    public async Task Submit_AnswerThatCannotBeUsed_NamesTheKeyThatWasSent()
    {
        var gateway = new ScriptedGateway(ScriptedGateway.Answer(HttpStatusCode.OK, "{}"));
        var run = await SubmitAsync(["submit", "entry 3", "--out", _folder.Under("receipt")], gateway);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain($"--idempotency-key {gateway.Asked.Single().IdempotencyKey},");
    }

    [Fact]
    public async Task Submit_KeyGiven_IsSent()
    {
        var gateway = Gateway();
        await SubmitAsync(
            ["submit", "entry 3", "--out", _folder.Under("receipt"), "--idempotency-key", "mine"], gateway);

        gateway.Asked[0].IdempotencyKey.Should().Be("mine");
    }

    [Fact]
    public async Task Submit_WitnessedFinality_IsAskedForAndMustBeConfirmed()
    {
        var (confirming, silent) = (Gateway(ScriptedGateway.Witnessed), Gateway());
        string[] args = ["submit", "entry 3", "--finality", "witnessed", "--out", _folder.Under("receipt")];

        var confirmed = await SubmitAsync(args, confirming);
        var unconfirmed = await SubmitAsync(args, silent);

        confirming.Asked[0].Prefer.Should().Be("finality=witnessed");
        confirmed.ExitCode.Should().Be(0);
        unconfirmed.ExitCode.Should().Be(1);
        unconfirmed.Error.Should().Contain("signed by the enclave alone")
            .And.Contain($"--idempotency-key {silent.Asked.Single().IdempotencyKey},");
    }

    [Fact]
    public async Task Submit_OtherFinality_IsAUsageError() =>
        (await SubmitAsync(["submit", "x", "--finality", "1"])).Error
            .Should().Contain("--finality takes enclave or witnessed.");

    [Theory]
    [InlineData("enclave", "finality=enclave")]
    [InlineData(null, null)]
    public async Task Submit_FinalityOfTheEnclave_NeedsNoConfirmation(string? finality, string? prefer)
    {
        var gateway = Gateway();
        string[] chosen = finality is null ? [] : ["--finality", finality];
        var run = await SubmitAsync(
            ["submit", "entry 3", "--out", _folder.Under("receipt"), .. chosen], gateway);

        run.ExitCode.Should().Be(0);
        gateway.Asked[0].Prefer.Should().Be(prefer);
    }

    [Fact]
    public async Task Submit_TransactionTooLong_IsNotSent()
    {
        var data = _folder.Write("data", new byte[Entry.MaxSizeBytes + 1]);
        var run = await CliRun.OfAsync("submit", "--file", data, "--token", "token");

        run.ExitCode.Should().Be(2);
        run.Error.Should().Contain("longer than the 65535 bytes");
    }

    [Fact]
    public async Task Submit_RefusalWithTerminalCodes_PrintsNone()
    {
        var gateway = new ScriptedGateway(
            ScriptedGateway.Problem(HttpStatusCode.BadRequest, "bad", "\\u001b[31mred\\u0007"));
        var run = await SubmitAsync(["submit", "x"], gateway);

        run.Error.Should().NotContain("\u001b").And.NotContain("\a").And.Contain("[31mred");
    }

    [Fact]
    public async Task Submit_TokenFromFileAndUrlFromTheEnvironment_AreUsed()
    {
        var gateway = Gateway();
        var run = await CliRun.OfAsync(
            new Surroundings
            {
                Gateway = gateway,
                Variables = { ["SEQUENCER_URL"] = "http://elsewhere.test:1/below" },
            },
            "submit", "entry 3", "--token-file", _folder.Write("token", "abc.def.ghi\n"),
            "--out", _folder.Under("receipt"));

        run.ExitCode.Should().Be(0);
        gateway.Asked[0].Authorization.Should().Be("Bearer abc.def.ghi");
        gateway.Asked[0].Path.Should().Be("/below/sequence");
    }

    [Fact]
    public async Task Submit_TokenWithASpace_IsAUsageError() =>
        (await CliRun.OfAsync("submit", "x", "--token", "a b")).ExitCode.Should().Be(2);

    [Fact]
    public async Task Receipt_WithoutOut_PrintsIt()
    {
        using var gateway = new StaticGateway(_log);
        var run = await CliRun.OfAsync(
            new Surroundings { Gateway = gateway }, "receipt", "3", "--bundle", "--token", "t");

        run.Should().Be(new CliRun(0, _log.Receipt(3), ""));
    }

    [Fact]
    public async Task Receipt_WithOut_SavesReceiptAndTransaction()
    {
        using var gateway = new StaticGateway(_log);
        var (receipt, data) = (_folder.Under("receipt"), _folder.Under("data"));
        var run = await CliRun.OfAsync(new Surroundings { Gateway = gateway },
            "receipt", "3", "--bundle", "--token", "t", "--out", receipt, "--data-out", data);

        run.Should().Be(new CliRun(0, $"receipt {receipt}\n", ""));
        (await File.ReadAllBytesAsync(data)).Should().Equal(TestLog.Entry(3));
        (await VerifyAsync(receipt)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Receipt_NoSuchIndex_IsRefused()
    {
        using var gateway = new StaticGateway(_log);
        var run = await CliRun.OfAsync(
            new Surroundings { Gateway = gateway }, "receipt", "5", "--token", "t");

        run.Should().Be(new CliRun(1, "", "The chain has no index 5 yet.\n"));
    }

    private ScriptedGateway Gateway(Func<Func<HttpResponseMessage>, Func<HttpResponseMessage>>? change = null)
    {
        using var honest = new StaticGateway(_log);
        var answer = ScriptedGateway.Answer(HttpStatusCode.OK, Answers.Transaction(_log, 3));
        return new ScriptedGateway(
            change is null ? answer : change(answer),
            ScriptedGateway.Answer(HttpStatusCode.OK,
                Encoding.UTF8.GetString(honest.Honest("epochs"))));
    }

    private Task<CliRun> SubmitAsync(string[] args, ScriptedGateway? gateway = null, string input = "") =>
        CliRun.OfAsync(
            new Surroundings
            {
                Gateway = gateway ?? Gateway(),
                Input = input,
                Variables = { ["SEQUENCER_TOKEN"] = "token" },
            },
            args);

    private Task<CliRun> VerifyAsync(string receipt) => CliRun.OfAsync(
        "verify", receipt, "--data", _folder.Write("transaction", TestLog.Entry(3)),
        "--policy", _folder.Write("policy", _log.PolicyText),
        "--images", _folder.Write("images.json", TestLog.Images.ToJson()),
        "--simulated-root", _folder.Write("root.der", _log.Root.Der.ToArray()));
}
