using System.Globalization;
using Sequencer.Attestation;

namespace Sequencer.Cli.Terminal;

/// <summary>One check on one line: what became of it, what was checked, and why or what was found.</summary>
internal static class CheckLine
{
    /// <summary>
    /// So many checks in a row that were not reached are told one by one; more are counted.
    /// </summary>
    private const int UnreachedShownMax = 2;

    public static void Write(TextWriter output, CheckOutcome outcome, string rule, string detail)
    {
        var mark = outcome switch
        {
            CheckOutcome.Passed => "pass",
            CheckOutcome.Failed => "FAIL",
            CheckOutcome.NotReached => "----",
            _ => "n/a ",
        };
        var found = detail.Length == 0 ? "" : $": {Plain.Line(detail)}";
        output.WriteLine($"{mark}  {Plain.Line(rule)}{found}");
    }

    /// <summary>
    /// Writes many checks; a long row of unreached ones, which say nothing new, becomes one line.
    /// </summary>
    public static void WriteAll(
        TextWriter output, IEnumerable<(CheckOutcome Outcome, string Rule, string Detail)> checks)
    {
        var unreached = new List<(CheckOutcome Outcome, string Rule, string Detail)>();
        foreach (var check in checks)
        {
            if (check.Outcome == CheckOutcome.NotReached)
            {
                unreached.Add(check);
                continue;
            }

            WriteUnreached(output, unreached);
            Write(output, check.Outcome, check.Rule, check.Detail);
        }

        WriteUnreached(output, unreached);
    }

    private static void WriteUnreached(
        TextWriter output, List<(CheckOutcome Outcome, string Rule, string Detail)> unreached)
    {
        if (unreached.Count > UnreachedShownMax)
        {
            Write(output, CheckOutcome.NotReached,
                string.Create(CultureInfo.InvariantCulture, $"{unreached.Count} further checks"),
                "What they build on failed.");
        }
        else
        {
            foreach (var (outcome, rule, detail) in unreached)
                Write(output, outcome, rule, detail);
        }

        unreached.Clear();
    }
}
