using System.CommandLine;
using System.Globalization;

namespace Sequencer.Iac.CommandLine;

/// <summary>An option that takes a whole number within bounds.</summary>
internal static class RangedOption
{
    public static Option<int> Make(
        string name, string description, string unit, int least, int most, int standard) =>
        new(name)
        {
            Description = description,
            HelpName = unit,
            DefaultValueFactory = _ => standard,
            CustomParser = result =>
            {
                var text = result.Tokens is [var token] ? token.Value : string.Empty;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number >= least && number <= most)
                {
                    return number;
                }

                result.AddError($"{name} must be a whole number from {least} to {most}.");
                return standard;
            },
        };
}
