using Xunit;

namespace Sequencer.Testing;

/// <summary>
/// The folder <c>shared</c> beside the checkout: other people's test data, which this repository does not
/// carry. Tests that read it skip, saying so, where it is absent.
/// </summary>
public static class SharedData
{
    /// <summary>The checkout's top folder, found by its solution file.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    public static string Root { get; } = Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared"));

    public static string FilePath(string relativePath) => Path.Combine(Root, relativePath);

    public static string ReadText(string relativePath) => File.ReadAllText(FilePath(relativePath));

    public static byte[] ReadBytes(string relativePath) => File.ReadAllBytes(FilePath(relativePath));

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sequencer.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException(
            $"No Sequencer.sln above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}

/// <summary>A test that needs a file of the shared folder; skipped, by name, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute(string relativePath)
    {
        RelativePath = relativePath;
        if (!File.Exists(SharedData.FilePath(relativePath)))
            Skip = $"../shared/{relativePath} is not beside this checkout.";
    }

    public string RelativePath { get; }
}

/// <summary>A theory that needs a file of the shared folder; skipped, by name, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    public SharedDataTheoryAttribute(string relativePath)
    {
        RelativePath = relativePath;
        if (!File.Exists(SharedData.FilePath(relativePath)))
            Skip = $"../shared/{relativePath} is not beside this checkout.";
    }

    public string RelativePath { get; }
}
