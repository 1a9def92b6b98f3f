namespace Sequencer.Iac.Output;

/// <summary>
/// Ends a command with <paramref name="code"/>. The message is one sentence for a person: what is wrong and
/// what was expected. <paramref name="nextStep"/> says what to do about it.
/// </summary>
internal sealed class IacException(
    ExitCode code, string message, string? nextStep = null, Exception? cause = null) : Exception(message,
    cause)
{
    public ExitCode Code { get; } = code;

    public string? NextStep { get; } = nextStep;

    /// <summary>The code AWS gave, when it was AWS that refused.</summary>
    public string? AwsCode { get; init; }

    /// <summary>
    /// Whether AWS may have done what was asked all the same: its answer was lost, or it failed.
    /// </summary>
    public bool MayHaveHappened { get; init; }
}
