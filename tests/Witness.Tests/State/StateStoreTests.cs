using System.Text;
using Sequencer.Testing;

namespace Sequencer.Witness.Tests;

public sealed class StateStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly WitnessKey _key = WitnessFixture.NewKey(9);

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task WriteAsync_ManyLogsAtOnce_AllAreThereAfterReopening()
    {
        var logs = Enumerable.Range(0, 50).Select(i => new TestLog($"log.example/{i}")).ToList();
        using (var files = StateFolder.Take(_folder.Path, make: false))
        {
            await using var store = StateStore.Open(files, _key, initialise: true);
            await Task.WhenAll(logs.Select(log => store.WriteAsync(Cosigned(log, 5))));
            await Task.WhenAll(logs.Select(log => store.WriteAsync(Cosigned(log, 7))));
        }

        using var again = StateFolder.Take(_folder.Path, make: false);
        await using var reopened = StateStore.Open(again, _key, initialise: false);
        reopened.ReadAll().Select(cosigned => cosigned.Checkpoint)
            .Should().BeEquivalentTo(logs.Select(log => log.At(7)));
        reopened.Read("log.example/3")!.Note.ToArray().Should().Equal(Cosigned(logs[3], 7).Note.ToArray());
        reopened.Read("log.example/none").Should().BeNull();
    }

    [Fact]
    public void Take_FolderThatAProcessHas_IsRefused()
    {
        using var first = StateFolder.Take(_folder.Path, make: false);
        FluentActions.Invoking(() => StateFolder.Take(_folder.Path, make: true))
            .Should().Throw<StateException>().WithMessage("Another process holds the state folder*");
    }

    [Fact]
    public void Take_MissingFolder_IsRefusedUnlessItIsToBeMade()
    {
        var folder = _folder.Under("missing");
        FluentActions.Invoking(() => StateFolder.Take(folder, make: false))
            .Should().Throw<StateException>().WithMessage("*does not exist*--init*");
        StateFolder.Take(folder, make: true).Dispose();
        Directory.Exists(folder).Should().BeTrue();
    }

    [Fact]
    public async Task Open_EmptyFolder_IsRefusedUnlessItIsTheFirstStart()
    {
        var disk = new SimulatedDisk();
        Opening(disk).Should().Throw<StateException>().WithMessage("The state is empty*--init*");
        await StateStore.Open(disk, _key, initialise: true).DisposeAsync();
        await StateStore.Open(disk, _key, initialise: false).DisposeAsync();
    }

    [Fact]
    public async Task Open_StateOfAnotherKey_IsRefused()
    {
        var disk = await DiskWithOneLogAsync();
        using var other = WitnessFixture.NewKey(8);
        FluentActions.Invoking(() => StateStore.Open(disk, other, initialise: true))
            .Should().Throw<StateException>().WithMessage(
                "The state belongs to the witness witness.example+*");
    }

    [Fact]
    public async Task Open_LostMark_IsDamageAndNotANewState()
    {
        var disk = await DiskWithOneLogAsync();
        disk.Delete("witness");
        FluentActions.Invoking(() => StateStore.Open(disk, _key, initialise: true))
            .Should().Throw<StateException>().WithMessage("The state has lost its file 'witness'*");
    }

    [Fact]
    public async Task ReadAll_AnyByteChanged_IsRefused()
    {
        var disk = await DiskWithOneLogAsync();
        var name = StateStore.NameOf("log.example/chain");
        var note = disk.Read(name)!;
        // The log's own line is not what the witness signed; everything before it, and its own line, is.
        var text = Encoding.UTF8.GetString(note);
        var own = Encoding.UTF8.GetByteCount(text[..text.LastIndexOf('—')]);
        var textEnd = Encoding.UTF8.GetByteCount(text[..text.IndexOf('—', StringComparison.Ordinal)]);
        await using var store = StateStore.Open(disk, _key, initialise: false);
        foreach (var at in Enumerable.Range(0, note.Length).Where(at => at < textEnd || at >= own))
        {
            disk.Flip(name, at);
            FluentActions.Invoking(store.ReadAll).Should().Throw<StateException>($"byte {at} changed")
                .WithMessage($"The state's file {name} is damaged*");
            disk.Flip(name, at);
        }

        store.ReadAll().Should().ContainSingle();
    }

    [Fact]
    public async Task Open_DraftsOfACrash_AreRemoved()
    {
        var disk = await DiskWithOneLogAsync();
        disk.Write(StateStore.NameOf("log.example/other") + ".new", "half"u8);
        await using var store = StateStore.Open(disk, _key, initialise: false);
        store.ReadAll().Should().ContainSingle();
        disk.List().Should().HaveCount(2);
    }

    private Action Opening(SimulatedDisk disk) => () => StateStore.Open(disk, _key, initialise: false);

    private async Task<SimulatedDisk> DiskWithOneLogAsync()
    {
        var disk = new SimulatedDisk();
        await using var store = StateStore.Open(disk, _key, initialise: true);
        await store.WriteAsync(Cosigned(new TestLog("log.example/chain"), 3));
        return disk;
    }

    private CosignedCheckpoint Cosigned(TestLog log, ulong size)
    {
        var checkpoint = log.At(size);
        var text = checkpoint.ToNoteText();
        return CosignedCheckpoint.Create(checkpoint, text, [log.Sign(text)], _key, time: 7);
    }
}
