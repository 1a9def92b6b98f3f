namespace Sequencer.Attestation.Tests;

/// <summary>Lengths, counts and depths that a stranger claims cost nothing before they are checked.</summary>
public class ResourceTests
{
    private const long MaxAllocatedBytes = 1 << 20;

    /// <summary>Heads of byte strings, texts, arrays and maps that claim from 2 GiB to 16 EiB.</summary>
    public static TheoryData<string> Claims => new(
        "5a7fffffff", "5affffffff", "5b00000000ffffffff", "5b0000000100000000", "5b7fffffffffffffff",
        "5bffffffffffffffff", "7affffffff", "7bffffffffffffffff", "9affffffff", "9b00000000ffffffff",
        "9bffffffffffffffff", "baffffffff", "bb00000000ffffffff", "bbffffffffffffffff");

    [Theory]
    [MemberData(nameof(Claims))]
    public void Parse_ClaimOfGigabytes_IsRefusedWithoutTakingThem(string claim)
    {
        var head = Convert.FromHexString(claim);
        var allocated = Allocated(() =>
        {
            Refusal.OfParse(head).Should().NotBeNull();
            Refusal.OfParse(new byte[] { 0x84 }.Concat(head).ToArray()).Should().NotBeNull();
            Refusal.OfParse(new DocumentForge { Tamper = _ => head }.Build()).Should().NotBeNull();
            string[] fields = ["module_id", "pcrs", "certificate", "cabundle", "nonce", "unknown"];
            foreach (var field in fields)
                Refusal.OfParse(new DocumentForge().SetEncoded(field, head).Build()).Should().NotBeNull();
        });
        allocated.Should().BeLessThan(MaxAllocatedBytes);
    }

    [Theory]
    [InlineData(0x81)] // arrays of one
    [InlineData(0x9f)] // arrays of indefinite length
    [InlineData(0xd2)] // tags
    public void Parse_DeepNesting_IsRefusedInBoundedMemory(byte head)
    {
        var nested = new byte[8_000];
        Array.Fill(nested, head);
        var allocated = Allocated(() =>
        {
            Refusal.OfParse(nested).Should().NotBeNull();
            Refusal.OfParse(new DocumentForge { Tamper = _ => nested }.Build()).Should().NotBeNull();
            Refusal.OfParse(new DocumentForge().SetEncoded("unknown", nested).Build()).Should().NotBeNull();
        });
        allocated.Should().BeLessThan(8 * MaxAllocatedBytes);
    }

    [Fact]
    public void Verify_AsManyCertificatesAsAreRead_CostsLittle()
    {
        var bundle = Enumerable.Repeat(ForgedChain.Good.Certificates[1], 10).ToArray();
        var document = new DocumentForge().Bundle(bundle).Build();
        var policy = new DocumentForge().Policy();
        Allocated(() =>
            Refusal.Of(document, policy, Refusal.OwnTime).Should().Be(AttestationError.RootNotTrusted))
            .Should().BeLessThan(MaxAllocatedBytes);
    }

    private static long Allocated(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
