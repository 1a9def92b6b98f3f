using Sequencer.Testing;

namespace Sequencer.Tlog.Tests;

/// <summary>Real tiles and a real cosigned checkpoint of a log that is not ours.</summary>
public sealed class GoldenLogTests
{
    [SharedDataFact("vectors/golden-log-300/checkpoint")]
    public void Tiles_OfARealLog_GiveTheRootOfItsCheckpoint()
    {
        var key = VerifierKey.Parse(
            "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O");
        var note = SignedNote.Parse(SharedData.ReadBytes("vectors/golden-log-300/checkpoint")).Verify([key]);
        var checkpoint = Checkpoint.Parse(note.Text);
        var leaves = new List<Hash>();
        foreach (var tile in new[] { new TileId(0, 0, 256), new TileId(0, 1, 44) })
            leaves.AddRange(ReadTile(tile));

        var tree = new MemoryTree(leaves);
        TreeRoot.Compute(checkpoint.Size, tree).Should().Be(checkpoint.Root);
        ReadTile(new TileId(1, 0, 1)).Should().Equal(tree.Read(new NodeId(8, 0)));
        note.By(key)!.Time.Should().NotBeNull();
    }

    private static Hash[] ReadTile(TileId tile)
    {
        var bytes = SharedData.ReadBytes($"vectors/golden-log-300/{tile.ToPath()}");
        bytes.Should().HaveCount(tile.Width * Hash.SizeBytes);
        return [.. bytes.Chunk(Hash.SizeBytes).Select(h => Hash.Read(h))];
    }
}
