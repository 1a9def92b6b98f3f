using Sequencer.Iac.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sequencer.Iac.Stack;

internal static class StackTable
{
    /// <summary>The steps, and below them how to connect where there is something to connect to.</summary>
    public static IRenderable Of(StackView stack, Report report)
    {
        var table = report.Table("Step", "Name", "Id", "Outcome");
        foreach (var step in stack.Steps)
        {
            var outcome = step.Outcome == StackStepView.Left ? $"left: {step.Detail}" : step.Outcome;
            table.Row(step.Step.Replace('_', ' '), step.Name, step.Id, outcome);
        }

        return stack.Instance?.Connect is { } connect
            ? new Rows(table, new WholeLine($"Connect: {connect}"))
            : table;
    }
}
