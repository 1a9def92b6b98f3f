using Sequencer.Bench.Limits;
using Sequencer.Bench.Load;
using Sequencer.Bench.Report;
using Sequencer.Bench.Running;

namespace Sequencer.Bench.Figures;

/// <summary>What a group of figures works with: the servers, the limits of this run, and where results go.</summary>
internal sealed class Stage(
    Scope scope, string folder, Service service, BareServer bare, MeasuredLimits limits, List<Figure> figures)
{
    public Scope Scope { get; } = scope;

    /// <summary>A folder for files of this stage.</summary>
    public string Folder { get; } = folder;

    public Service Service { get; } = service;

    public BareServer Bare { get; } = bare;

    public MeasuredLimits Limits { get; } = limits;

    /// <summary>The same with another service.</summary>
    public Stage With(Service other, string otherFolder) =>
        new(Scope, otherFolder, other, Bare, Limits, figures);

    public void Add(Figure figure)
    {
        figures.Add(figure);
        Progress.Line($"{figure.Name}: {figure.Ratio:0.00} {(figure.IsMet ? "met" : "missed")}; {figure.Note}");
    }

    /// <summary>A file with tokens of chains.</summary>
    public string TokenFile(string name, params IEnumerable<string> chains) =>
        Service.Tokens.WriteFile(Path.Combine(Folder, name + ".tokens"), chains);

    /// <summary>Fails where a load had errors: a figure of refusals would mean nothing.</summary>
    public static LoadResult Require(LoadResult result, string what) => result.Errors == 0
        ? result
        : throw new BenchException($"{what}: {result.Errors} of {result.Requests} requests failed.");
}
