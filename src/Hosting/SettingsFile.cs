using System.Diagnostics.CodeAnalysis;

namespace Sequencer.Hosting;

/// <summary>
/// Files that settings name. Relative names start at the folder in which the program was started.
/// </summary>
internal static class SettingsFile
{
    /// <summary>The name back, if such a file exists; null for null.</summary>
    /// <exception cref="SettingsException">When the name is empty, or there is no such file.</exception>
    [return: NotNullIfNotNull(nameof(path))]
    public static string? Existing(SettingsReader reader, string key, string? path)
    {
        if (path is null)
            return null;
        if (path.Length == 0)
            throw reader.Wrong(key, path, "the name of a file");
        RequireFile(key.Replace(':', '.'), path);
        return path;
    }

    /// <summary>The name of a folder, which need not exist; the fallback when it is not set.</summary>
    /// <exception cref="SettingsException">When the name is empty.</exception>
    public static string Folder(SettingsReader reader, string key, string fallback) =>
        reader.Text(key, fallback) is { Length: > 0 } path
            ? path
            : throw reader.Wrong(key, "", "the name of a folder");

    /// <summary>The text of a file that a setting names.</summary>
    /// <exception cref="SettingsException">When it is missing or cannot be read.</exception>
    public static string Text(string setting, string path)
    {
        try
        {
            RequireFile(setting, path);
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{setting}: the file {path} cannot be read: {unreadable.Message}");
        }
    }

    private static void RequireFile(string setting, string path)
    {
        if (!File.Exists(path))
        {
            throw new SettingsException(
                $"{setting}: the file {path} does not exist (looked in {Directory.GetCurrentDirectory()}); "
                + "the program's command config makes the files of a development set-up.");
        }
    }
}
