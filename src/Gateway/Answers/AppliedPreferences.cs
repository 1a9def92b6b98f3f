using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>Tells the client which of its preferences were followed (RFC 7240, section 3).</summary>
internal static class AppliedPreferences
{
    /// <summary>Tells one preference.</summary>
    public static void Tell(HttpContext context, string preference) =>
        context.Response.Headers.Append("Preference-Applied", preference);

    /// <summary>Tells which finality a range has that asked for one. A service without witnesses cannot give
    /// the witnessed one, and then says nothing.</summary>
    public static void TellFinality(HttpContext context, SequencedRange range)
    {
        if (RequestHeaders.FinalityOf(context.Request) is not { } asked)
            return;
        if (range.IsWitnessed == (asked == Finality.Witnessed))
            Tell(context, asked == Finality.Witnessed ? "finality=witnessed" : "finality=enclave");
    }
}
