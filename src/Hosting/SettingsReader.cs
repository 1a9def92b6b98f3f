using System.Globalization;

namespace Sequencer.Hosting;

/// <summary>
/// Reads each setting once, checks its type and range, and remembers which keys were asked for, so that a key
/// nobody asked for is refused rather than ignored. Used while the program starts, by one thread.
/// </summary>
/// <param name="configuration">The file and the environment.</param>
/// <param name="environmentPrefix">
/// What the names of overriding environment variables start with, for messages.
/// </param>
internal sealed class SettingsReader(IConfigurationRoot configuration, string environmentPrefix)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _lists = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _foreign = [];

    /// <summary>A text; <paramref name="fallback"/> when it is not set.</summary>
    public string Text(string key, string fallback) =>
        Find(key, "a text in quotes", TomlKind.Text) ?? fallback;

    /// <summary>One of the given words.</summary>
    public string Word(string key, string fallback, params string[] words)
    {
        var word = Text(key, fallback);
        return words.Contains(word) ? word : throw Wrong(key, word, "one of " + string.Join(", ", words));
    }

    /// <summary>One of the values of an enumeration, by its name in lower case.</summary>
    public T Word<T>(string key, T fallback)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        var words = Array.ConvertAll(values, WordOf);
        return values[Array.IndexOf(words, Word(key, WordOf(fallback), words))];

        static string WordOf(T value) => value.ToString().ToLowerInvariant();
    }

    public bool Flag(string key, bool fallback)
    {
        const string Expected = "true or false";
        var text = Find(key, Expected, TomlKind.Boolean);
        if (text is null)
            return fallback;
        return bool.TryParse(text, out var flag) ? flag : throw Wrong(key, text, Expected);
    }

    public int Integer(string key, int fallback, int min, int max) =>
        (int)LongInteger(key, fallback, min, max);

    public long LongInteger(string key, long fallback, long min, long max)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"an integer from {min} to {max}");
        var text = Find(key, expected, TomlKind.Integer);
        if (text is null)
            return fallback;
        var isInteger = long.TryParse(
            text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value);
        return isInteger && value >= min && value <= max ? value : throw Wrong(key, text, expected);
    }

    /// <summary>A list of texts; empty when it is not set.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="expected">What each must be, for a message.</param>
    /// <param name="isRight">Whether a text is that; null for any text.</param>
    public IReadOnlyList<string> List(string key, string expected = "", Func<string, bool>? isRight = null)
    {
        _known.Add(key);
        _lists.Add(key);
        if (configuration[key] is { } text)
            throw Wrong(key, text, "a list of texts in square brackets");
        var items = configuration.GetSection(key).GetChildren();
        return [.. items.Select(Checked)];

        string Checked(IConfigurationSection item)
        {
            var text = Text(item.Path, "");
            return isRight?.Invoke(text) == false ? throw Wrong(item.Path, text, expected) : text;
        }
    }

    /// <summary>
    /// The names of the tables right below a table, such as the chains of <c>[chains."name"]</c>.
    /// </summary>
    public IReadOnlyList<string> Tables(string key)
    {
        _tables.Add(key);
        var children = configuration.GetSection(key).GetChildren().ToList();
        if (children.Find(child => child.Value is not null) is { } scalar)
            throw Wrong(scalar.Path, scalar.Value!, "a table");
        var names = children.Select(child => child.Key);
        var empty = File?.Values
            .Where(pair => pair.Value.Kind == TomlKind.EmptyTable)
            .Where(pair => pair.Key.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase))
            .Select(pair => pair.Key[(key.Length + 1)..]) ?? [];
        return [.. names.Union(empty, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Leaves a table to another reader: its keys are not checked here.</summary>
    public void Leave(string table) => _foreign.Add(table);

    /// <summary>Refuses the first key that nobody asked for.</summary>
    /// <exception cref="SettingsException">Naming the key and the settings its table has.</exception>
    public void RefuseUnknown()
    {
        var set = configuration.AsEnumerable().Where(pair => pair.Value is not null).Select(pair => pair.Key);
        var unknown = set.FirstOrDefault(key => !IsKnown(key))
            ?? File?.Values.Keys.FirstOrDefault(key => !IsKnown(key) && !IsEmptyTableOfKnown(key));
        if (unknown is not null)
            throw new SettingsException($"{Place(unknown)}: there is no such setting; {Neighbours(unknown)}");
    }

    /// <summary>
    /// What to throw when a setting's value makes no sense for a reason its type does not show.
    /// </summary>
    public SettingsException Wrong(string key, string value, string expected) =>
        new($"{Place(key)} is \"{value}\"; expected {expected}.");

    private TomlFile? File =>
        configuration.Providers.OfType<TomlConfigurationProvider>().SingleOrDefault()?.File;

    private string? Find(string key, string expected, TomlKind kind)
    {
        _known.Add(key);
        foreach (var provider in configuration.Providers.Reverse())
        {
            if (!provider.TryGet(key, out var text) || text is null)
                continue;
            // Only the file knows kinds; an environment variable is always text and is parsed by its reader.
            if (provider is TomlConfigurationProvider toml && toml.File.Values[key].Kind != kind)
                throw Wrong(key, text, expected + $" (found {KindOf(toml.File.Values[key].Kind)})");
            return text;
        }

        if (File?.Values.ContainsKey(key) == true || configuration.GetSection(key).GetChildren().Any())
            throw new SettingsException($"{Place(key)} is a list or a table; expected {expected}.");
        return null;
    }

    private bool IsKnown(string key)
    {
        if (_known.Contains(key) || _tables.Contains(key) || _foreign.Exists(table => IsWithin(key, table)))
            return true;
        return key.LastIndexOf(':') is > 0 and var colon && _lists.Contains(key[..colon]);
    }

    private bool IsEmptyTableOfKnown(string key) =>
        File!.Values[key].Kind == TomlKind.EmptyTable && _known.Any(known => IsWithin(known, key));

    private static bool IsWithin(string key, string table) =>
        key.StartsWith(table, StringComparison.OrdinalIgnoreCase)
        && (key.Length == table.Length || key[table.Length] == ':');

    private string Neighbours(string key)
    {
        var table = key.LastIndexOf(':') is > 0 and var colon ? key[..(colon + 1)] : "";
        var names = _known.Concat(_tables).Concat(_foreign)
            .Where(known => known.StartsWith(table, StringComparison.OrdinalIgnoreCase))
            .Select(known => known[table.Length..].Split(':')[0])
            .Distinct()
            .ToList();
        var where = table.Length == 0 ? "the tables are " : $"[{table[..^1].Replace(':', '.')}] has ";
        return names.Count == 0
            ? $"there is no table [{table[..^1].Replace(':', '.')}] either."
            : where + string.Join(", ", names) + ".";
    }

    /// <summary>Where a key was set, for a message: file and line, or the environment variable.</summary>
    private string Place(string key)
    {
        var name = key.Replace(':', '.');
        var provider = configuration.Providers.Reverse().FirstOrDefault(
            candidate => candidate.TryGet(key, out _));
        if (provider is null or TomlConfigurationProvider)
        {
            // A list or a table is where its first value is.
            var line = File?.Values.Where(pair => IsWithin(pair.Key, key)).Min(pair => (int?)pair.Value.Line);
            return line is null
                ? name
                : string.Create(CultureInfo.InvariantCulture, $"{File!.Path}({line}): {name}");
        }

        return $"environment variable {VariableOf(key)}: {name.ToLowerInvariant()}";
    }

    /// <summary>As it is spelt there: the id of a chain stands in it, and has no capitals.</summary>
    private string VariableOf(string key)
    {
        var variable = environmentPrefix + key.Replace(":", "__", StringComparison.Ordinal);
        return Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .FirstOrDefault(name => name.Equals(variable, StringComparison.OrdinalIgnoreCase)) ?? variable;
    }

    private static string KindOf(TomlKind kind) => kind switch
    {
        TomlKind.Text => "a text",
        TomlKind.Integer => "an integer",
        TomlKind.Float => "a number with a fraction",
        TomlKind.Boolean => "true or false without quotes",
        TomlKind.Time => "a date or time",
        TomlKind.EmptyList => "an empty list",
        _ => "an empty table",
    };
}
