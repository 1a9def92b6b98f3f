using System.Text.Unicode;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Feed;

/// <summary>
/// An entry as one line of JSON: <c>idx</c>, <c>data</c> or, when it is not UTF-8, <c>data_base64</c>, and
/// <c>created_at</c>. The line is ASCII: what an entry says cannot drive a terminal.
/// </summary>
internal static class EntryLine
{
    public static string ToJson(FeedEntry entry) => AsciiJson.Object(json =>
    {
        json.WriteNumber("idx", entry.Index);
        if (Utf8.IsValid(entry.Data.Span))
            json.WriteString("data", entry.Data.Span);
        else
            json.WriteBase64String("data_base64", entry.Data.Span);
        json.WriteString("created_at", Moment.Text(entry.CreatedAt));
    });
}
