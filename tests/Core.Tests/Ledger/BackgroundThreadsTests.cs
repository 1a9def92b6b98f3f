namespace Sequencer.Core.Tests.Ledger;

public sealed class BackgroundThreadsTests
{
    private const int Given = 10;

    [OrdinaryNicenessFact]
    public void Start_WhatItOpens_RunsBelowItsCaller()
    {
        var before = Niceness();

        var inside = BackgroundThreads.Start(Niceness);

        inside.Should().Be(Given);
        Niceness().Should().Be(before, "whoever opens the ledger goes on as before");
    }

    [Fact]
    public void Start_OpeningFails_IsThrownAsItWas()
    {
        var failure = new LedgerException(LedgerError.Locked, "taken");

        FluentActions.Invoking(() => BackgroundThreads.Start<int>(() => throw failure))
            .Should().Throw<LedgerException>().Which.Should().BeSameAs(failure);
    }

    // proc(5): the nineteenth field, counted after the name, which may have blanks.
    private static int Niceness() => int.Parse(
        File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[16],
        System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A test that tells nothing where its own process gives way as much already: skipped there.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class OrdinaryNicenessFactAttribute : FactAttribute
    {
        public OrdinaryNicenessFactAttribute()
        {
            if (Niceness() >= Given)
                Skip = $"The tests run with a niceness of {Given} or more.";
        }
    }
}
