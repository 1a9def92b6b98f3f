using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sequencer.Cli.Terminal;

/// <summary>
/// JSON on one line of visible ASCII: what a log says cannot drive a terminal, and what is ASCII, such as the
/// <c>+</c> of a hash, can be searched for as it is.
/// </summary>
internal static class AsciiJson
{
    private static readonly JsonWriterOptions Relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object.</summary>
    /// <param name="writeMembers">Writes its members.</param>
    public static string Object(Action<Utf8JsonWriter> writeMembers)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Relaxed))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        return Escape(Encoding.UTF8.GetString(line.GetBuffer().AsSpan(0, (int)line.Length)));
    }

    /// <summary>Escapes what is left besides visible ASCII, which can stand within strings alone.</summary>
    private static string Escape(string json)
    {
        if (!json.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return json;
        var escaped = new StringBuilder(json.Length + 64);
        foreach (var unit in json)
        {
            if (unit is >= ' ' and <= '~')
                escaped.Append(unit);
            else
                escaped.Append($"\\u{(int)unit:X4}");
        }

        return escaped.ToString();
    }
}
