using Sequencer.EnclaveHost;
using Sequencer.Protocol;

namespace Sequencer.Enclave.Tests;

public sealed class HostArgumentsTests
{
    private static readonly string[] Root = ["--root-certificate", "c.pem", "--root-key", "k.pem"];

    [Fact]
    public void Parse_EveryOption_IsTaken()
    {
        var arguments = HostArguments.Parse(
            ["--config", "e.json", .. Root, "--listen", "unix:///run/e.sock"]);
        arguments.Listen.Should().Be(new EnclaveEndpoint.Unix("/run/e.sock"));
        arguments.ConfigFile.Should().Be("e.json");
        arguments.Nsm["--root-key"].Should().Be("k.pem");
    }

    [Fact]
    public void Parse_WithoutAConfiguration_TakesTheImages() =>
        HostArguments.Parse(["--listen", "vsock://any:5005", .. Root]).ConfigFile
            .Should().Be("/etc/sequencer/enclave.json");

    public static TheoryData<string[], string> Wrong => new()
    {
        { [], "--listen is missing" },
        { ["--listen", "unix:///e"], "--root-certificate is missing" },
        { ["--listen"], "needs a value" },
        { ["--listen", "unix:///a", "--listen", "unix:///b"], "twice" },
        { ["--listen", "tcp://x", .. Root], "vsock://any:port" },
        { ["--help", ""], "--help" },
        { ["--config", "", .. Root, "--listen", "unix:///e"], "--config is empty" },
        { ["unix:///e"], "'unix:///e'" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Parse_AnythingElse_SaysWhatIsWrong(string[] arguments, string named)
    {
        var act = () => HostArguments.Parse(arguments);
        act.Should().Throw<UsageException>().WithMessage($"*{named}*");
    }

    [Fact]
    public void Usage_NamesEveryOption() =>
        HostArguments.Usage.Should().ContainAll("--listen", "--config", "--root-certificate", "--root-key");
}
