using System.Globalization;
using Sequencer.Iac.Output;
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;

namespace Sequencer.Iac.Configuration;

/// <summary>The table <c>[iac.aws]</c> of the configuration file, its values as texts.</summary>
internal static class ConfigurationFile
{
    public const string DefaultPath = "setup/config.toml";

    /// <summary>A larger file is not a configuration.</summary>
    public const int SizeMaxBytes = 1 << 20;

    /// <summary>
    /// Reads the file; other tables in it belong to the gateway and are not looked at. Throws, with every
    /// fault of the table, where a key is unknown or has a wrong type.
    /// </summary>
    public static IReadOnlyDictionary<Setting, string> Read(string path, string shownPath)
    {
        var table = Table(path, shownPath);
        var problems = new List<string>();
        var values = new Dictionary<Setting, string>();
        foreach (var (key, value) in table)
        {
            var setting = Settings.All.FirstOrDefault(candidate => candidate.Key == key);
            if (setting is null)
                problems.Add(
                    $"it has no key '{key}'{Spelling.Suggest(key, Settings.All.Select(known => known.Key))}");
            else if (Text(setting, value) is { } text)
                values[setting] = text;
            else
                problems.Add($"{key} must be {Expected(setting)}, as in: {key} = {setting.Sample}");
        }

        if (problems.Count > 0)
        {
            throw new IacException(
                ExitCode.Usage,
                $"[iac.aws] of {shownPath} is wrong: {string.Join("; ", problems)}.",
                "'iac config sample' prints every key.");
        }

        return values;
    }

    private static TomlTable Table(string path, string shownPath)
    {
        var text = Text(path, shownPath);
        var syntax = SyntaxParser.Parse(text, shownPath, validate: true);
        if (syntax.HasErrors)
        {
            var first = syntax.Diagnostics[0];
            throw new IacException(
                ExitCode.Usage,
                $"{shownPath} is not TOML: line {first.Span.Start.Line + 1}: {first.Message}.",
                "Correct it there and try again.");
        }

        var document = TomlSerializer.Deserialize<TomlTable>(text) ?? [];
        if (!document.TryGetValue("iac", out var iac))
            return [];
        if (iac is TomlTable parent && !parent.TryGetValue("aws", out _))
            return [];
        return iac is TomlTable { } found && found["aws"] is TomlTable aws
            ? aws
            : throw new IacException(
                ExitCode.Usage, $"iac.aws of {shownPath} must be a table, written [iac.aws].");
    }

    private static string Text(string path, string shownPath)
    {
        try
        {
            return new FileInfo(path).Length <= SizeMaxBytes
                ? File.ReadAllText(path)
                : throw new IacException(ExitCode.Usage, $"{shownPath} is larger than {SizeMaxBytes} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IacException(
                ExitCode.Usage, $"{shownPath} cannot be read: {e.Message}",
                "Name another file with --config.",
                e);
        }
    }

    private static string? Text(Setting setting, object value) => (setting.Kind, value) switch
    {
        (SettingKind.Text, string text) => text,
        (SettingKind.TextList, string text) => text,
        (SettingKind.TextList, TomlArray list) when list.All(item => item is string) => string.Join(',', list),
        (SettingKind.Integer, long number) => number.ToString(CultureInfo.InvariantCulture),
        (SettingKind.IntegerList, TomlArray list) when list.All(item => item is long) =>
            string.Join(',', list.Select(item => Convert.ToString(item, CultureInfo.InvariantCulture))),
        (SettingKind.Table, TomlTable table) when table.All(pair =>
            pair.Value is string text && IsPlain(pair.Key) && IsPlain(text)) =>
            string.Join(',', table.Select(pair => $"{pair.Key}={pair.Value}")),
        _ => null,
    };

    private static string Expected(Setting setting) => setting.Kind switch
    {
        SettingKind.Text => "a string",
        SettingKind.TextList => "a string or a list of strings",
        SettingKind.Integer => "a whole number",
        SettingKind.IntegerList => "a list of whole numbers",
        _ => "a table of strings, with no ',' or '=' in them",
    };

    /// <summary>Whether the text of a table would be read back as it was.</summary>
    private static bool IsPlain(string text) => !text.AsSpan().ContainsAny(',', '=');
}
