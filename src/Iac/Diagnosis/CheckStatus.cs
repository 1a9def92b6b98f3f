namespace Sequencer.Iac.Diagnosis;

internal enum CheckStatus
{
    Ok,

    /// <summary>Not known, or of no consequence yet.</summary>
    Warning,
    Failed,

    /// <summary>Not looked at, since something before it failed or it does not apply.</summary>
    Skipped,
}
