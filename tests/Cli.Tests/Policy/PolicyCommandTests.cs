using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Policy;

public sealed class PolicyCommandTests : IDisposable
{
    private readonly TestLog _log = new(5, 2);
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Policy_WritesWhatVerifiesTheChainsReceipts_AndSaysThatItIsTakenOnTrust()
    {
        var trust = _folder.Under("trust");
        var run = await PolicyAsync("--out", trust);

        run.ExitCode.Should().Be(0);
        run.Output.Should().Be(
            $"wrote {trust}/policy\nwrote {trust}/images.json\nwrote {trust}/simulated-root.pem\n");
        run.Error.Should().StartWith("TAKEN ON TRUST from http://gateway.test/");
        (await File.ReadAllTextAsync($"{trust}/policy")).Should().StartWith("# Taken on trust");
        var verified = await CliRun.OfAsync(
            "verify", _folder.Write("receipt", _log.Receipt(1)),
            "--data", _folder.Write("data", TestLog.Entry(1)),
            "--policy", $"{trust}/policy", "--images", $"{trust}/images.json",
            "--simulated-root", $"{trust}/simulated-root.pem");
        verified.ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Policy_Again_SaysTheSameAndSucceeds()
    {
        await PolicyAsync("--out", _folder.Path);
        var policy = await File.ReadAllTextAsync(_folder.Under("policy")) + "# compared by phone\n";
        _folder.Write("policy", policy);
        var run = await PolicyAsync("--out", _folder.Path);

        run.ExitCode.Should().Be(0);
        run.Output.Should().StartWith($"kept {_folder.Under("policy")}\n");
        (await File.ReadAllTextAsync(_folder.Under("policy"))).Should().Be(policy, "what its owner wrote stays");
    }

    [Fact]
    public async Task Policy_ForcedOverAFileThatIsNoText_ReplacesIt()
    {
        _folder.Write("policy", [0xff]);
        (await PolicyAsync("--out", _folder.Path, "--force")).ExitCode.Should().Be(0);
        (await File.ReadAllTextAsync(_folder.Under("policy"))).Should().StartWith("# Taken on trust");
    }

    [Fact]
    public async Task Policy_FilesThatSaySomethingElse_AreLeftAloneUnlessForced()
    {
        _folder.Write("images.json", "[]");
        var run = await PolicyAsync("--out", _folder.Path);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("images.json exists and says something else").And.Contain("--force");
        File.Exists(_folder.Under("policy")).Should().BeFalse();
        (await PolicyAsync("--out", _folder.Path, "--force")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Policy_FolderThatIsAFile_IsRefused()
    {
        var run = await PolicyAsync("--out", _folder.Write("file", ""));

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("cannot be made");
    }

    [Fact]
    public async Task Policy_NoSuchChain_SaysWhatToDo()
    {
        using var gateway = new StaticGateway(_log);
        var run = await CliRun.OfAsync(
            new Surroundings { Gateway = gateway },
            "policy", "http://gateway.test", "other", "--out", _folder.Path);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("submit a first transaction");
    }

    [Fact]
    public async Task Policy_GatewayThatContradictsItself_GetsNoFiles()
    {
        _log.ReplaceEpoch(1, epoch => epoch with { AttestationDocument = new byte[] { 0x84, 1, 2 } });
        var run = await PolicyAsync("--out", _folder.Path);

        run.ExitCode.Should().Be(1);
        run.Error.Should().Contain("does not hold, so no files were written");
        Directory.EnumerateFiles(_folder.Path).Should().BeEmpty();
    }

    private async Task<CliRun> PolicyAsync(params string[] args)
    {
        using var gateway = new StaticGateway(_log);
        return await CliRun.OfAsync(
            new Surroundings { Gateway = gateway },
            ["policy", "http://gateway.test", TestLog.Chain, .. args]);
    }
}
