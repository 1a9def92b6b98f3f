namespace Sequencer.Iac.Configuration;

/// <summary>The folder of access keys and private keys: <c>secrets</c>, or what --secrets names.</summary>
internal sealed class SecretsFolder(string path, Surroundings surroundings)
{
    public const string DefaultPath = "secrets";

    private readonly string _folder = surroundings.FullPath(path);

    public string ShownFolder => surroundings.Shown(_folder);

    public string PathOf(string fileName) => Path.Combine(_folder, fileName);

    /// <summary>The file's path as a person would type it.</summary>
    public string Shown(string fileName) => surroundings.Shown(PathOf(fileName));

    /// <summary>Makes the folder, readable by its owner only, where it is missing.</summary>
    public void Ensure()
    {
        if (Directory.Exists(_folder))
            return;
        Directory.CreateDirectory(
            _folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
