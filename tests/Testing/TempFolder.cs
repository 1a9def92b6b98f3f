namespace Sequencer.Testing;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sequencer-").FullName;

    /// <summary>The path of a name in the folder.</summary>
    public string Under(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file; its path.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(Under(name), text);
        return Under(name);
    }

    /// <summary>Writes a file; its path.</summary>
    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(Under(name), bytes);
        return Under(name);
    }

    /// <summary>Copies a folder of files into a new one.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
