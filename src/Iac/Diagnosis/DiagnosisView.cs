namespace Sequencer.Iac.Diagnosis;

/// <summary>The result of <c>doctor</c>; healthy means that no check failed.</summary>
internal sealed record DiagnosisView(bool Healthy, IReadOnlyList<CheckView> Checks);
