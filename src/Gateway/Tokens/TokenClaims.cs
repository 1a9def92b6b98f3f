using System.Text.Json;

namespace Sequencer.Gateway;

/// <summary>
/// The claims of a token whose signature was checked (RFC 7519, section 4), each with its one type.
/// </summary>
internal readonly struct TokenClaims(JsonElement payload)
{
    // NumericDate values beyond the year 9999 do not fit a DateTimeOffset and mean "never".
    private static readonly double SecondsMax = DateTimeOffset.MaxValue.ToUnixTimeSeconds() - 86_400;

    /// <summary>A token that may only read: its scope holds <c>read</c> and not <c>write</c>.</summary>
    public bool IsReadOnly
    {
        get
        {
            var words = Words("scope");
            return words.Contains("read") && !words.Contains("write");
        }
    }

    public bool Has(string name) => payload.TryGetProperty(name, out _);

    /// <summary>A claim that is a text; null when it is missing or something else.</summary>
    public string? Text(string name) => Jwt.TextOf(payload, name);

    /// <summary>A NumericDate; null when the claim is missing, no number, or negative.</summary>
    public DateTimeOffset? Moment(string name)
    {
        if (!payload.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Number)
            return null;
        var seconds = value.GetDouble();
        return seconds >= 0
            ? DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(Math.Min(seconds, SecondsMax))
            : null;
    }

    /// <summary>Whether <c>aud</c> is the given text, or a list with it.</summary>
    public bool IsAudience(string audience) => Texts("aud").Contains(audience);

    private List<string> Words(string name) => [.. Texts(name).SelectMany(text => text.Split(' '))];

    private List<string> Texts(string name)
    {
        if (!payload.TryGetProperty(name, out var value))
            return [];
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(Jwt.TextOf).OfType<string>()]
            : [.. new[] { Jwt.TextOf(value) }.OfType<string>()];
    }
}
