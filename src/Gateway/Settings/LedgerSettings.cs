using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>Where the entries are kept: <c>[ledger]</c>.</summary>
internal sealed record LedgerSettings
{
    /// <summary>Folder of the ledger.</summary>
    public required string Path { get; init; }

    /// <summary>The id of the ledger that belongs to this service; any other ledger is refused.</summary>
    public required string Id { get; init; }

    /// <summary>How entries are compressed from now on.</summary>
    public required LedgerCompression Compression { get; init; }

    public static LedgerSettings Read(SettingsReader reader)
    {
        var id = reader.Text("ledger:id", "");
        if (id.Length == 0)
            throw new SettingsException(
                "ledger.id is not set: it says which ledger belongs to this service; "
                + "`make config` makes one.");
        return new LedgerSettings
        {
            Path = SettingsFile.Folder(reader, "ledger:path", "data"),
            Id = id,
            Compression = reader.Word("ledger:compression", LedgerCompression.None),
        };
    }
}
