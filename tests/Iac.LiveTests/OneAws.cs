namespace Sequencer.Iac.LiveTests;

/// <summary>All tests that use the one AWS of a run; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OneAws : ICollectionFixture<Aws>
{
    public const string Name = "live";
}
