namespace Sequencer.Bench;

/// <summary>
/// A folder for one run, removed with everything in it at the end. Beside the repository's build output and not in
/// <c>/tmp</c>, which may be memory: syncs must reach a disk.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    public WorkFolder() => Path = Directory.CreateDirectory(System.IO.Path.Combine(
        Running.Programs.RepositoryRoot, "artifacts/bench", System.IO.Path.GetRandomFileName())).FullName;

    public string Path { get; }

    /// <summary>Makes a folder in it.</summary>
    public string Sub(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
