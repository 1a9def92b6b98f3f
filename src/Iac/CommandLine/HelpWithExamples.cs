using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sequencer.Iac.CommandLine;

/// <summary>The standard help of a command, followed by examples of its use.</summary>
internal sealed class HelpWithExamples(HelpAction standard, IReadOnlyDictionary<Command, string[]> examples)
    : SynchronousCommandLineAction
{
    private const int WidthMax = 100;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        standard.MaxWidth = WidthMax;
        var code = standard.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples[parseResult.CommandResult.Command])
            output.WriteLine($"  {example}");
        return code;
    }
}
