using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sequencer.Tlog.Tests;

/// <summary>Everything in derived-tlog.json is made again, byte for byte, and verified.</summary>
public sealed class DerivedLogTests
{
    public static TheoryData<string> Proofs() =>
        [.. DerivedLog.Json.GetProperty("tlog_proofs").EnumerateObject().Select(p => p.Name)];

    public static TheoryData<string> Consistencies() =>
        [.. DerivedLog.Json.GetProperty("consistency").EnumerateObject().Select(p => p.Name)];

    public static TheoryData<string> Roots() =>
        [.. DerivedLog.Json.GetProperty("roots_b64").EnumerateObject().Select(p => p.Name)];

    public static TheoryData<string> Resources() =>
        [.. DerivedLog.Json.GetProperty("sha256_of_resources").EnumerateObject().Select(p => p.Name)];

    [Fact]
    public void Keys_FromSeeds_GiveTheVkeys()
    {
        using var log = DerivedLog.LogSigner();
        using var witness = DerivedLog.WitnessSigner();

        VerifierKey.Create(DerivedLog.Origin, SignatureType.Ed25519, log.PublicKey.Span)
            .ToString().Should().Be(DerivedLog.Json.Text("log_vkey"));
        VerifierKey.Create("witness.example/w1", SignatureType.CosignatureEd25519, witness.PublicKey.Span)
            .ToString().Should().Be(DerivedLog.Json.Text("witness_vkey"));
    }

    [Theory]
    [MemberData(nameof(Roots))]
    public void Root_OfEverySize_IsTheGivenOne(string size)
    {
        var leaves = ulong.Parse(size, System.Globalization.CultureInfo.InvariantCulture);
        var expected = DerivedLog.Json.GetProperty("roots_b64").GetProperty(size).Base64Hash();
        var range = new CompactRange();
        foreach (var leaf in DerivedLog.Tree.First((int)leaves))
            range.Append(leaf);

        range.Root().Should().Be(expected);
        TreeRoot.Compute(leaves, DerivedLog.Tree).Should().Be(expected);
    }

    [Fact]
    public void Checkpoints_SignedFromSeeds_AreTheGivenBytes()
    {
        SignCheckpoint(256, cosign: false).Should().Be(DerivedLog.Json.Text("checkpoint_256"));
        SignCheckpoint(300, cosign: true).Should().Be(DerivedLog.CosignedCheckpoint);
    }

    [Theory]
    [MemberData(nameof(Proofs))]
    public void TlogProof_BuiltFromTheTree_IsTheGivenBytesAndVerifies(string place)
    {
        var expected = DerivedLog.Json.GetProperty("tlog_proofs").Text(place);
        var (index, size) = Split(place, '/');
        var hashes = InclusionProof.Build(index, size, DerivedLog.Tree);
        var checkpoint = SignCheckpoint(size, cosign: true);
        var written = new ArrayBufferWriter<byte>();
        TlogProof.Write(written, index, hashes, Encoding.UTF8.GetBytes(checkpoint));

        Encoding.UTF8.GetString(written.WrittenSpan).Should().Be(expected);
        var parsed = TlogProof.Parse(expected);
        parsed.ToString().Should().Be(expected);
        parsed.Should().Be(new TlogProof(index, hashes, null, checkpoint));
        VerifyWholeReceipt(parsed, DerivedLog.EntryAt((int)index));
    }

    [Theory]
    [MemberData(nameof(Consistencies))]
    public void Consistency_BuiltFromTheTree_IsTheGivenOneAndVerifies(string sizes)
    {
        var expected = DerivedLog.Json.GetProperty("consistency").GetProperty(sizes).Hashes();
        var (oldSize, newSize) = Split(sizes, '-');

        ConsistencyProof.Build(oldSize, newSize, DerivedLog.Tree).Should().Equal(expected);
        ConsistencyProof.Verify(
            oldSize, NaiveMerkle.Root(DerivedLog.Tree.First((int)oldSize)),
            newSize, NaiveMerkle.Root(DerivedLog.Tree.First((int)newSize)), expected);
    }

    [Fact]
    public void AddCheckpointBody_AssembledFromParts_IsTheGivenText()
    {
        var proof = ConsistencyProof.Build(257, 300, DerivedLog.Tree);
        var body = new AddCheckpointRequest(257, proof, SignCheckpoint(300, cosign: false));

        body.ToString().Should().Be(DerivedLog.Json.Text("add_checkpoint_257_to_300"));
        AddCheckpointRequest.Parse(body.ToString()).Should().Be(body);
    }

    [Theory]
    [MemberData(nameof(Resources))]
    public void Resource_OfTheLog_HasTheGivenHash(string path)
    {
        var expected = DerivedLog.Json.GetProperty("sha256_of_resources").Text(path);

        Convert.ToHexStringLower(SHA256.HashData(ReadResource(path))).Should().Be(expected);
    }

    [Fact]
    public void Resources_OfTheLog_AreExactlyTheTilesOfItsSize()
    {
        var paths = new List<string>();
        foreach (var level in TileMath.Levels(DerivedLog.Size))
        {
            for (var i = 0UL; i < level.FullTiles; i++)
                paths.Add(new TileId(level.Level, i, Tile.Width).ToPath());
            if (level.PartialWidth > 0)
                paths.Add(new TileId(level.Level, level.FullTiles, level.PartialWidth).ToPath());
        }

        paths.Add(new EntryBundlePath(0, Tile.Width).ToPath());
        paths.Add(new EntryBundlePath(1, DerivedLog.Size % Tile.Width).ToPath());
        paths.Should().BeEquivalentTo(
            DerivedLog.Json.GetProperty("sha256_of_resources").EnumerateObject().Select(p => p.Name));
    }

    private static void VerifyWholeReceipt(TlogProof receipt, byte[] entry)
    {
        var policy = TlogPolicy.Parse(DerivedLog.Json.Text("policy"));
        var note = SignedNote.Parse(receipt.Checkpoint).Verify(policy.Keys);
        var checkpoint = Checkpoint.Parse(note.Text);

        checkpoint.Origin.Should().Be(policy.Logs.Single().Key.Name);
        note.By(DerivedLog.LogKey).Should().Be(new VerifiedSignature(DerivedLog.LogKey, null));
        note.By(DerivedLog.WitnessKey).Should()
            .Be(new VerifiedSignature(DerivedLog.WitnessKey, DerivedLog.WitnessTime));
        policy.Evaluate(note.Keys).IsSatisfied.Should().BeTrue();
        InclusionProof.Verify(
            receipt.Index, checkpoint.Size, MerkleHash.Leaf(entry), [.. receipt.Hashes], checkpoint.Root);
    }

    private static string SignCheckpoint(ulong size, bool cosign)
    {
        var root = TreeRoot.Compute(size, DerivedLog.Tree);
        var text = new Checkpoint(DerivedLog.Origin, size, root).ToNoteText();
        using var log = DerivedLog.LogSigner();
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        log.Sign(Encoding.UTF8.GetBytes(text), signature);
        var note = SignedNote.Create(text, NoteSignature.Ed25519(DerivedLog.LogKey, signature));
        if (!cosign)
            return note.ToString();
        using var witness = DerivedLog.WitnessSigner();
        witness.Sign(Cosignature.Message(DerivedLog.WitnessTime, text), signature);
        var cosignature = NoteSignature.Cosignature(DerivedLog.WitnessKey, DerivedLog.WitnessTime, signature);
        return SignedNote.Create(text, [.. note.Signatures, cosignature]).ToString();
    }

    private static byte[] ReadResource(string path)
    {
        var output = new ArrayBufferWriter<byte>();
        if (EntryBundlePath.TryParse(path, out var bundle))
        {
            for (var i = 0; i < bundle.Width; i++)
                EntryBundle.Write(output, DerivedLog.EntryAt((int)bundle.Index * Tile.Width + i));
        }
        else
        {
            TileId.TryParse(path, out var tile).Should().BeTrue();
            for (var i = 0UL; i < (ulong)tile.Width; i++)
            {
                var node = new NodeId(tile.Level * Tile.Height, tile.Index * Tile.Width + i);
                output.Write(DerivedLog.Tree.Read(node).Bytes);
            }
        }

        return output.WrittenSpan.ToArray();
    }

    private static (ulong First, ulong Second) Split(string text, char separator)
    {
        var numbers = text.Split(separator)
            .Select(n => ulong.Parse(n, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1]);
    }
}
