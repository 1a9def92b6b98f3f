using System.Buffers;
using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Sim;

/// <summary>Reads a whole chain from what a gateway serves and holds it against all that was ever said.</summary>
internal sealed class SimAudit(SimWorld world, ChainId chain)
{
    private readonly List<string> _entries = [];
    private readonly List<Hash> _roots = [];
    private readonly string _origin = Origin.For(SimEnclave.LogPrefix, chain);

    public async Task RunAsync()
    {
        var note = await ReadAsync(ReadCheckpointAsync);
        if (note is null)
        {
            Require(world.Receipts.TrueForAll(receipt => receipt.Chain != chain), "it has receipts but no checkpoint");
            return;
        }

        var checkpoint = world.VerifyNote(chain, Encoding.UTF8.GetString(note.Value.Span));
        await ReadEntriesAsync(checkpoint);
        await ReadTilesAsync(checkpoint.Size);
        await CheckWitnessedAsync();
        await CheckEpochsAsync();
        CheckReceipts();
        CheckSignatures();
        CheckSubmissions();
    }

    /// <summary>Comes again while the chain is being opened, which may have to wait for witnesses.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadCheckpointAsync(SequencerCore core)
    {
        while (true)
        {
            try
            {
                return await core.ReadCheckpointAsync(chain, CancellationToken.None);
            }
            catch (LedgerException exception) when (exception.Reason == LedgerError.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), new SimClock(world.Scheduler, owner: null));
            }
        }
    }

    private async Task CheckWitnessedAsync()
    {
        var note = await ReadAsync(core =>
            core.ReadWitnessedCheckpointAsync(chain, CancellationToken.None).AsTask());
        if (note is not { } witnessed)
            return;
        world.RequireQuorum(witnessed);
        var checkpoint = world.VerifyNote(chain, Encoding.UTF8.GetString(witnessed.Span));
        Require(checkpoint.Size < (ulong)_roots.Count && _roots[(int)checkpoint.Size] == checkpoint.Root,
            $"its witnessed checkpoint of size {checkpoint.Size} is of another history");
    }

    private Task<T> ReadAsync<T>(Func<SequencerCore, Task<T>> read) =>
        world.Gateway.CallAsync(read, lost: default!);

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
            world.Scheduler.Violate($"Chain '{chain}': {otherwise}.");
    }

    private async Task ReadEntriesAsync(Checkpoint checkpoint)
    {
        var range = new CompactRange();
        _roots.Add(range.Root());
        for (ulong index = 0; index < checkpoint.Size; index++)
        {
            var (text, receipt) = await ReadAsync(core => ReadEntryAsync(core, index));
            world.Verify(chain, receipt, index, text);
            _entries.Add(text);
            range.Append(MerkleHash.Leaf(Encoding.UTF8.GetBytes(text)));
            _roots.Add(range.Root());
        }

        Require(_roots[^1] == checkpoint.Root, "its entries do not have the root of its checkpoint");
    }

    private async Task<byte[]> ReadBundleAsync(SequencerCore core, EntryBundlePath path)
    {
        var bundle = new ArrayBufferWriter<byte>();
        var isThere = await core.WriteBundleAsync(chain, path, bundle, CancellationToken.None);
        Require(isThere, $"entry bundle {path.Index} is missing");
        return bundle.WrittenSpan.ToArray();
    }

    private async Task<(string Text, string Receipt)> ReadEntryAsync(SequencerCore core, ulong index)
    {
        var entry = await core.ReadEntryAsync(chain, index, CancellationToken.None);
        if (entry is null)
            throw new InvalidOperationException($"Chain '{chain}': entry {index} is missing.");
        var receipt = new ArrayBufferWriter<byte>();
        entry.WriteReceipt(receipt, bundle: false);
        return (Encoding.UTF8.GetString(entry.Data.Span), Encoding.UTF8.GetString(receipt.WrittenSpan));
    }

    private async Task ReadTilesAsync(ulong size)
    {
        for (ulong tile = 0; tile * Tile.Width < size; tile++)
        {
            var first = (int)tile * Tile.Width;
            var width = Math.Min(Tile.Width, (int)size - first);
            var path = new EntryBundlePath(tile, width);
            var bundle = await ReadAsync(core => ReadBundleAsync(core, path));
            var entries = EntryBundle.Parse(bundle, width).Select(entry => Encoding.UTF8.GetString(entry.Span));
            Require(entries.SequenceEqual(_entries.Skip(first).Take(width)), $"entry bundle {tile} is another");
            var id = new TileId(0, tile, width);
            var hashes = await ReadAsync(core => core.ReadTileAsync(chain, id, CancellationToken.None).AsTask());
            for (var i = 0; i < width; i++)
            {
                var leaf = MerkleHash.Leaf(Encoding.UTF8.GetBytes(_entries[first + i]));
                var hash = Hash.Read(hashes.AsSpan(i * Hash.SizeBytes, Hash.SizeBytes));
                Require(hash == leaf, $"tile {tile} is another at {i}");
            }
        }
    }

    private async Task CheckEpochsAsync()
    {
        var served = await ReadAsync(core => core.ReadEpochsAsync(chain, CancellationToken.None).AsTask());
        for (var i = 0; i < served!.Epochs.Count; i++)
        {
            var epoch = served.Epochs[i];
            var key = VerifierKey.Parse(epoch.CosignerKey);
            Require(world.Enclave.Keys.Contains(key), $"epoch {i} has a key that no enclave had");
            Require((epoch.Handover is null) == (i == 0), $"epoch {i} lacks its handover, or has one too many");
            if (epoch.Handover is null)
                continue;
            var signer = key.AsSigner();
            var handover = Handover.Parse(SignedNote.Parse(epoch.Handover).Verify([signer]).Text);
            Require(handover.Prior.Origin == _origin && handover.Prior.Size == epoch.StartSize
                && handover.Prior.Root == _roots[(int)epoch.StartSize], $"epoch {i} adopted another history");
            Require(handover.PriorKey.ToString() == served.Epochs[i - 1].CosignerKey && handover.NewKey.Equals(key),
                $"the handover to epoch {i} is between other keys");
        }

        foreach (var key in world.CosignersOf(chain))
            Require(served.Epochs.Any(epoch => epoch.CosignerKey == key), $"{key} signed a receipt but is no epoch");
    }

    private void CheckReceipts()
    {
        foreach (var receipt in world.Receipts.Where(receipt => receipt.Chain == chain))
        {
            var holds = receipt.Size < (ulong)_roots.Count && _roots[(int)receipt.Size] == receipt.Root
                && _entries[(int)receipt.Index] == receipt.Text;
            Require(holds, $"the receipt of entry {receipt.Index} at size {receipt.Size} became false");
        }
    }

    private void CheckSignatures()
    {
        foreach (var ((origin, size), root) in world.Enclave.Signed)
        {
            if (origin != _origin)
                continue;
            var isOurs = size < (ulong)_roots.Count && _roots[(int)size] == root;
            Require(isOurs, $"an enclave signed another tree of size {size}");
        }
    }

    /// <summary>What was acknowledged is there; what had a key is there once; nothing else is there.</summary>
    private void CheckSubmissions()
    {
        var places = _entries.Select((text, index) => (text, index)).ToLookup(pair => pair.text, pair => pair.index);
        if (chain.Value == "unique")
        {
            Require(places.All(place => place.Count() == 1), "the same bytes have two places, though they are unique");
            return;
        }

        foreach (var submission in world.Submissions.Where(submission => submission.Chain == chain))
        {
            var firsts = places[submission.Texts[0]].ToList();
            var atMost = submission.Key is null ? submission.Unknown + (submission.FirstIndex is null ? 0 : 1) : 1;
            var name = submission.Texts[0];
            Require(firsts.Count <= atMost, $"'{name}' is there {firsts.Count} times, but {atMost} were asked for");
            Require(firsts.TrueForAll(first => IsWhole(submission, first)), $"the batch of '{name}' is not whole");
            Require(submission.FirstIndex is not { } index || firsts.Contains((int)index),
                $"'{name}' was acknowledged and is not there");
        }
    }

    private bool IsWhole(SimSubmission submission, int first) =>
        _entries.Skip(first).Take(submission.Texts.Count).SequenceEqual(submission.Texts);
}
