namespace Sequencer.Hosting;

/// <summary>
/// Files that settings name. Relative names start at the folder in which the program was started.
/// </summary>
internal static class SettingsFile
{
    /// <summary>The name back, if such a file exists; null for null.</summary>
    /// <exception cref="SettingsException">When there is no such file.</exception>
    public static string? Existing(string setting, string? path)
    {
        if (path is null || File.Exists(path))
            return path;
        throw new SettingsException(
            $"{setting}: the file {path} does not exist (looked in {Directory.GetCurrentDirectory()}); "
            + "the program's command config makes the files of a development set-up.");
    }

    /// <summary>The text of a file that a setting names.</summary>
    /// <exception cref="SettingsException">When it is missing or cannot be read.</exception>
    public static string Text(string setting, string path)
    {
        try
        {
            return File.ReadAllText(Existing(setting, path)!);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{setting}: the file {path} cannot be read: {unreadable.Message}");
        }
    }
}
