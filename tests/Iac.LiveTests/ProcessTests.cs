using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sequencer.Iac.LiveTests;

/// <summary>What only a process shows: signals, terminals, a full disk, a server that is silent.</summary>
[Collection(OneAws.Name)]
public sealed class ProcessTests(Aws aws)
{
    [EmulatorFact]
    public async Task CtrlC_WhileAskingAServerThatNeverAnswers_EndsAtOnceWithAnAccount()
    {
        using var work = new Workspace(aws);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var process = work.Start($"key list --endpoint-url http://{silent.LocalEndpoint}");
        using (await silent.AcceptSocketAsync())
        {
            using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            var error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            error.Should().Contain("Interrupted. Nothing was created, changed or deleted.");
            process.ExitCode.Should().Be(1);
        }
    }

    [EmulatorFact]
    public async Task ServerThatNeverAnswers_AnyCommand_EndsWithinItsBound()
    {
        using var work = new Workspace(aws);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var clock = Stopwatch.StartNew();
        var run = await work.RunAsync($"key list --endpoint-url http://{silent.LocalEndpoint}", 5);
        run.Error.Should().Contain("AWS could not be asked to list the key pairs");
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(120));
    }

    [EmulatorFact]
    public async Task DiskFull_KeyCreate_DeletesThePairAgain()
    {
        using var work = new Workspace(aws);
        var run = await work.BashAsync(
            """
            mkdir tiny
            mount -t tmpfs -o size=4k,nr_inodes=10 none tiny
            trap 'umount tiny' EXIT
            cp -p secrets/operator.csv tiny/
            iac key create --secrets tiny || code=$?
            ls -A tiny
            exit ${code:-0}
            """);
        run.ShouldEndWith(1);
        run.Error.Should().Contain("could not be written").And.Contain("- deleted the key pair");
        run.Output.Trim().Should().Be("operator.csv", "no partial file stays");
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
    }

    [EmulatorFact]
    public async Task Terminal_Asked_ShowsTablesAndALiveLineAsksAndHeedsTheAnswer()
    {
        using var work = new Workspace(aws);
        await work.RunAsync("key create", 0);
        var refused = await OnTerminalAsync(work, "iac key delete", "n");
        refused.Should().Contain("Really delete the key pair").And.Contain("Not confirmed");
        (await OnTerminalAsync(work, "iac up", "")).Should()
            .Contain("\e[?25l", "the live line hides the cursor")
            .And.MatchRegex("\e\\[0m i-[0-9a-f]+: running, checks passed");
        (await State.AskAsync(aws, work.Prefix)).Keys.Should().ContainSingle();
        (await OnTerminalAsync(work, "iac key list", "")).Should().Contain("╭").And.Contain(work.KeyName);
        (await OnTerminalAsync(work, "iac down", "y")).Should().Contain("deleted");
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue();
    }

    /// <summary>Runs a command on a terminal made by util-linux's script, and types an answer.</summary>
    private static async Task<string> OnTerminalAsync(Workspace work, string command, string answer)
    {
        var line = command.Replace("iac ", $"{Workspace.Program} ", StringComparison.Ordinal);
        var run = await work.BashAsync(
            $"export TERM=xterm-256color\nprintf '{answer}\\n' | script -qec '{line}' /dev/null || true");
        return run.Output;
    }
}
