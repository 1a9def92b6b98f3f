namespace Sequencer.Iac.Configuration;

/// <summary>One value in force.</summary>
/// <param name="Key">The key of [iac.aws].</param>
/// <param name="Value">The value; null where it is not set.</param>
/// <param name="Source">option, environment, file, default or unset.</param>
/// <param name="Origin">The option, the variable or the file that it came from.</param>
internal sealed record ConfigValueView(string Key, string? Value, string Source, string Origin);
