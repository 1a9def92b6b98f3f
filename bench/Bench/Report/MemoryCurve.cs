using System.Text;

namespace Sequencer.Bench.Report;

/// <summary>Draws memory over time as a small SVG picture, readable on a light and on a dark page.</summary>
internal sealed class MemoryCurve(string title, double secondsMax, double limitMiB)
{
    private const int Width = 720;
    private const int Height = 320;
    private const int Left = 56;
    private const int Right = 16;
    private const int Top = 40;
    private const int Bottom = 40;
    private const int PointsMax = 300;
    private const int Divisions = 5;

    private readonly double _top = Math.Ceiling(limitMiB * 1.1 / 100) * 100;
    private readonly StringBuilder _shapes = new();

    /// <summary>Adds a curve; of a long one, the highest of neighbouring samples is drawn.</summary>
    public void Add(string name, string colour, IReadOnlyList<(double Seconds, double MiB)> samples)
    {
        if (samples.Count == 0)
            return;
        var points = samples.Chunk((samples.Count + PointsMax - 1) / PointsMax)
            .Select(chunk => chunk.MaxBy(sample => sample.MiB))
            .Select(sample => Text($"{X(sample.Seconds):0.#},{Y(sample.MiB):0.#}"));
        _shapes.AppendLine(
            $"""<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{string.Join(' ', points)}"/>""");
        _shapes.AppendLine(Label(Width - Right, Y(samples[^1].MiB) - 6, "end", colour, name));
    }

    public override string ToString()
    {
        var limit = Text($"{Y(limitMiB):0.#}");
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}"
             font-family="sans-serif" font-size="12">
            <rect width="{Width}" height="{Height}" fill="#ffffff"/>
            <text x="{Left}" y="22" font-size="14">{title}</text>
            {Axes()}<line x1="{Left}" y1="{limit}" x2="{Width - Right}" y2="{limit}"
             stroke="#c0392b" stroke-dasharray="6 4"/>
            {_shapes}</svg>

            """;
    }

    private string Axes()
    {
        var axes = new StringBuilder();
        for (var i = 0; i <= Divisions; i++)
        {
            var (mib, seconds) = (_top * i / Divisions, secondsMax * i / Divisions);
            var (x, y) = (X(seconds), Y(mib));
            axes.AppendLine(Text(
                $"""<line x1="{Left}" y1="{y:0.#}" x2="{Width - Right}" y2="{y:0.#}" stroke="#dddddd"/>"""));
            axes.AppendLine(Label(Left - 8, y + 4, "end", "#555555", Text($"{mib:0}")));
            axes.AppendLine(Label(x, Height - 16, "middle", "#555555", Text($"{seconds:0} s")));
        }

        return axes.ToString();
    }

    private static string Label(double x, double y, string anchor, string colour, string text) =>
        Text($"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}" fill="{colour}">{text}</text>""");

    private double X(double seconds) => Left + (Width - Left - Right) * seconds / secondsMax;

    private double Y(double mib) => Top + (Height - Top - Bottom) * (1 - mib / _top);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
