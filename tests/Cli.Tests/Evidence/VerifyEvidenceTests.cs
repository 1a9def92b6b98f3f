using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Client;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Evidence;

/// <summary>What a stranger is told of an evidence file: no gateway, no network.</summary>
public sealed class VerifyEvidenceTests : IDisposable
{
    private readonly TestLog _log = new(300);
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task OneSizeTwoRoots_IsTold()
    {
        var policy = _folder.Write("policy", _log.PolicyText);
        var run = await VerifyAsync(Evidence().ToJson(), "--policy", policy, "--images", Images(),
            "--simulated-root", Root());

        var root = _log.Tree.RootAt(300);
        using var fork = Fork();
        const string no = "no append-only list has both roots.";
        const string broke = "image or hardware broke their promise.";
        var key = _log.Enclave.Cosigner;
        var boot = $"{key.Name}, key {key.KeyId:x8} at {TestLog.Time}, of the image";
        var logKey = Evidence().LogKey;
        var image = TestLog.Images.Images[0].Measurement;
        run.Error.Should().BeEmpty();
        run.Output.Should().Be($"""
            pass  form: two checkpoints of sequencer.example/log/demo, of sizes 300 and 300
            pass  older: log signature: by sequencer.example/log/demo, key {logKey.KeyId:x8}
            pass  newer: log signature: by sequencer.example/log/demo, key {logKey.KeyId:x8}
            pass  older: enclave cosignature: by {boot} {image}
            pass  newer: enclave cosignature: by {boot} {image}
            pass  contradiction: two roots for the one size 300: {root} and {fork.Tree.RootAt(300)}
            n/a   witnesses: none are known

            PROVEN: the log sequencer.example/log/demo contradicted itself: {no}
            - The log's key {logKey.KeyId:x8} signed both checkpoints.
            - One boot of an accepted enclave, key {key.KeyId:x8}, cosigned both: {broke}
            - SIMULATED: of the enclaves nothing is proven beyond the root given with --simulated-root.
            - Which of the two came first, or is the true one, is not proven.

            """);
        run.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task WithNothingNamed_SaysWhatWasTakenFromTheEvidence()
    {
        var run = await VerifyAsync(Evidence().ToJson());

        run.ExitCode.Should().Be(0);
        run.Output.Should().Contain("n/a   older: enclave cosignature: not one that is accepted here.")
            .And.Contain("- That key was taken from the evidence. Give --policy FILE")
            .And.Contain("- Of enclaves nothing is proven.");
    }

    [Fact]
    public async Task Changed_IsNotProven()
    {
        var changed = Evidence().ToJson().Replace("\\n300\\n", "\\n301\\n", StringComparison.Ordinal);
        var run = await VerifyAsync(changed);

        run.ExitCode.Should().Be(1);
        run.Output.Should().Contain("FAIL  older: log signature: ")
            .And.EndWith(
                "NOT PROVEN: this file shows no contradiction, or was changed. It proves nothing.\n");
    }

    [Fact]
    public async Task NoEvidenceAtAll_IsNotProven()
    {
        var run = await VerifyAsync("{}");

        run.ExitCode.Should().Be(1);
        run.Output.Should().StartWith("FAIL  form: This is no evidence file: ");
    }

    [Fact]
    public async Task FileMissing_IsUsage()
    {
        var run = await CliRun.OfAsync("verify-evidence", _folder.Under("none"));

        (run.ExitCode, run.Output).Should().Be((2, ""));
        run.Error.Should().Contain("does not exist");
    }

    private TestLog Fork() => _log.Resized(300, otherFrom: 299);

    private ContradictionEvidence Evidence()
    {
        using var fork = Fork();
        return new()
        {
            FoundAt = TestLog.Clock.GetUtcNow(),
            Kind = ContradictionKind.SameSize,
            LogKey = _log.Policy.Logs[0].Key,
            Older = new(_log.NoteAt(300), _log.Enclave.Document),
            Newer = new(fork.NoteAt(300), _log.Enclave.Document),
        };
    }

    private string Images() => _folder.Write("images.json", TestLog.Images.ToJson());

    private string Root() => _folder.Write("root.der", _log.Root.Der.ToArray());

    private Task<CliRun> VerifyAsync(string json, params string[] trust) =>
        CliRun.OfAsync(["verify-evidence", _folder.Write("evidence.json", json), .. trust]);
}
