using System.Diagnostics;
using Sequencer.Testing;

namespace Sequencer.EnclaveHost.LiveTests;

/// <summary>The Nitro program as it is published, once for all tests.</summary>
internal static class PublishedProgram
{
    private static readonly Lazy<Task<string>> Published = new(PublishAsync);

    /// <summary>What publishing needs beside the SDK.</summary>
    public const string Linker = "gcc";

    /// <summary>The folder with the program and the libraries that go with it.</summary>
    public static Task<string> FolderAsync() => Published.Value;

    public static async Task<string> PathAsync() => Path.Combine(await FolderAsync(), "sequencer-enclave");

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }

    private static async Task<string> PublishAsync()
    {
        var folder = Directory.CreateTempSubdirectory("sequencer-enclave").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var project = Path.Combine(SharedData.RepositoryRoot, "src", "EnclaveHost");
        var (exitCode, output) = await RunAsync("dotnet", "publish", project, "-c", "Release", "-o", folder);
        return exitCode == 0 ? folder : throw new InvalidOperationException(output);
    }
}

/// <summary>A test of the published program; skipped, saying so, where it cannot be linked.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublishedFactAttribute : FactAttribute
{
    public PublishedFactAttribute()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, PublishedProgram.Linker))))
            Skip = $"Native AOT needs {PublishedProgram.Linker}, which is not installed.";
    }
}
