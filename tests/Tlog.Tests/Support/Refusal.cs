namespace Sequencer.Tlog.Tests;

/// <summary>Runs what must be refused, and gives the reason.</summary>
internal static class Refusal
{
    public static TlogError Of(Action action) => action.Should().Throw<TlogException>().Which.Reason;

    public static TlogException ExceptionOf(Action action) => action.Should().Throw<TlogException>().Which;
}
