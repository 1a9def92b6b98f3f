using CsCheck;
using Sequencer.Iac.SecurityGroups;

namespace Sequencer.Iac.Tests.SecurityGroups;

public sealed class CidrBlockTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7/32", false)]
    [InlineData("203.0.113.0/24", "203.0.113.0/24", false)]
    [InlineData("10.1.0.0/16", "10.1.0.0/16", false)]
    [InlineData("10.0.0.0/15", "10.0.0.0/15", true)]
    [InlineData("0.0.0.0/0", "0.0.0.0/0", true)]
    [InlineData("128.0.0.0/1", "128.0.0.0/1", true)]
    [InlineData("2001:DB8::1", "2001:db8::1/128", false)]
    [InlineData("2001:db8::/32", "2001:db8::/32", false)]
    [InlineData("2000::/3", "2000::/3", true)]
    [InlineData("::/0", "::/0", true)]
    public void TryParse_Block_ReadsItAndKnowsWhetherItIsOpen(string text, string shown, bool isOpen)
    {
        CidrBlock.TryParse(text, out var block, out var problem).Should().BeTrue();
        (block.ToString(), block.IsOpen, problem).Should().Be((shown, isOpen, null));
    }

    [Fact]
    public void TryParse_BitsBeyondThePrefix_OffersBothCorrections()
    {
        CidrBlock.TryParse("203.0.113.7/24", out _, out var problem).Should().BeFalse();
        problem.Should().Contain("203.0.113.0/24").And.Contain("203.0.113.7/32");
    }

    [Fact]
    public void TryParse_ItsOwnText_GivesTheSameBlock() =>
        Gen.Select(Gen.Byte.Array[4], Gen.Int[0, 32]).Sample((bytes, prefix) =>
        {
            var text = $"{string.Join('.', bytes)}/{prefix}";
            if (CidrBlock.TryParse(text, out var block, out var problem))
            {
                CidrBlock.TryParse(block.ToString(), out var again, out _).Should().BeTrue();
                again.Should().Be(block);
                block.ToString().Should().Be(text);
            }
            else
            {
                problem.Should().Contain("beyond its prefix");
            }
        });
}
