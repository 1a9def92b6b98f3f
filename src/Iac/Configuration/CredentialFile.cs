using System.Text;
using System.Text.RegularExpressions;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Configuration;

/// <summary>
/// Reads the CSV that the AWS console hands out with a new access key. Over the years it has come with and
/// without user name, password and login link, with and without a byte-order mark and quotes, with LF and
/// CRLF, with the columns in different spellings, and for the root user as two "name=value" lines.
/// </summary>
internal static partial class CredentialFile
{
    /// <summary>A larger file is not an access key.</summary>
    public const int SizeMaxBytes = 16 * 1024;

    public static AccessKey Read(string path, string shownPath)
    {
        if (!File.Exists(path))
        {
            throw new IacException(
                ExitCode.Usage,
                $"The credentials file {shownPath} does not exist.",
                "Save there the CSV that the AWS console gave with the access key, or unset cred_file to "
                + "use the AWS default chain.");
        }

        try
        {
            if (new FileInfo(path).Length > SizeMaxBytes)
                throw Wrong(shownPath, $"is larger than {SizeMaxBytes} bytes");
            return Parse(File.ReadAllText(path, Encoding.UTF8), shownPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IacException(
                ExitCode.Failed, $"The credentials file {shownPath} cannot be read: {e.Message}", null, e);
        }
    }

    /// <summary>Reads the text of the file; <paramref name="shownPath"/> is for messages only.</summary>
    public static AccessKey Parse(string text, string shownPath)
    {
        var lines = text.TrimStart('\uFEFF')
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var (names, row) = lines switch
        {
            [] => throw Wrong(shownPath, "is empty"),
            [var first, ..] when first.Contains('=', StringComparison.Ordinal)
                && !first.Contains(',', StringComparison.Ordinal) => NameValueLines(lines),
            [_] => throw Wrong(shownPath, "has only one line"),
            [var header, var values] => (Fields(header), Fields(values)),
            _ => throw Wrong(shownPath, "holds more than one access key"),
        };
        var id = Column(names, row, "accesskeyid", "awsaccesskeyid")
            ?? throw Wrong(shownPath, "has no column 'Access key ID'");
        var secret = Column(names, row, "secretaccesskey", "awssecretkey")
            ?? throw Wrong(shownPath, "has no column 'Secret access key'");
        if (!IdPattern().IsMatch(id))
            throw Wrong(shownPath, "has an access key ID that is not 16 to 128 capital letters and digits");
        return SecretPattern().IsMatch(secret)
            ? new AccessKey(id, secret)
            : throw Wrong(shownPath, "has a secret access key that is not 40 letters, digits, '+' and '/'");
    }

    private static (List<string> Names, List<string> Values) NameValueLines(string[] lines)
    {
        var pairs = lines.Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToList();
        return ([.. pairs.Select(pair => pair[0])], [.. pairs.Select(pair => pair[1])]);
    }

    private static string? Column(List<string> names, List<string> row, params string[] spellings)
    {
        var index = names.FindIndex(name => spellings.Contains(
            name.Replace(" ", string.Empty, StringComparison.Ordinal).ToLowerInvariant(),
            StringComparer.Ordinal));
        return index >= 0 && index < row.Count ? row[index] : null;
    }

    /// <summary>
    /// Splits a line at its commas; a field in quotes may hold commas and doubled quotes (RFC 4180).
    /// </summary>
    private static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '"' when quoted && i + 1 < line.Length && line[i + 1] == '"':
                    field.Append('"');
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    fields.Add(field.ToString().Trim());
                    field.Clear();
                    break;
                default:
                    field.Append(line[i]);
                    break;
            }
        }

        fields.Add(field.ToString().Trim());
        return fields;
    }

    private static IacException Wrong(string shownPath, string problem) => new(
        ExitCode.Usage,
        $"The credentials file {shownPath} {problem}.",
        "It must be the CSV that the AWS console gives with an access key: a line of column names and a "
        + "line of values. Download or make a new key there if this one is lost.");

    [GeneratedRegex(@"^[A-Z0-9]{16,128}\z")]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"^[A-Za-z0-9+/]{40,128}\z")]
    private static partial Regex SecretPattern();
}
