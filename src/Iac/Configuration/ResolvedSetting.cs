namespace Sequencer.Iac.Configuration;

/// <summary>
/// A key with the value in force and where it was found, such as "setup/config.toml, line 12".
/// </summary>
internal sealed record ResolvedSetting(Setting Setting, string? Value, SettingSource Source, string Origin);
