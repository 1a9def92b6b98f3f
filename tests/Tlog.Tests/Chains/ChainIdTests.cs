using System.Text.RegularExpressions;
using CsCheck;

namespace Sequencer.Tlog.Tests;

public sealed partial class ChainIdTests
{
    [Fact]
    public void TryParse_AnyText_FollowsTheRule() =>
        Gen.OneOf(
            Gen.Char['\0', '\u0180'].Array[0, 4], Gen.Int[0, 11].Select(i => "abz019._-A/ "[i]).Array[0, 66])
            .Select(c => new string(c)).Sample(text =>
            {
                var accepted = ChainId.TryParse(text, out var id);
                return accepted == Rule().IsMatch(text)
                    && (accepted ? id.Value == text && id.ToString() == text : id == default);
            });

    [Theory]
    [InlineData("demo")]
    [InlineData("0")]
    [InlineData("a.b_c-d")]
    [InlineData("a..b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void TryParse_Valid_IsTaken(string text) => ChainId.TryParse(text, out _).Should().BeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("-a")]
    [InlineData("_a")]
    [InlineData("A")]
    [InlineData("aB")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a\n")]
    [InlineData("a%2e")]
    [InlineData("é")]
    [InlineData("a٣")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void TryParse_AnythingElse_IsRefused(string? text) => ChainId.TryParse(text, out _)
        .Should().BeFalse();

    [Fact]
    public void Default_NamesNoChain()
    {
        default(ChainId).ToString().Should().BeEmpty();
        default(ChainId).Invoking(id => id.Value).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Equals_SameText_IsTrue()
    {
        ChainId.TryParse("demo", out var first).Should().BeTrue();
        ChainId.TryParse(new string("demo".ToCharArray()), out var second).Should().BeTrue();
        first.Should().Be(second);
    }

    // \z and not $, which would let a last line feed pass.
    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex Rule();
}
