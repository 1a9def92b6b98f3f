namespace Sequencer.Iac.Diagnosis;

/// <summary>A check in JSON; the status is "ok", "warning", "failed" or "skipped".</summary>
internal sealed record CheckView(string Check, string Status, string Detail, string? NextStep);
