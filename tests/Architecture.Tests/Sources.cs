using System.Text.Json;
using Sequencer.Testing;

namespace Sequencer.Architecture.Tests;

/// <summary>The projects of src/, which are tested as they lie there.</summary>
public static class Sources
{
    public static string Folder { get; } = Path.Combine(SharedData.RepositoryRoot, "src");

    public static TheoryData<string> Projects()
    {
        var data = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(Folder, "*.csproj", SearchOption.AllDirectories))
            data.Add(Path.GetFileNameWithoutExtension(file));
        return data;
    }

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
