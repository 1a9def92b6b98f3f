using System.CommandLine;
using Sequencer.Tlog;

namespace Sequencer.Cli.Terminal;

/// <summary>The argument that names a chain.</summary>
internal static class ChainArgument
{
    public const string Rule = "A chain id is 1 to 64 of the characters a-z, 0-9, '.', '_' and '-', and "
        + "starts with a letter or a digit.";

    public static Argument<string> Create()
    {
        var chain = new Argument<string>("CHAIN") { Description = "The chain id." };
        chain.Validators.Add(result =>
        {
            if (!ChainId.TryParse(result.GetValueOrDefault<string>(), out _))
                result.AddError(Rule);
        });
        return chain;
    }

    /// <summary>The chain that a valid command line names.</summary>
    public static ChainId Read(ParseResult parsed, Argument<string> chain)
    {
        _ = ChainId.TryParse(parsed.GetRequiredValue(chain), out var id);
        return id;
    }
}
