using System.CommandLine;
using System.Text.RegularExpressions;

namespace Sequencer.Iac.CommandLine;

/// <summary>
/// An option that takes one of AWS's ids. Its form is checked, because AWS reads "*" and "?" in some places
/// as any characters, and a name or alias in others.
/// </summary>
internal static class IdOption
{
    /// <param name="name">Such as "--instance-id".</param>
    /// <param name="description">For the help.</param>
    /// <param name="form">What an id must match as a whole.</param>
    /// <param name="formShown">Ends "… must be".</param>
    public static Option<string?> Make(string name, string description, Regex form, string formShown)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "id" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !form.IsMatch(token.Value))
                result.AddError($"{name} must be {formShown}.");
        });
        return option;
    }
}
