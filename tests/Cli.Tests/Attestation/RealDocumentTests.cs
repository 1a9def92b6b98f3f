using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Attestation;

/// <summary>Documents that AWS's own modules made, and one that somebody else did.</summary>
public class RealDocumentTests
{
    private const string Production = "nitro/01-blocky-nitrite-prod-2024-09-07.b64";
    private const string Debug = "nitro/02-blocky-nitrite-debug-2024-09-07.b64";
    private const string SelfSigned = "nitro/03-blocky-nitrite-selfsigned-2024-04-17.b64";
    private const string Recent = "nitro/13-fastcrypto-indef-2025-11-10.b64";

    [SharedDataFact(Production)]
    public async Task Verify_ProductionDocument_IsAcceptedAtItsOwnTime()
    {
        var run = await VerifyAsync(Production);

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("module      i-0a22e5c5f24d22174-enc0191cceb4289903f")
            .And.Contain("time        2024-09-07T14:37:39.545Z").And.Contain("CN=aws.nitro-enclaves")
            .And.Contain("(1024 bytes)").And.Contain("ACCEPTED, but for no particular image");
    }

    [SharedDataFact(Recent)]
    public async Task Verify_EitherAlphabetOfBase64OrRaw_IsTheSameDocument()
    {
        using var folder = new TempFolder();
        var text = SharedData.ReadText(Recent).ReplaceLineEndings("");
        var wrapped = string.Join("\r\n", text.Chunk(76).Select(line => new string(line)));
        var url = text.Replace('+', '-').Replace('/', '_').TrimEnd('=') + "\n";
        var raw = folder.Write("raw", Convert.FromBase64String(text));
        foreach (var file in new[] { folder.Write("wrapped", wrapped), folder.Write("url", url), raw })
            (await CliRun.OfAsync(["attestation", "verify", file])).ExitCode.Should().Be(0, file);
        (await CliRun.OfAsync(["attestation", "verify", folder.Write("cut", text[..^9])]))
            .ExitCode.Should().Be(1);
    }

    [SharedDataFact(Production)]
    public async Task Verify_ProductionDocumentNow_IsRefusedAsExpired()
    {
        var run = await VerifyAsync(Production, "--at", "now");

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("FAIL  Every certificate is valid at the time of verification");
    }

    [SharedDataFact(Production)]
    public async Task Verify_ProductionDocumentWithItsImage_IsAcceptedForThatImage()
    {
        using var folder = new TempFolder();
        var shown = (await VerifyAsync(Production)).Output.Split('\n');
        var pcrs = from line in shown
                   where line.StartsWith("PCR", StringComparison.Ordinal) && line[3] is >= '0' and <= '2'
                   select $"\"{line[..4]}\": \"{line[12..]}\"";
        var images = folder.Write("pcrs.json",
            $$"""{"Measurements": {"HashAlgorithm": "Sha384 { ... }", {{string.Join(", ", pcrs)}} } }""");
        var nonce = string.Concat(Enumerable.Repeat("01", 1024));
        var run = await VerifyAsync(Production, "--pcrs", images, "--nonce", nonce);

        run.ExitCode.Should().Be(0);
        run.Output.Should().EndWith("ACCEPTED: a Nitro enclave of an accepted image made this document.\n");
    }

    [SharedDataFact(Debug)]
    public async Task Verify_DebugDocument_IsRefusedForThatAlone()
    {
        var run = await VerifyAsync(Debug);

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("FAIL  The enclave is not in debug mode")
            .And.Contain("REFUSED: 1 rule failed");
    }

    [SharedDataFact(SelfSigned)]
    public async Task Verify_SelfSignedDocument_IsRefused() =>
        (await VerifyAsync(SelfSigned)).ExitCode.Should().Be(1);

    [SharedDataFact(Recent)]
    public async Task Verify_DocumentOfTheNewEncoding_IsAccepted()
    {
        var run = await VerifyAsync(Recent);

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("PCR16 ").And.Contain("user data   empty")
            .And.Contain("nonce       none");
    }

    private static Task<CliRun> VerifyAsync(string document, params string[] args) =>
        CliRun.OfAsync(["attestation", "verify", SharedData.FilePath(document), .. args]);
}
