namespace Sequencer.Hosting;

/// <summary>What a value in the configuration file is, in the words of an error message.</summary>
internal enum TomlKind
{
    Text,
    Integer,
    Float,
    Boolean,
    Time,
    EmptyList,
    EmptyTable,
}

/// <summary>
/// One value of the configuration file; a list is one value an element, keyed by its position.
/// </summary>
/// <param name="Text">As ASP.NET configuration carries it; integers in decimal, booleans as true and
/// false.</param>
/// <param name="Line">One-based line in the file.</param>
internal readonly record struct TomlValue(TomlKind Kind, string Text, int Line);
