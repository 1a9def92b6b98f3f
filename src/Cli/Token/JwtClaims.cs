using System.Text.Json;

namespace Sequencer.Cli.Token;

/// <summary>What a development token says of its holder.</summary>
internal sealed record JwtClaims
{
    /// <summary>The chain id: <c>sub</c>.</summary>
    public required string Chain { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary><c>scope</c>; null leaves it out, which permits reading and writing.</summary>
    public string? Scope { get; init; }

    public string? Issuer { get; init; }

    public string? Audience { get; init; }

    /// <summary>The header's <c>kid</c>; null leaves it out.</summary>
    public string? KeyId { get; init; }

    /// <summary>Writes the members of the token's payload.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("sub", Chain);
        if (Issuer is not null)
            json.WriteString("iss", Issuer);
        if (Audience is not null)
            json.WriteString("aud", Audience);
        if (Scope is not null)
            json.WriteString("scope", Scope);
        json.WriteNumber("iat", IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", ExpiresAt.ToUnixTimeSeconds());
    }
}
