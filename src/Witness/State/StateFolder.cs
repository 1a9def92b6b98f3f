using System.Runtime.InteropServices;

namespace Sequencer.Witness;

/// <summary>The state's folder on disk, held by one process at a time.</summary>
internal sealed partial class StateFolder : IStateFiles, IDisposable
{
    private const string LockName = "lock";
    private const int WouldBlock = 11; // EWOULDBLOCK
    private const int CloseOnExec = 0x80000; // O_CLOEXEC, and O_RDONLY, which is 0

    private readonly string _folder;
    private readonly FileStream _lock;

    private StateFolder(string folder, FileStream lockFile) => (_folder, _lock) = (folder, lockFile);

    /// <summary>Takes the folder for this process.</summary>
    /// <param name="make">Whether a missing folder is made.</param>
    /// <exception cref="StateException">
    /// When it is missing, cannot be used, or another process has it.
    /// </exception>
    public static StateFolder Take(string folder, bool make)
    {
        if (!make && !Directory.Exists(folder))
        {
            throw new StateException(
                $"The state folder '{folder}' does not exist. If its volume is not mounted, mount it: a "
                + "witness that forgets what it cosigned can be made to cosign a second history. Only if "
                + "this key has never cosigned anything, start once with --init.");
        }

        try
        {
            SecretFile.CloseFolder(folder);
            var path = Path.Combine(folder, LockName);
            return new StateFolder(
                folder, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException taken) when (IsTaken(taken))
        {
            throw new StateException(
                $"Another process holds the state folder '{folder}'; one witness at a time may. Stop the "
                + "other one.", taken);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new StateException(
                $"The state folder '{folder}' cannot be used: {refused.Message}", refused);
        }
    }

    public IReadOnlyList<string> List() =>
        [.. Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)!)
            .Where(name => name != LockName)];

    public byte[]? Read(string name)
    {
        try
        {
            return File.ReadAllBytes(PathOf(name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(
            PathOf(name), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to), overwrite: true);

    public void Delete(string name) => File.Delete(PathOf(name));

    public void SyncFolder()
    {
        var folder = Open(_folder, CloseOnExec);
        if (folder < 0)
            throw Failure();
        try
        {
            if (Sync(folder) != 0)
                throw Failure();
        }
        finally
        {
            _ = Close(folder);
        }
    }

    public void Dispose() => _lock.Dispose();

    private string PathOf(string name) => Path.Combine(_folder, name);

    private IOException Failure() =>
        new($"The folder '{_folder}' could not be synced: {Marshal.GetLastPInvokeErrorMessage()}");

    // flock's error number, which the framework hands on.
    private static bool IsTaken(IOException failure) => failure.HResult == WouldBlock;

    [LibraryImport(
        "libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
