using System.CommandLine;
using System.Security.Cryptography;
using Sequencer.Cli.Terminal;
using Sequencer.Tlog;

namespace Sequencer.Cli.Token;

/// <summary><c>sequencer token</c>: signs a development token and prints it, and nothing else.</summary>
internal static class TokenCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var key = new Option<FileInfo>("--key")
        {
            Description = "The private key that the gateway knows the public half of (PEM: P-256 or RSA).",
            DefaultValueFactory = _ => new FileInfo(Path.Combine("secrets", "jwt.key")),
            HelpName = "FILE",
        };
        var chain = new Option<string>("--chain")
        {
            Description = "The chain id that the token is for (its sub).",
            Required = true,
            HelpName = "CHAIN",
        };
        var scope = new Option<string?>("--scope")
        {
            Description = "Limits the token: read. Without it the token may read and write.",
            HelpName = "SCOPE",
        };
        var lifetime = new Option<string>("--ttl")
        {
            Description = "How long it is valid: a number and s, m, h or d.",
            DefaultValueFactory = _ => "1h",
            HelpName = "TIME",
        };
        var issuer = new Option<string?>("--issuer") { Description = "Its iss.", HelpName = "ISSUER" };
        var audience = new Option<string?>("--audience") { Description = "Its aud.", HelpName = "AUDIENCE" };
        var keyId = new Option<string?>("--kid") { Description = "Its kid, for a JWKS.", HelpName = "ID" };
        chain.Validators.Add(result =>
        {
            if (!ChainId.TryParse(result.GetValueOrDefault<string>(), out _))
                result.AddError(ChainArgument.Rule);
        });
        lifetime.Validators.Add(result =>
        {
            if (Lifetime.TryParse(result.GetValueOrDefault<string>()) is null)
                result.AddError("--ttl takes a whole number and s, m, h or d, such as 15m, 1h or 30d.");
        });
        var command = new Command("token", "Signs a development token (JWT) for a chain and prints it.")
        {
            key, chain, scope, lifetime, issuer, audience, keyId,
        };
        command.SetAction(parsed =>
        {
            var now = environment.Time.GetUtcNow();
            var claims = new JwtClaims
            {
                Chain = parsed.GetRequiredValue(chain),
                IssuedAt = now,
                ExpiresAt = now + Lifetime.TryParse(parsed.GetRequiredValue(lifetime))!.Value,
                Scope = parsed.GetValue(scope),
                Issuer = parsed.GetValue(issuer),
                Audience = parsed.GetValue(audience),
                KeyId = parsed.GetValue(keyId),
            };
            environment.Output.WriteLine(Mint(parsed.GetRequiredValue(key), claims));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Mint(FileInfo keyFile, JwtClaims claims)
    {
        var pem = InputFile.ReadText(keyFile);
        try
        {
            return JwtMinter.Mint(pem, claims);
        }
        catch (CryptographicException unusable)
        {
            throw CliException.Usage(
                $"The key {keyFile} cannot sign tokens: {unusable.Message}. `make config` makes a good one.",
                unusable);
        }
    }
}
