namespace Sequencer.Witness;

/// <summary>
/// What the state asks of a file system: one flat folder. A port, so that tests can fail every call, with and
/// without its effect. Calls block; those for different names may run at the same time. What fails throws
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>, and may have taken effect.
/// </summary>
internal interface IStateFiles
{
    /// <summary>The names of all files.</summary>
    IReadOnlyList<string> List();

    /// <summary>The whole file; null when there is none.</summary>
    byte[]? Read(string name);

    /// <summary>Makes or overwrites a file; on return its bytes are on stable storage.</summary>
    void Write(string name, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Puts one file in the place of another, whole or not at all; certain to last only after
    /// <see cref="SyncFolder"/>.
    /// </summary>
    void Rename(string from, string to);

    /// <summary>Removes a file, if it is there.</summary>
    void Delete(string name);

    /// <summary>Makes every rename that returned before this call last through any crash.</summary>
    void SyncFolder();
}
