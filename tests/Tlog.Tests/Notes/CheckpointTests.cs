using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed class CheckpointTests
{
    private const string Root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    private static readonly Gen<string> Line =
        Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\u00a0', '\ud7ff']).Array[1, 80].Select(c => new string(c));

    private static readonly Gen<ulong> AnySize = Gen.ULong[0, CompactRange.MaxSize];

    [Fact]
    public void Parse_AnyCheckpoint_RoundTrips() =>
        Gen.Select(Line, AnySize, Gen.Byte.Array[32], Line.Array[0, 3])
            .Sample((origin, size, root, extensions) =>
            {
                var checkpoint = new Checkpoint(origin, size, Hash.Read(root)) { Extensions = extensions };
                var parsed = Checkpoint.Parse(checkpoint.ToNoteText());

                parsed.Should().Be(checkpoint);
                parsed.GetHashCode().Should().Be(checkpoint.GetHashCode());
                parsed.ToNoteText().Should().Be(checkpoint.ToNoteText());
            }, iter: 200);

    [Theory]
    [InlineData("", TlogError.MalformedCheckpoint)]
    [InlineData("\n", TlogError.MalformedCheckpoint)]
    [InlineData("log\n0\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n0\n{Root}", TlogError.MalformedCheckpoint)]
    [InlineData($"\n0\n{Root}\n", TlogError.InvalidOrigin)]
    [InlineData($"a\tb\n0\n{Root}\n", TlogError.InvalidOrigin)]
    [InlineData($"log\n\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n00\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n01\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n+1\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n-1\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n 1\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n1 \n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n1,000\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n1\0\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n٣\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n9223372036854775808\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n99999999999999999999999\n{Root}\n", TlogError.MalformedCheckpoint)]
    [InlineData("log\n0\nAAAA\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n0\n{Root} \n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n0\n{Root}\n\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n0\n{Root}\next\n\nmore\n", TlogError.MalformedCheckpoint)]
    [InlineData($"log\n0\n{Root}\next\r\n", TlogError.ControlCharacter)]
    public void Parse_Malformed_IsRefused(string text, TlogError reason) =>
        Refusal.Of(() => Checkpoint.Parse(text)).Should().Be(reason);

    [Fact]
    public void Parse_LoneSurrogate_IsRefused()
    {
        Refusal.Of(() => Checkpoint.Parse($"\ud800\n0\n{Root}\n")).Should().Be(TlogError.InvalidUtf8);
        Refusal.Of(() => Checkpoint.Parse($"log\n0\n{Root}\n\ud800\n")).Should().Be(TlogError.InvalidUtf8);
    }

    [Fact]
    public void Parse_OriginAtAndAboveItsLimit_IsTakenAndRefused()
    {
        Checkpoint.Parse($"{new string('o', 255)}\n0\n{Root}\n").Origin.Should().HaveLength(255);
        Refusal.Of(() => Checkpoint.Parse($"{new string('o', 256)}\n0\n{Root}\n"))
            .Should().Be(TlogError.InvalidOrigin);
        Refusal.Of(() => Checkpoint.Parse($"{new string('é', 128)}\n0\n{Root}\n"))
            .Should().Be(TlogError.InvalidOrigin);
    }

    [Fact]
    public void Parse_TextAboveTheNoteLimit_IsRefused() =>
        Refusal.Of(() => Checkpoint.Parse($"log\n0\n{Root}\n{new string('x', SignedNote.MaxSizeBytes)}\n"))
            .Should().Be(TlogError.TooLarge);

    [Fact]
    public void ToNoteText_WhatCannotBeParsedAgain_IsRefused()
    {
        var checkpoint = new Checkpoint("log", 1, MerkleHash.Empty);
        foreach (var broken in new[]
        {
            checkpoint with { Origin = "" },
            checkpoint with { Origin = "a\nb" },
            checkpoint with { Size = CompactRange.MaxSize + 1 },
            checkpoint with { Extensions = [""] },
            checkpoint with { Extensions = ["a\nb"] },
        })
        {
            broken.Invoking(c => c.ToNoteText()).Should().Throw<TlogException>();
        }
    }
}
