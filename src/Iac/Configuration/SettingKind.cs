namespace Sequencer.Iac.Configuration;

/// <summary>The TOML type that a key takes in the configuration file.</summary>
internal enum SettingKind
{
    Text,
    Integer,
    IntegerList,
    Table,
}
