using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Sequencer.Gateway.Tests;

/// <summary>Makes tokens, good ones and others.</summary>
internal sealed class TestTokens(ECDsa key)
{
    /// <summary>A good token for a chain, ten minutes long.</summary>
    public string For(string chain, string? scope = null)
    {
        var claims = Claims(chain);
        if (scope is not null)
            claims["scope"] = scope;
        return Sign(claims);
    }

    public static JsonObject Claims(string? chain)
    {
        var claims = new JsonObject { ["exp"] = DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeSeconds() };
        if (chain is not null)
            claims["sub"] = chain;
        return claims;
    }

    public string Sign(JsonObject claims, string header = """{"alg":"ES256","typ":"JWT"}""") =>
        SignText(claims.ToJsonString(), header);

    /// <summary>Signs a payload as it stands, JSON or not.</summary>
    public string SignText(string payload, string header = """{"alg":"ES256","typ":"JWT"}""") =>
        Compact(header, payload, bytes => key.SignData(bytes, HashAlgorithmName.SHA256));

    public static string Compact(string header, string payload, Func<byte[], byte[]> sign)
    {
        var signed = Encode(header) + "." + Encode(payload);
        return signed + "." + Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)));
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
