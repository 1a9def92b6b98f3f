using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

public sealed class SimulatedProgramTests : IDisposable
{
    private readonly SimulatedProgram _program = new();

    [Fact]
    public async Task Terminated_EndsCleanlyAndRemovesItsSocket()
    {
        var process = _program.Start();
        await SimulatedProgram.ListeningAsync(process);
        await using var session = await _program.OpenAsync(1);
        SimulatedProgram.Stop(process);
        (await SimulatedProgram.EndAsync(process)).ExitCode.Should().Be(0);
        await session.Ended;
        File.Exists(_program.SocketPath).Should().BeFalse();
    }

    [Fact]
    public async Task Killed_AndStartedAgain_ResumesTheChainInItsNextEpoch()
    {
        var leaves = Tree.Leaves(0, 9);
        var first = _program.Start();
        await SimulatedProgram.ListeningAsync(first);
        ResumeRequest resume;
        await using (var session = await _program.OpenAsync(1))
        {
            await session.SendAsync<OpenReply>(new CreateRequest(Epoch.Demo), default);
            var appended = (await session.SendAsync<AppendReply>(
                Epoch.Appending(Epoch.Demo, 0, leaves), default)).Results[0];
            var document = (await session.SendAsync<AttestReply>(new AttestRequest(null), default)).Document;
            resume = new ResumeRequest(
                Epoch.Demo, new Checkpoint(Epoch.Demo, 9, appended.Root).ToNoteText(), appended.Time,
                appended.Cosignature, document, Tree.Range(leaves));
            first.Kill();
            await session.Ended;
        }

        File.Exists(_program.SocketPath).Should().BeTrue("a killed process leaves it");
        var second = _program.Start();
        await SimulatedProgram.ListeningAsync(second);
        await using var next = await _program.OpenAsync(1);
        (await next.SendAsync<OpenReply>(resume, default)).Head.Size.Should().Be(9);
    }

    [Fact]
    public async Task ItsRoot_IsMadeOnce_ForItsOwnerAlone_AndSaysWhatItIs()
    {
        var process = _program.Start();
        await SimulatedProgram.ListeningAsync(process);
        await using var session = await _program.OpenAsync(null);
        var reply = await session.SendAsync<DescribeReply>(new DescribeRequest(), default);
        (reply.Mode, reply.Cosigner)
            .Should().Be((EnclaveMode.Simulated, "sequencer.test/log/_simulated-enclave"));
        File.GetUnixFileMode(_program.PathOf("root.key"))
            .Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var root = Simulation.SimulatedRoot.Load(
            _program.PathOf("root.pem"), _program.PathOf("root.key"));
        root.Trusted.Subject.Should().Contain(TrustedRoot.SimulatedMark);
    }

    public static TheoryData<string[], int, string> Failures => new()
    {
        { [], 2, "--listen is missing" },
        {
            ["--listen", "unix:///e", "--root-certificate", "a", "--root-key", "b", "--config", "/none"],
            1, "/none"
        },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task WhatCannotStart_SaysWhyInOneLine(string[] arguments, int exitCode, string named)
    {
        var (code, said) = await SimulatedProgram.EndAsync(_program.Start(arguments));
        code.Should().Be(exitCode);
        said.Should().Contain(named);
        said.TrimEnd().Split('\n').Length.Should().Be(exitCode, "usage comes with a line of its own");
    }

    [Theory]
    [InlineData("--version", @"^\d+\.\d+\.\d+\n$")]
    [InlineData("--help", @"^usage: sequencer-enclave-simulated --listen (.|\n)* to /etc/sequencer/enclave.json\.")]
    public async Task AskedAboutItself_ItAnswersAndEnds(string argument, string expected)
    {
        var (code, said) = await SimulatedProgram.EndAsync(_program.Start(argument));
        code.Should().Be(0);
        said.Should().MatchRegex(expected);
    }

    [Fact]
    public async Task APolicyWhoseQuorumsCanBeDisjoint_KeepsItFromBooting()
    {
        using var witnesses = new TestWitnesses("a", "b", "c");
        var lines = string.Join("\", \"", witnesses.Policy(1).TrimEnd().Split('\n'));
        await File.WriteAllTextAsync(
            _program.PathOf("witnessed.json"),
            $$"""{"log_prefix": "sequencer.test/log", "witness_policy": ["{{lines}}"]}""");
        var (code, said) = await SimulatedProgram.EndAsync(_program.Start(
            "--listen", $"unix://{_program.SocketPath}", "--config", _program.PathOf("witnessed.json"),
            "--root-certificate", _program.PathOf("root.pem"), "--root-key", _program.PathOf("root.key")));
        code.Should().Be(1);
        said.Should().Contain("witnessed.json: witness_policy: two sets of witnesses")
            .And.Contain("without a common member");
    }

    public void Dispose() => _program.Dispose();
}
