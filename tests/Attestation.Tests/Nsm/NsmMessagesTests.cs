namespace Sequencer.Attestation.Tests;

/// <summary>Requests byte for byte as the NSM's own library encodes them.</summary>
public class NsmMessagesTests
{
    [Fact]
    public void GetRandom_IsItsName() =>
        Hex(NsmMessages.GetRandom()).Should().Be("6947657452616e646f6d");

    [Fact]
    public void DescribeNsm_IsItsName() =>
        Hex(NsmMessages.DescribeNsm()).Should().Be("6b44657363726962654e534d");

    [Fact]
    public void DescribePcr_NamesTheIndex() =>
        Hex(NsmMessages.DescribePcr(0)).Should().Be("a16b4465736372696265504352a165696e64657800");

    [Fact]
    public void ExtendPcr_NamesIndexAndData() =>
        Hex(NsmMessages.ExtendPcr(16, [0xaa, 0xbb]))
            .Should().Be("a169457874656e64504352a265696e64657810646461746142aabb");

    [Fact]
    public void LockPcr_NamesTheIndex() =>
        Hex(NsmMessages.LockPcr(16)).Should().Be("a1674c6f636b504352a165696e64657810");

    [Fact]
    public void LockPcrs_NamesTheRange() =>
        Hex(NsmMessages.LockPcrs(32)).Should().Be("a1684c6f636b50435273a16572616e67651820");

    [Fact]
    public void Attestation_WithoutFields_NamesThemAsNull() =>
        Hex(NsmMessages.Attestation(null, null, null)).Should().Be(
            "a16b4174746573746174696f6ea369757365725f64617461f6656e6f6e6365f66a7075626c69635f6b6579f6");

    [Fact]
    public void Attestation_WithFields_TellsEmptyFromNull() =>
        Hex(NsmMessages.Attestation(new byte[] { 1 }, Array.Empty<byte>(), new byte[] { 2, 3 })).Should().Be(
            "a16b4174746573746174696f6ea369757365725f646174614101656e6f6e6365406a7075626c69635f6b6579420203");

    /// <summary>The driver takes no more than 4,096 bytes.</summary>
    [Fact]
    public void Attestation_ThreeLongestFields_FitTheDriver()
    {
        var field = new byte[AttestationDocument.MaxFieldSize];
        NsmMessages.Attestation(field, field, field).Length.Should().BeLessThanOrEqualTo(4096);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
