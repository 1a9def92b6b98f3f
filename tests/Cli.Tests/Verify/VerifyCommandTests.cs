using System.Text;
using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Cli.Tests.Verify;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly TestLog _log = new(5);
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Verify_ReceiptThatIsNoUtf8OrTooLong_IsToldWithTheChecksAsInvalid()
    {
        var damaged = Encoding.UTF8.GetBytes(_log.Receipt(3));
        damaged[^10] ^= 0x80;
        foreach (var (receipt, why) in new[]
        {
            (damaged, "The receipt is not UTF-8: bad byte at "),
            (new byte[2 * SignedNote.MaxSizeBytes + 1], "A proof is at most "),
        })
        {
            var run = await VerifyAsync(_folder.Write("damaged", receipt));

            run.ExitCode.Should().Be(1);
            run.Output.Should().Contain(why).And.Contain("NOT VALID");
            run.Error.Should().BeEmpty();
        }
    }

    private Task<CliRun> VerifyAsync(string receipt) => CliRun.OfAsync(
        "verify", receipt, "--data", _folder.Write("transaction", TestLog.Entry(3)),
        "--policy", _folder.Write("policy", _log.PolicyText),
        "--images", _folder.Write("images.json", TestLog.Images.ToJson()),
        "--simulated-root", _folder.Write("root.der", _log.Root.Der.ToArray()));
}
