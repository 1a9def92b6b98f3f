namespace Sequencer.Tlog.Tests;

public sealed class HandoverTests
{
    private static readonly Handover Sample = new(
        new Checkpoint("log.example/log/demo", 300, MerkleHash.Empty),
        TestKeys.WitnessKey("enclave.example/1", 5),
        TestKeys.WitnessKey("enclave.example/2", 6),
        1_700_000_000);

    private static readonly string Text = Sample.ToNoteText();

    [Fact]
    public void Parse_WhatWasWritten_IsTheSameHandover()
    {
        Handover.Parse(Text).Should().Be(Sample);
        Text.Should().Be(
            $"sequencer-handover/v1\nlog.example/log/demo\n300 {MerkleHash.Empty}\n"
            + $"{Sample.PriorKey}\n{Sample.NewKey}\n1700000000\n");
    }

    [Fact]
    public void Parse_LongestNames_AreWithinTheLimit()
    {
        var longest = new Handover(
            new Checkpoint(new string('o', 255), CompactRange.MaxSize, MerkleHash.Empty),
            TestKeys.WitnessKey(new string('p', 255)), TestKeys.WitnessKey(new string('n', 255)),
            Cosignature.MaxTime);

        Handover.Parse(longest.ToNoteText()).Should().Be(longest);
    }

    [Fact]
    public void Parse_ACheckpointOfAnyText_IsNeverAHandover() =>
        Refusal.Of(() => Handover.Parse(new Checkpoint(Handover.Header, 1, MerkleHash.Empty)
        {
            Extensions = ["a", "b", "c"],
        }.ToNoteText())).Should().Be(TlogError.MalformedHandover);

    [Fact]
    public void Parse_AnyLineBroken_IsRefused()
    {
        Refused("", TlogError.MalformedHandover);
        Refused(Text.TrimEnd('\n'), TlogError.MalformedHandover);
        Refused(Text + "\n", TlogError.MalformedHandover);
        Refused(Text + new string('x', 5000), TlogError.MalformedHandover);
        Refused(Text.Replace("/v1", "/v2", StringComparison.Ordinal), TlogError.MalformedHandover);
        Refused(Text.Replace("300 ", "300  ", StringComparison.Ordinal), TlogError.MalformedHandover);
        Refused(Text.Replace("300 ", "0300 ", StringComparison.Ordinal), TlogError.MalformedCheckpoint);
        Refused(Text.Replace("\n17", "\n017", StringComparison.Ordinal), TlogError.MalformedHandover);
        Refused(Text.Replace("\n17", "\n-17", StringComparison.Ordinal), TlogError.MalformedHandover);
        Refused(Text.Replace("1700000000", "9223372036854775808", StringComparison.Ordinal),
            TlogError.MalformedHandover);
        Refused(Text.Replace("log.example/log/demo", "", StringComparison.Ordinal), TlogError.InvalidOrigin);
        Refused(Text.Replace("example/1+", "example/3+", StringComparison.Ordinal), TlogError.KeyIdMismatch);
        Refused((Sample with { NewKey = TestKeys.LogKey() }).ToNoteText(), TlogError.UnsupportedKeyType);
        Refused((Sample with { PriorKey = TestKeys.LogKey() }).ToNoteText(), TlogError.UnsupportedKeyType);

        static void Refused(string text, TlogError reason) =>
            Refusal.Of(() => Handover.Parse(text)).Should().Be(reason);
    }
}
