using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>The real program's command <c>key</c>.</summary>
public sealed class LogKeyPrinterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Key_IsPrintedForWitnessesAndForPolicies_WithoutALedger()
    {
        await RunAsync(0, ["config"]);
        Directory.Delete(_folder.Under("data"), recursive: true);
        using var key = PrivateKeyText.Parse(await File.ReadAllTextAsync(_folder.Under("secrets/log.key")));

        (await RunAsync(0, ["key"])).Should().Be($"{key.VerifierKey}\n").And.StartWith("127.0.0.1:5000/log+");
        var lines = (await RunAsync(0, ["key", "--chain", "demo"])).Split('\n');

        lines[0].Should().Be($"{key.VerifierKey}");
        var log = TlogPolicy.Parse($"{lines[1]}\nquorum none\n").Logs.Should().ContainSingle().Which.Key;
        (log.Name, log.Type).Should().Be(("127.0.0.1:5000/log/demo", SignatureType.Ed25519));
        log.PublicKey.ToArray().Should().Equal(key.VerifierKey.PublicKey.ToArray());
    }

    [Fact]
    public async Task Key_OfAnotherFile_IsPrintedUnderTheSamePrefix()
    {
        await RunAsync(0, ["config"]);
        using var next = PrivateKeyText.Generate("next");
        _folder.Write("next.key", next.Export());

        var said = await RunAsync(0, ["key"], ("SEQUENCER__LOG__KEY_FILE", "next.key"));

        said.Should().Be($"{VerifierKey.Create(
            "127.0.0.1:5000/log", SignatureType.Ed25519, next.VerifierKey.PublicKey.Span)}\n");
    }

    [Theory]
    [InlineData(1, "setup/config.toml does not exist", "key")]
    [InlineData(2, "--chain Demo: a chain id matches [a-z0-9]", "key", "--chain", "Demo")]
    [InlineData(2, "--chain is not understood here", "key", "--chain")]
    [InlineData(2, "--chain is not understood here", "--chain", "demo")]
    [InlineData(2, "key is not understood here", "--init", "key")]
    public async Task Mistake_IsNamed(int code, string expected, params string[] arguments) =>
        (await RunAsync(code, arguments)).Should().Contain(expected);

    private async Task<string> RunAsync(
        int code, string[] arguments, params (string, string)[] environment)
    {
        await using var process = GatewayProcess.Start(_folder.Path, arguments, environment);
        (await process.EndAsync()).Should().Be(code, process.Output);
        return process.Output;
    }
}
