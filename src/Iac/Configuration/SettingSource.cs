namespace Sequencer.Iac.Configuration;

/// <summary>Where a value came from; a lower one wins over a higher one.</summary>
internal enum SettingSource
{
    Option,
    Environment,
    File,
    Default,
    Unset,
}
