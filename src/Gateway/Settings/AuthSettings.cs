namespace Sequencer.Gateway;

/// <summary>Whose tokens are accepted: <c>[auth]</c>. Exactly one of the three key sources is set.</summary>
internal sealed record AuthSettings
{
    /// <summary>PEM file with one or more public keys (RSA or P-256); null for none.</summary>
    public string? PublicKeyFile { get; init; }

    /// <summary>File with a JSON Web Key Set; read again when a token names an unknown <c>kid</c>.</summary>
    public string? JwksFile { get; init; }

    /// <summary>Address of a JSON Web Key Set; fetched like the file.</summary>
    public Uri? JwksUrl { get; init; }

    /// <summary>Shortest time between two readings of the key set, in seconds.</summary>
    public required int JwksReloadMinSeconds { get; init; }

    /// <summary>
    /// Longest time until the key set is read again, in seconds, so that a withdrawn key is forgotten.
    /// </summary>
    public required int JwksReloadMaxSeconds { get; init; }

    /// <summary>The <c>iss</c> that tokens must carry; empty for any.</summary>
    public required string Issuer { get; init; }

    /// <summary>The <c>aud</c> that tokens must carry; empty for any.</summary>
    public required string Audience { get; init; }

    /// <summary>
    /// How far <c>exp</c> and <c>nbf</c> are stretched, in seconds; 0 (the default) not at all.
    /// </summary>
    public required int ClockSkewSeconds { get; init; }

    /// <summary>How many checked tokens are remembered until they expire; 0 checks each every time.</summary>
    public required int TokensRemembered { get; init; }

    public static AuthSettings Read(SettingsReader reader)
    {
        var keyFile = NullIfEmpty(reader.Text("auth:public_key_file", ""));
        var jwksFile = NullIfEmpty(reader.Text("auth:jwks_file", ""));
        var jwksUrl = NullIfEmpty(reader.Text("auth:jwks_url", ""));
        RequireOne(("public_key_file", keyFile), ("jwks_file", jwksFile), ("jwks_url", jwksUrl));
        return new AuthSettings
        {
            PublicKeyFile = SettingsFile.Existing(reader, "auth:public_key_file", keyFile),
            JwksFile = SettingsFile.Existing(reader, "auth:jwks_file", jwksFile),
            JwksUrl = Address(reader, jwksUrl),
            JwksReloadMinSeconds = reader.Integer("auth:jwks_reload_min_seconds", 10, 1, 3600),
            JwksReloadMaxSeconds = reader.Integer("auth:jwks_reload_max_seconds", 600, 1, 86_400),
            Issuer = reader.Text("auth:issuer", ""),
            Audience = reader.Text("auth:audience", ""),
            ClockSkewSeconds = reader.Integer("auth:clock_skew_seconds", 0, 0, 300),
            TokensRemembered = reader.Integer("auth:tokens_remembered", 50_000, 0, 10_000_000),
        };
    }

    private static void RequireOne(params (string Key, string? Value)[] sources)
    {
        var named = sources.Where(source => source.Value is not null).Select(source => source.Key).ToList();
        if (named.Count != 1)
        {
            var which = named.Count == 0 ? "none" : string.Join(" and ", named);
            throw new SettingsException(
                $"[auth] names {which}; give exactly one of public_key_file, jwks_file and jwks_url, to say "
                + "whose tokens are accepted, and leave the others \"\".");
        }
    }

    private static Uri? Address(SettingsReader reader, string? text)
    {
        const string Expected = "an https address (plain http only to this machine)";
        if (text is null)
            return null;
        var isAddress = Uri.TryCreate(text, UriKind.Absolute, out var uri);
        return isAddress && (uri!.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback))
            ? uri
            : throw reader.Wrong("auth:jwks_url", text, Expected);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
