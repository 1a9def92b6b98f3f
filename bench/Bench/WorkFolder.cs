namespace Sequencer.Bench;

/// <summary>
/// A folder for one run, removed with everything in it at the end. Beside the repository's build output and not in
/// <c>/tmp</c>, which may be memory: syncs must reach a disk.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private static readonly Lock Removing = new();
    private static WorkFolder? _current;

    private bool _isRemoved;

    public WorkFolder()
    {
        Path = Directory.CreateDirectory(System.IO.Path.Combine(
            Running.Programs.RepositoryRoot, "artifacts/bench", System.IO.Path.GetRandomFileName())).FullName;
        _current = this;
    }

    public string Path { get; }

    /// <summary>Makes a folder in it.</summary>
    /// <exception cref="BenchException">When it was removed, since the run is being stopped.</exception>
    public string Sub(string name)
    {
        lock (Removing)
        {
            return _isRemoved
                ? throw new BenchException("The benchmark is being stopped.")
                : Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;
        }
    }

    /// <summary>Removes the folder of the run that is under way, if any.</summary>
    public static void RemoveCurrent() => _current?.Dispose();

    public void Dispose()
    {
        // A run that is interrupted removes it from two sides.
        lock (Removing)
        {
            if (_isRemoved)
                return;
            _isRemoved = true;
            // Under another name the run, which may still be at work, makes nothing new in it.
            var removed = Path + ".removed";
            Directory.Move(Path, removed);
            Directory.Delete(removed, recursive: true);
        }
    }
}
