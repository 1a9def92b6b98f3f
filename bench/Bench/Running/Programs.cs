namespace Sequencer.Bench.Running;

/// <summary>Where the built programs are: beside this one, in the repository that it was built in.</summary>
internal static class Programs
{
    private const string Output = "bin/Release/net10.0";

    public static string RepositoryRoot { get; } = FindRoot();

    public static string Gateway { get; } = Built("src/Gateway", "sequencer-gateway");

    public static string Enclave { get; } = Built("src/EnclaveHost.Simulated", "sequencer-enclave-simulated");

    public static string Witness { get; } = Built("src/Witness", "sequencer-witness");

    public static string Cli { get; } = Built("src/Cli", "sequencer");

    public static string Bare { get; } = Built("bench/Bare", "bare-kestrel");

    /// <summary>A file that stands beside this program.</summary>
    public static string Beside(string name) => Path.Combine(AppContext.BaseDirectory, name);

    private static string Built(string project, string name)
    {
        var path = Path.Combine(RepositoryRoot, project, Output, name);
        return File.Exists(path)
            ? path
            : throw new BenchException($"{path} is missing: run the benchmark by `make bench`, which builds it.");
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Sequencer.sln")))
                return folder;
        }

        throw new BenchException("Sequencer.sln was not found above this program: run it from a clone.");
    }
}
