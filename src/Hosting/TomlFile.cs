using System.Globalization;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Sequencer.Hosting;

/// <summary>
/// The configuration file as flat keys (<c>server:listen</c>) with the kind and line of each value, which
/// ASP.NET configuration would forget and error messages need.
/// </summary>
internal sealed class TomlFile
{
    /// <summary>Longest configuration file read, in bytes.</summary>
    private const int BytesMax = 1024 * 1024;

    /// <summary>
    /// What the parser says of a number that no setting can have. Whoever reads the setting says it better,
    /// with name and range.
    /// </summary>
    private const string TooLarge = "Unable to parse integer ";

    private readonly Dictionary<string, TomlValue> _values = new(StringComparer.OrdinalIgnoreCase);

    private TomlFile(string path) => Path = path;

    /// <summary>The file's name, as given.</summary>
    public string Path { get; }

    public IReadOnlyDictionary<string, TomlValue> Values => _values;

    /// <summary>Reads and checks a TOML 1.1 file; a key set twice is refused.</summary>
    /// <param name="maker">The command that makes such a file, for the message when there is none.</param>
    /// <exception cref="SettingsException">When the file is missing, unreadable, too long or not
    /// TOML.</exception>
    public static TomlFile Read(string path, string maker)
    {
        try
        {
            var length = new FileInfo(path).Length;
            if (length > BytesMax)
                throw new SettingsException(
                    $"{path} has {length} bytes; a configuration file has at most {BytesMax}.");
            return Parse(path, File.ReadAllText(path));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SettingsException(
                $"{path} does not exist; run `{maker}` to make one, or name another with --config FILE.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{path} cannot be read: {unreadable.Message}");
        }
    }

    /// <summary>Checks a TOML 1.1 text; <paramref name="path"/> is its name in error messages.</summary>
    /// <exception cref="SettingsException">When the text is not TOML.</exception>
    public static TomlFile Parse(string path, string text)
    {
        var document = ParseSyntax(path, text);
        if (document.Diagnostics.FirstOrDefault(IsMistake) is { } mistake)
            throw new SettingsException($"{path}({mistake.Span.Start.Line + 1}): {OneLine(mistake.Message)}");
        var file = new TomlFile(path);
        foreach (var pair in document.KeyValues)
            file.Add("", pair);
        foreach (var table in document.Tables)
            file.AddTable(table);
        return file;
    }

    private static DocumentSyntax ParseSyntax(string path, string text)
    {
        try
        {
            return SyntaxParser.Parse(text, path, validate: true);
        }
        catch (ArgumentOutOfRangeException)
        {
            // What the parser throws, while it words its complaint, for an escape that the text ends in.
            throw new SettingsException($"{path}({text.Count(c => c == '\n') + 1}): the file ends inside a text.");
        }
    }

    private static bool IsMistake(DiagnosticMessage said) =>
        said.Kind == DiagnosticMessageKind.Error
        && !said.Message.StartsWith(TooLarge, StringComparison.Ordinal);

    private void AddTable(TableSyntaxBase table)
    {
        var name = KeyOf(table.Name!);
        if (table is TableArraySyntax)
            throw new SettingsException(
                $"{Path}({table.Span.Start.Line + 1}): [[{name.Replace(':', '.')}]] is a list of tables; "
                + "no setting is.");
        var empty = true;
        foreach (var item in table.Items)
        {
            if (item is not KeyValueSyntax pair)
                continue;
            Add(name + ":", pair);
            empty = false;
        }

        if (empty)
            _values.TryAdd(name, new TomlValue(TomlKind.EmptyTable, "", table.Span.Start.Line + 1));
    }

    private void Add(string prefix, KeyValueSyntax pair) =>
        AddValue(prefix + KeyOf(pair.Key!), pair.Value!, pair.Span.Start.Line + 1);

    private void AddValue(string key, ValueSyntax value, int line)
    {
        switch (value)
        {
            case ArraySyntax array when array.Items.ChildrenCount == 0:
                Set(key, new TomlValue(TomlKind.EmptyList, "", line));
                break;
            case ArraySyntax array:
                var position = 0;
                foreach (var item in array.Items)
                    AddValue($"{key}:{position++}", item.Value!, item.Span.Start.Line + 1);
                break;
            case InlineTableSyntax table when table.Items.ChildrenCount == 0:
                Set(key, new TomlValue(TomlKind.EmptyTable, "", line));
                break;
            case InlineTableSyntax table:
                foreach (var item in table.Items)
                    Add(key + ":", item.KeyValue!);
                break;
            default:
                Set(key, Scalar(value, line));
                break;
        }
    }

    /// <summary>TOML tells keys apart by their case, settings do not: the second would replace the first.</summary>
    private void Set(string key, TomlValue value)
    {
        if (!_values.TryAdd(key, value))
            throw new SettingsException(
                $"{Path}({value.Line}): {key.Replace(':', '.')} is set in line {_values[key].Line} already; "
                + "capitals make no other key.");
    }

    private static TomlValue Scalar(ValueSyntax value, int line) => value switch
    {
        StringValueSyntax text => new(TomlKind.Text, text.Value ?? "", line),
        IntegerValueSyntax integer => new(TomlKind.Integer, Digits(integer), line),
        BooleanValueSyntax flag => new(TomlKind.Boolean, flag.Value ? "true" : "false", line),
        FloatValueSyntax number =>
            new(TomlKind.Float, number.Value.ToString("R", CultureInfo.InvariantCulture), line),
        _ => new(TomlKind.Time, value.ToString().Trim(), line),
    };

    /// <summary>What is too large for the parser has the value 0 there, its digits only as a token.</summary>
    private static string Digits(IntegerValueSyntax integer) =>
        integer.Value == 0 && integer.Token?.Text is { } token && token.AsSpan().ContainsAnyInRange('1', '9')
            ? token
            : integer.Value.ToString(CultureInfo.InvariantCulture);

    private static string KeyOf(KeySyntax key)
    {
        var name = PartOf(key.Key!);
        foreach (var dotted in key.DotKeys)
            name += ":" + PartOf(dotted.Key!);
        return name;
    }

    private static string PartOf(BareKeyOrStringValueSyntax part) => part switch
    {
        StringValueSyntax quoted => quoted.Value ?? "",
        BareKeySyntax bare => bare.Key!.Text ?? "",
        _ => part.ToString().Trim(),
    };

    private static string OneLine(string message)
    {
        var line = message.ReplaceLineEndings(" ").Replace('␤', ' ').Trim();
        return line.EndsWith(" for a value", StringComparison.Ordinal)
            ? line + "; expected a text in quotes, a number, true or false."
            : line;
    }
}
