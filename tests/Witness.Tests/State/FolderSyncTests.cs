using Sequencer.Testing;

namespace Sequencer.Witness.Tests;

public sealed class FolderSyncTests
{
    [Fact]
    public async Task CoverRenames_ManyAtOnce_ShareSyncs()
    {
        const int Callers = 8;
        using var files = new GatedFiles();
        var folder = new FolderSync(files);
        var first = Task.Run(folder.CoverRenames);
        // The sync blocks its caller, as fsync does, so that what it is tested with blocks as well.
        files.Begun.Wait();
        // All of these rename while the first sync runs; the next one covers every one of them.
        var others = Enumerable.Range(0, Callers).Select(_ => Task.Factory.StartNew(
            folder.CoverRenames, TaskCreationOptions.LongRunning)).ToList();
        await Until.TrueAsync(() => folder.Renames == 1 + Callers);
        files.Release();
        await Task.WhenAll([first, .. others]);
        files.Syncs.Should().Be(2);
    }

    [Fact]
    public async Task CoverRenames_SharedSyncFails_EveryOneOfThemIsTold()
    {
        var files = new SimulatedDisk { FailingWrite = 0, Fault = DiskFault.Lost };
        var folder = new FolderSync(files);
        FluentActions.Invoking(folder.CoverRenames).Should().Throw<IOException>();
        await Task.Run(folder.CoverRenames);
        files.Writes.Should().Be(2, "a rename after the failure is synced by itself");
    }

    /// <summary>Syncs wait until they are let go.</summary>
    private sealed class GatedFiles : IStateFiles, IDisposable
    {
        private readonly ManualResetEventSlim _gate = new();
        private int _syncs;

        public ManualResetEventSlim Begun { get; } = new();

        public int Syncs => _syncs;

        public void Release() => _gate.Set();

        public void SyncFolder()
        {
            Interlocked.Increment(ref _syncs);
            Begun.Set();
            // Stands for fsync, which blocks.
            _gate.Wait();
        }

        public IReadOnlyList<string> List() => [];

        public byte[]? Read(string name) => null;

        public void Write(string name, ReadOnlySpan<byte> bytes)
        {
        }

        public void Rename(string from, string to)
        {
        }

        public void Delete(string name)
        {
        }

        public void Dispose()
        {
            _gate.Dispose();
            Begun.Dispose();
        }
    }
}
