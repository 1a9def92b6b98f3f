using Sequencer.Iac.Output;

namespace Sequencer.Iac.Diagnosis;

/// <summary>One thing that <c>doctor</c> looked at, what it found, and how to get what is missing.</summary>
internal sealed record Check(string Name, CheckStatus Status, string Detail, string? NextStep = null)
{
    public static Check Ok(string name, string detail) => new(name, CheckStatus.Ok, detail);

    public static Check Skipped(string name, string why) => new(name, CheckStatus.Skipped, why);

    /// <summary>Turns a refusal into a failed check.</summary>
    public static Check Failed(string name, IacException e) => new(
        name, CheckStatus.Failed, e.Message, e.NextStep);

    /// <summary>Turns a refusal of something that is not needed for <c>up</c> into a warning.</summary>
    public static Check Warning(string name, IacException e) => new(
        name, CheckStatus.Warning, e.Message, e.NextStep);
}
