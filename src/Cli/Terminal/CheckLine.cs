using Sequencer.Attestation;

namespace Sequencer.Cli.Terminal;

/// <summary>One check on one line: what became of it, what was checked, and why or what was found.</summary>
internal static class CheckLine
{
    public static string Format(CheckOutcome outcome, string rule, string detail)
    {
        var mark = outcome switch
        {
            CheckOutcome.Passed => "pass",
            CheckOutcome.Failed => "FAIL",
            CheckOutcome.NotReached => "----",
            _ => "n/a ",
        };
        return detail.Length == 0 ? $"{mark}  {Plain.Line(rule)}" : $"{mark}  {Plain.Line(rule)}: {Plain.Line(detail)}";
    }
}
