namespace Sequencer.Bench;

/// <summary>
/// A folder for one run, removed with everything in it at the end. Beside the repository's build output and not in
/// <c>/tmp</c>, which may be memory: syncs must reach a disk.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private static readonly Lock Removing = new();
    private static WorkFolder? _current;

    public WorkFolder()
    {
        Path = Directory.CreateDirectory(System.IO.Path.Combine(
            Running.Programs.RepositoryRoot, "artifacts/bench", System.IO.Path.GetRandomFileName())).FullName;
        _current = this;
    }

    public string Path { get; }

    /// <summary>Makes a folder in it.</summary>
    public string Sub(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    /// <summary>Removes the folder of the run that is under way, if any.</summary>
    public static void RemoveCurrent() => _current?.Dispose();

    public void Dispose()
    {
        // A run that is interrupted removes it from two sides.
        lock (Removing)
        {
            if (Directory.Exists(Path))
                Directory.Delete(Path, recursive: true);
        }
    }
}
