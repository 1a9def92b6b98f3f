using CsCheck;

namespace Sequencer.Enclave.Tests;

/// <summary>
/// Random commands of several sessions over several epochs, against a model that keeps every leaf and decides
/// by the rules. Over all epochs: one root for each size, no smaller size, no earlier time; and where
/// witnesses are demanded, nothing opened or sealed without their quorum.
/// </summary>
public sealed class ModelTests
{
    private static readonly Gen<(int Command, int Chain, int Session, int Count)> Step =
        Gen.Select(Gen.Int[0, 17], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 5]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnyCommands_AreAnsweredAsTheRulesSay(bool witnessed) => Step.List[1, 80].Sample(steps =>
    {
        using var run = new ModelRun(witnessed);
        foreach (var step in steps)
            run.Do(step.Command, step.Chain, step.Session, step.Count);
    }, iter: 150, threads: 1);
}
