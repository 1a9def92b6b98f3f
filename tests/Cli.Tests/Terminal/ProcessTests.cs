using System.Diagnostics;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Terminal;

/// <summary>
/// The program itself, as a process: its exit codes, and that nobody is ever shown a stack trace.
/// </summary>
public class ProcessTests
{
    private static string Data =>
        Path.Combine(SharedData.RepositoryRoot, "tests", "Cli.Tests", "Golden", "Data");

    [Fact]
    public async Task ValidReceipt_Exits0()
    {
        var (exitCode, output, error) = await RunAsync(
            "verify", $"{Data}/bundle.tlog-proof", "--data", $"{Data}/transaction",
            "--policy", $"{Data}/policy", "--images", $"{Data}/images.json",
            "--simulated-root", $"{Data}/simulated-root.pem");

        error.Should().BeEmpty();
        output.Should().Contain("VALID, BUT SIMULATED");
        exitCode.Should().Be(0);
    }

    [Fact]
    public async Task InvalidReceipt_Exits1()
    {
        var (exitCode, output, _) = await RunAsync(
            "verify", $"{Data}/bundle.tlog-proof", "--data", $"{Data}/other-transaction",
            "--policy", $"{Data}/policy", "--images", $"{Data}/images.json",
            "--simulated-root", $"{Data}/simulated-root.pem");

        output.Should().Contain("NOT VALID");
        exitCode.Should().Be(1);
    }

    [Fact]
    public async Task CommandLineThatMakesNoSense_Exits2()
    {
        var (exitCode, output, error) = await RunAsync("verify");

        output.Should().BeEmpty();
        error.Should().Contain("Try: sequencer verify --help");
        exitCode.Should().Be(2);
    }

    [Fact]
    public async Task NobodyListening_Exits1WithASentence()
    {
        // Port 1 of the loopback answers nobody: the connection is refused at once.
        var (exitCode, _, error) =
            await RunAsync("policy", "http://127.0.0.1:1", "demo", "--out", "/nonexistent/folder");

        exitCode.Should().Be(1);
        error.Should().StartWith("No connection to the gateway at http://127.0.0.1:1/")
            .And.NotContain("   at ");
    }

    [Fact]
    public async Task OutputOntoAFullDisk_IsToldAsThat()
    {
        var (exitCode, _, error) = await RunShellAsync("--help >/dev/full");

        error.Should().Be(
            "Standard output takes no more: No space left on device. What was printed until then is whole.\n");
        exitCode.Should().Be(1);
    }

    [Fact]
    public async Task OutputThatNobodyReads_IsToldAsThat()
    {
        // The shell's redirection leaves a pipe whose reader is gone before the program starts.
        var (exitCode, _, error) = await RunShellAsync("--help 1>&3", "exec 3> >(:); wait $!;");

        error.Should().StartWith("Standard output takes no more: Broken pipe.");
        exitCode.Should().Be(1);
    }

    /// <summary>Runs it from a shell, with what stands behind its arguments and before it.</summary>
    private static Task<(int ExitCode, string Output, string Error)> RunShellAsync(
        string command, string before = "") =>
        RunAsync(new ProcessStartInfo("bash", ["-c", $"{before} dotnet exec '{Program}' {command}"]));

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args) =>
        RunAsync(new ProcessStartInfo("dotnet", ["exec", Program, .. args]));

    private static string Program => Path.Combine(AppContext.BaseDirectory, "sequencer.dll");

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = start.RedirectStandardInput = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
