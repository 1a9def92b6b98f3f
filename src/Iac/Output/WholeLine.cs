using Spectre.Console.Rendering;

namespace Sequencer.Iac.Output;

/// <summary>
/// One line, as long as it is. Spectre breaks a text with a real line end at the terminal's width; what a person
/// copies, such as a command, must come out as it went in, so here the terminal alone wraps what it shows.
/// </summary>
internal sealed class WholeLine(string text) : IRenderable
{
    private readonly Segment _line = new(text);

    public Measurement Measure(RenderOptions options, int maxWidth) => new(_line.CellCount(), _line.CellCount());

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => [_line];
}
