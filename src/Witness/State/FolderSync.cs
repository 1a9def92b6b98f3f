namespace Sequencer.Witness;

/// <summary>
/// Lets renames that happen at about the same time share one sync of their folder. Safe for concurrent use.
/// </summary>
internal sealed class FolderSync(IStateFiles files)
{
    private readonly Lock _turn = new();
    private long _renames;

    /// <summary>The last rename that a sync covered, well or badly. Guarded by the turn.</summary>
    private long _covered;

    /// <summary>The last rename that a failed sync covered. Guarded by the turn.</summary>
    private long _failed;

    /// <summary>How many renames there were to cover.</summary>
    public long Renames => Interlocked.Read(ref _renames);

    /// <summary>Returns when the renames that the caller made before are on stable storage.</summary>
    /// <exception cref="IOException">When they may not be.</exception>
    public void CoverRenames()
    {
        var mine = Interlocked.Increment(ref _renames);
        lock (_turn)
        {
            if (mine > _covered)
                Sync();
            // The kernel reports a failure once: a later sync that succeeds says nothing of what was before.
            if (mine <= _failed)
                throw new IOException("The folder's sync, shared with another write, failed.");
        }
    }

    private void Sync()
    {
        var upTo = Renames;
        _covered = upTo;
        try
        {
            files.SyncFolder();
        }
        catch
        {
            _failed = upTo;
            throw;
        }
    }
}
