using Spectre.Console;

namespace Sequencer.Iac.Output;

internal static class TableRows
{
    /// <summary>
    /// Adds a row of texts as they are (no markup is read in them); "-" stands for nothing.
    /// </summary>
    public static Table Row(this Table table, params string?[] cells) =>
        table.AddRow(Array.ConvertAll(cells, cell => new Text(string.IsNullOrEmpty(cell) ? "-" : cell)));
}
