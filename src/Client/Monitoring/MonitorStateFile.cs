using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// A monitor's state on disk, for one monitor at a time. It is replaced whole: after a crash there is the old
/// state or the new one.
/// </summary>
public sealed class MonitorStateFile : IDisposable
{
    /// <summary>Longest state file that is read, in bytes.</summary>
    public const int SizeBytesMax = 16 << 20;

    private readonly FileStream _lock;

    private MonitorStateFile(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    /// <summary>
    /// Opens the file, which need not exist yet, and keeps other monitors out until disposed.
    /// </summary>
    /// <exception cref="MonitorStateException">
    /// When another monitor has it open, or it may not be used.
    /// </exception>
    public static MonitorStateFile Open(string path)
    {
        try
        {
            return new(path, new FileStream(
                $"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (DirectoryNotFoundException missing)
        {
            var folder = System.IO.Path.GetDirectoryName(path);
            throw new MonitorStateException(
                $"The state {path} cannot be used: the folder {folder} does not exist.", missing);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new MonitorStateException($"The state {path} cannot be used: {denied.Message}", denied);
        }
        catch (IOException unusable)
        {
            throw new MonitorStateException(
                $"The state {path} cannot be used: {unusable.Message} Only one monitor may use it at a time.",
                unusable);
        }
    }

    /// <summary>The state; null when there is none yet.</summary>
    /// <param name="policy">The policy, if any, that must name the state's log.</param>
    /// <exception cref="MonitorStateException">When it is damaged, or of another log.</exception>
    public MonitorState? Load(ChainId chain, TlogPolicy? policy)
    {
        if (ReadText() is not { } json)
            return null;
        var state = Named(() => MonitorState.Parse(json));
        if (!state.Origin.EndsWith($"/{chain}", StringComparison.Ordinal))
        {
            throw new MonitorStateException(
                $"{Path} is the state of the log {state.Origin}, not of the chain {chain}: give each chain a "
                    + "state file of its own.");
        }

        if (policy is not null && !policy.Logs.Any(log => log.Key.Equals(state.LogKey)))
        {
            throw new MonitorStateException(
                $"{Path} is the state of the log {state.Origin} with the key {state.LogKey}, which the "
                    + "policy does not name. Give the policy of that log, or a state file of its own.");
        }

        return state;
    }

    /// <summary>Replaces the state.</summary>
    /// <exception cref="IOException">When it cannot be written; the old state then stands.</exception>
    /// <exception cref="UnauthorizedAccessException">When it may not be.</exception>
    public void Save(MonitorState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        DurableFile.Write(Path, Encoding.UTF8.GetBytes(state.ToJson()));
    }

    public void Dispose() => _lock.Dispose();

    private string? ReadText()
    {
        try
        {
            using var file = new FileStream(Path, FileMode.Open, FileAccess.Read);
            if (file.Length > SizeBytesMax)
            {
                throw new MonitorStateException(
                    $"{Path} is longer than the {SizeBytesMax} bytes that a state may have.");
            }

            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new MonitorStateException($"{Path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private MonitorState Named(Func<MonitorState> parse)
    {
        try
        {
            return parse();
        }
        catch (MonitorStateException damaged)
        {
            throw new MonitorStateException($"{Path}: {damaged.Message}", damaged);
        }
    }
}
