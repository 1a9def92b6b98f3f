using System.Text.Json;
using System.Xml.Linq;
using Sequencer.Testing;

namespace Sequencer.Architecture.Tests;

/// <summary>The projects of src/, which are tested as they lie there.</summary>
public static class Sources
{
    public static string Folder { get; } = Path.Combine(SharedData.RepositoryRoot, "src");

    public static IEnumerable<string> Names { get; } =
    [
        .. Directory.EnumerateFiles(Folder, "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file)),
    ];

    public static TheoryData<string> Projects() => [.. Names];

    /// <summary>
    /// The elements of a name in a project's file and in those that every project of src/ imports.
    /// </summary>
    public static IEnumerable<XElement> ElementsOf(string project, string name) =>
        new[]
        {
            Path.Combine(Folder, project, project + ".csproj"),
            Path.Combine(Folder, "Directory.Build.props"),
            Path.Combine(SharedData.RepositoryRoot, "Directory.Build.props"),
        }
        .SelectMany(file => XDocument.Load(file).Descendants(name));

    /// <summary>What a project includes as items of a kind: paths as they are written.</summary>
    public static IEnumerable<string> IncludedBy(string project, string kind) =>
        ElementsOf(project, kind).Attributes("Include").SelectMany(attribute => attribute.Value.Split(';'));

    /// <summary>
    /// Every package that a project is built of, asked for in whatever file or brought along by another, as its lock
    /// file names it.
    /// </summary>
    public static string[] PackagesOf(string project)
    {
        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, project, "packages.lock.json")));
        return
        [
            .. locked.RootElement.GetProperty("dependencies").EnumerateObject()
                .SelectMany(framework => framework.Value.EnumerateObject())
                .Where(dependency => dependency.Value.GetProperty("type").GetString() != "Project")
                .Select(dependency => dependency.Name)
                .Distinct(),
        ];
    }
}
