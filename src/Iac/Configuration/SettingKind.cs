namespace Sequencer.Iac.Configuration;

/// <summary>The TOML type that a key takes in the configuration file.</summary>
internal enum SettingKind
{
    Text,

    /// <summary>A list of texts; one may stand alone.</summary>
    TextList,

    Integer,
    IntegerList,
    Table,
}
