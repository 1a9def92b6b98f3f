using CsCheck;
using Sequencer.Testing;

namespace Sequencer.Fuzz.Tests;

/// <summary>
/// Every parser of outside bytes, for a short while and without branch coverage; <c>make fuzz</c> takes its
/// time over the same targets. CsCheck prints the seed of a failure.
/// </summary>
public sealed class FuzzTargetTests
{
    private const int Iterations = 1_000;

    public static TheoryData<string> Names => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Seeds_OfEachTarget_AreAccepted(string name)
    {
        var target = FuzzTargets.All[name];
        target.Seeds.Should().NotBeEmpty().And.OnlyContain(seed => target.Run(seed));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ChangedSeeds_OfEachTarget_AreAcceptedOrRefused(string name)
    {
        var target = FuzzTargets.All[name];
        Mutation.Of(target.Seeds).Sample(bytes => { target.Run(bytes); }, iter: Iterations);
    }

    [Fact]
    public void Run_ParserThatFails_IsAFinding() =>
        FluentActions.Invoking(() => FuzzTargets.Planted.Run("crow"u8.ToArray()))
            .Should().Throw<InvalidOperationException>();

    [Fact]
    public void Run_ParserThatTakesTooMuch_IsAFinding()
    {
        var greedy = new FuzzTarget("greedy", [], _ => GC.KeepAlive(new byte[300_000]), _ => false);
        FluentActions.Invoking(() => greedy.Run([1])).Should().Throw<FuzzFindingException>()
            .WithMessage("greedy took 300*");
    }

    [Fact]
    public void Run_RefusalWithoutAReason_IsAFinding()
    {
        var silent = new FuzzTarget("silent", [], _ => throw new FormatException(""), _ => true);
        FluentActions.Invoking(() => silent.Run([1])).Should().Throw<FuzzFindingException>();
    }
}
