using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Witness;

/// <summary>
/// What the witness cosigned last, one file a log, named for the SHA-256 of its origin. A file is replaced as
/// a whole (draft, sync, rename, sync of the folder), so that there is never half a checkpoint to judge, and
/// what does not verify is damage and stops the start: nothing is ever taken for torn and dropped. Every
/// folder sync covers all renames before it, so that many logs share one. Safe for concurrent use; the writes
/// of one log follow each other.
/// </summary>
internal sealed class StateStore : IAsyncDisposable
{
    /// <summary>Files that are written and synced at one time.</summary>
    private const int WritersMax = 8;

    private const string MarkName = "witness";
    private const string MarkHeader = "sequencer-witness-state/v1\n";
    private const string DraftSuffix = ".new";

    private readonly IStateFiles _files;
    private readonly WitnessKey _key;
    private readonly FolderSync _folder;
    private readonly BlockingCollection<Write> _queue = [];
    private readonly Task[] _writers;

    private StateStore(IStateFiles files, WitnessKey key)
    {
        (_files, _key, _folder) = (files, key, new FolderSync(files));
        // Syncs block: on threads of their own, so that those of the pool keep answering.
        _writers = [.. Enumerable.Range(0, WritersMax).Select(_ => Task.Factory.StartNew(
            WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
    }

    /// <summary>Opens the state of one witness key; the caller disposes files and key after this.</summary>
    /// <param name="initialise">Whether an empty folder becomes a new state.</param>
    /// <exception cref="StateException">When it is empty, damaged, or another key's.</exception>
    public static StateStore Open(IStateFiles files, WitnessKey key, bool initialise)
    {
        try
        {
            var names = files.List();
            foreach (var draft in names.Where(IsDraft))
                files.Delete(draft);
            if (files.Read(MarkName) is not { } mark)
                Initialise(files, key, initialise, names);
            else
                RequireOurs(Encoding.UTF8.GetString(mark), key);
            // Renames that an earlier process made and did not see synced last from here on.
            files.SyncFolder();
            return new StateStore(files, key);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"The state cannot be opened: {failure.Message}", failure);
        }
    }

    /// <summary>Every log's checkpoint.</summary>
    /// <exception cref="StateException">When one is damaged or cannot be read.</exception>
    public IReadOnlyList<CosignedCheckpoint> ReadAll()
    {
        var logs = new ConcurrentBag<CosignedCheckpoint>();
        try
        {
            Parallel.ForEach(_files.List().Where(name => name != MarkName), name => logs.Add(
                ReadFile(name) ?? throw new StateException($"The state's file {name} vanished.")));
        }
        catch (AggregateException several) when (several.InnerExceptions[0] is StateException first)
        {
            throw new StateException(first.Message, several);
        }

        return [.. logs];
    }

    /// <summary>What the file of a log says; null when there is none.</summary>
    /// <exception cref="StateException">When it is damaged or cannot be read.</exception>
    public CosignedCheckpoint? Read(string origin) => ReadFile(NameOf(origin));

    /// <summary>Replaces a log's checkpoint; on return it lasts through any crash.</summary>
    /// <exception cref="StateException">When it may or may not have been replaced.</exception>
    public Task WriteAsync(CosignedCheckpoint checkpoint)
    {
        var write = new Write(checkpoint);
        _queue.Add(write);
        return write.Done.Task;
    }

    /// <summary>The file's name: lower-case hex of the origin's SHA-256, as in the monitoring URL.</summary>
    public static string NameOf(string origin) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)));

    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await Task.WhenAll(_writers);
        _queue.Dispose();
    }

    private void WriteAll()
    {
        foreach (var write in _queue.GetConsumingEnumerable())
        {
            try
            {
                Replace(NameOf(write.Checkpoint.Checkpoint.Origin), write.Checkpoint.Note.Span);
                write.Done.SetResult();
            }
            catch (Exception failure)
            {
                // Whatever it was: the caller waits, and must hear of it.
                write.Done.SetException(new StateException(
                    $"The state could not be written: {failure.Message}", failure));
            }
        }
    }

    private void Replace(string name, ReadOnlySpan<byte> bytes)
    {
        _files.Write(name + DraftSuffix, bytes);
        _files.Rename(name + DraftSuffix, name);
        _folder.CoverRenames();
    }

    private CosignedCheckpoint? ReadFile(string name)
    {
        try
        {
            if (_files.Read(name) is not { } note)
                return null;
            var cosigned = CosignedCheckpoint.Parse(note, _key);
            if (NameOf(cosigned.Checkpoint.Origin) == name)
                return cosigned;
            throw Damaged(name, $"it is the checkpoint of {cosigned.Checkpoint.Origin}");
        }
        catch (TlogException malformed)
        {
            throw Damaged(name, malformed.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"The state's file {name} cannot be read: {failure.Message}", failure);
        }
    }

    private static void Initialise(
        IStateFiles files, WitnessKey key, bool initialise, IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => !IsDraft(name)) is { } foreign)
        {
            throw new StateException(
                $"The state has lost its file '{MarkName}', but '{foreign}' is there: it was damaged, or the "
                + "folder is not a witness's.");
        }

        if (!initialise)
        {
            throw new StateException(
                "The state is empty. If its volume is not mounted, mount it: a witness that forgets what it "
                + "cosigned can be made to cosign a second history. Only if this key has never cosigned "
                + "anything, start once with --init.");
        }

        files.Write(MarkName + DraftSuffix, Encoding.UTF8.GetBytes(MarkOf(key)));
        files.Rename(MarkName + DraftSuffix, MarkName);
    }

    private static void RequireOurs(string mark, WitnessKey key)
    {
        if (mark == MarkOf(key))
            return;
        throw new StateException(mark.StartsWith(MarkHeader, StringComparison.Ordinal)
            ? $"The state belongs to the witness {mark[MarkHeader.Length..].TrimEnd()}, not to "
                + $"{key.Verifier}: one state goes with one key."
            : $"The state's file '{MarkName}' is not what this version writes: it was damaged, or the folder "
                + "is not a witness's.");
    }

    private static bool IsDraft(string name) => name.EndsWith(DraftSuffix, StringComparison.Ordinal);

    private static string MarkOf(WitnessKey key) => $"{MarkHeader}{key.Verifier}\n";

    private static StateException Damaged(string name, string why) => new(
        $"The state's file {name} is damaged: {why} A witness must not forget what it cosigned: put the "
        + "newest checkpoint there that carries this witness's cosignature, or begin with a new key.");

    private sealed record Write(CosignedCheckpoint Checkpoint)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
