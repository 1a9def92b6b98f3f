using System.Globalization;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Configuration;

/// <summary>
/// The values in force: a command-line option before an environment variable before the file before the
/// default. An empty variable or empty text in the file counts as not set.
/// </summary>
internal sealed class ResolvedSettings
{
    /// <summary>Begins the variables that the live tests read, in whose processes the tool may find them.</summary>
    private const string LiveTestsPrefix = Setting.EnvironmentPrefix + "LIVE";

    private readonly Dictionary<Setting, ResolvedSetting> _values;

    private ResolvedSettings(Dictionary<Setting, ResolvedSetting> values, string? filePath)
    {
        _values = values;
        FilePath = filePath;
    }

    /// <summary>
    /// The file that was read, as shown to people; null where the default file does not exist.
    /// </summary>
    public string? FilePath { get; }

    public IEnumerable<ResolvedSetting> All => Settings.All.Select(setting => _values[setting]);

    /// <param name="option">Gives the option's value from the command line, or null.</param>
    /// <param name="chosenFile">The file named with --config; null for the default one, which may be
    /// absent.</param>
    /// <param name="surroundings">Environment variables and working folder.</param>
    public static ResolvedSettings Resolve(
        Func<Setting, string?> option, string? chosenFile, Surroundings surroundings)
    {
        var path = surroundings.FullPath(chosenFile ?? ConfigurationFile.DefaultPath);
        var shown = chosenFile ?? ConfigurationFile.DefaultPath;
        var readFile = chosenFile is not null || File.Exists(path);
        var file = readFile ? ConfigurationFile.Read(path, shown) : new Dictionary<Setting, string>();
        var values = Settings.All.ToDictionary(
            setting => setting, setting => ResolveOne(setting, option(setting), file, shown, surroundings));
        Validate(values.Values, surroundings);
        return new ResolvedSettings(values, readFile ? shown : null);
    }

    public ResolvedSetting this[Setting setting] => _values[setting];

    public string? Find(Setting setting) => _values[setting].Value;

    /// <summary>The value of a key that the command cannot do without.</summary>
    public string Require(Setting setting) => Find(setting) ?? throw new IacException(
        ExitCode.Usage,
        $"{setting.Key} is not set.",
        $"Give {setting.Option}, set {setting.Environment}, or write {setting.Key} under [iac.aws] in "
        + $"{FilePath ?? ConfigurationFile.DefaultPath} ('iac config sample' shows how).");

    public int RequireNumber(Setting setting) => int.Parse(Require(setting), CultureInfo.InvariantCulture);

    private static ResolvedSetting ResolveOne(
        Setting setting,
        string? option,
        IReadOnlyDictionary<Setting, string> file,
        string fileShown,
        Surroundings surroundings)
    {
        if (option is not null)
            return new(setting, option, SettingSource.Option, setting.Option);
        if (surroundings.Environment(setting.Environment) is { Length: > 0 } variable)
            return new(setting, variable, SettingSource.Environment, setting.Environment);
        if (file.TryGetValue(setting, out var text) && text.Length > 0)
            return new(setting, text, SettingSource.File, fileShown);
        return setting.Default is null
            ? new(setting, null, SettingSource.Unset, "not set")
            : new(setting, setting.Default, SettingSource.Default, "default");
    }

    /// <summary>What is wrong with each variable that is set and looks like a key's, but is none's.</summary>
    private static IEnumerable<string> UnknownVariables(Surroundings surroundings) => surroundings.EnvironmentNames
        .Where(name => name.StartsWith(Setting.EnvironmentPrefix, StringComparison.Ordinal)
            && !name.StartsWith(LiveTestsPrefix, StringComparison.Ordinal)
            && Settings.All.All(setting => setting.Environment != name)
            && surroundings.Environment(name) is { Length: > 0 })
        .Order(StringComparer.Ordinal)
        .Select(name => $"{name} is the variable of no key" + Spelling.Suggest(
            name[Setting.EnvironmentPrefix.Length..].ToLowerInvariant(),
            Settings.All.Select(setting => setting.Key)));

    private static void Validate(IEnumerable<ResolvedSetting> values, Surroundings surroundings)
    {
        var problems = UnknownVariables(surroundings).ToList();
        foreach (var resolved in values)
        {
            if (resolved.Value is { } value && resolved.Setting.Check(value) is { } problem)
                problems.Add($"{resolved.Setting.Key} ('{value}', from {resolved.Origin}) {problem}");
        }

        if (problems.Count > 0)
        {
            throw new IacException(
                ExitCode.Usage,
                $"The configuration is wrong: {string.Join("; ", problems)}.",
                "'iac config show' prints where each value comes from once they are right.");
        }
    }
}
