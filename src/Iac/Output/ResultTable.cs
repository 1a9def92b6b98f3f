using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sequencer.Iac.Output;

/// <summary>
/// A table for results. Only the last column breaks its lines, so that names and ids can be copied even from a
/// narrow terminal; one that is too narrow for the other columns wraps the table itself, and nothing is left out.
/// </summary>
internal sealed class ResultTable : IRenderable
{
    /// <summary>What the last column has at least, in characters: as much as an address.</summary>
    private const int LastWidthMin = 16;

    private readonly Table _table;
    private readonly int _last;

    public ResultTable(TableBorder border, string[] columns)
    {
        _last = columns.Length - 1;
        _table = new Table { Border = border };
        for (var index = 0; index <= _last; index++)
            _table.AddColumn(new TableColumn(Cell(columns[index], index)) { NoWrap = index < _last });
    }

    /// <summary>
    /// Adds a row of texts as they are (no markup is read in them); "-" stands for nothing.
    /// </summary>
    public void Row(params string?[] cells) => _table.AddRow(
        cells.Select((cell, index) => Cell(string.IsNullOrEmpty(cell) ? "-" : cell, index)));

    public Measurement Measure(RenderOptions options, int maxWidth) =>
        ((IRenderable)_table).Measure(options, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        ((IRenderable)_table).Render(options, Math.Max(maxWidth, Measure(options, Report.PipeWidth).Min));

    private IRenderable Cell(string text, int index) => index < _last ? new WholeLine(text) : new Folded(text);

    /// <summary>A text that breaks its lines, within a long word too where the column is narrower.</summary>
    private sealed class Folded(string text) : IRenderable
    {
        private readonly IRenderable _text = new Text(text);

        public Measurement Measure(RenderOptions options, int maxWidth)
        {
            var measured = _text.Measure(options, maxWidth);
            return new Measurement(Math.Min(measured.Min, LastWidthMin), measured.Max);
        }

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            _text.Render(options, maxWidth);
    }
}
