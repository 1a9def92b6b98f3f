using System.CommandLine;
using System.Security.Cryptography;
using Sequencer.Cli.Terminal;
using Sequencer.Tlog;

namespace Sequencer.Cli.Token;

/// <summary><c>sequencer token</c>: signs a development token and prints it, and nothing else.</summary>
internal sealed class TokenCommand : Command
{
    private readonly CliEnvironment _environment;

    private readonly Option<FileInfo> _key = new("--key")
    {
        Description = "The private key that the gateway knows the public half of (PEM: P-256 or RSA).",
        DefaultValueFactory = _ => new FileInfo(Path.Combine("secrets", "jwt.key")),
        HelpName = "FILE",
    };

    private readonly Option<string> _chain = new("--chain")
    {
        Description = "The chain id that the token is for (its sub).",
        Required = true,
        HelpName = "CHAIN",
    };

    private readonly Option<string?> _scope = new("--scope")
    {
        Description = "Limits the token: read, write, or 'read write', which is the same as none.",
        HelpName = "SCOPE",
    };

    private readonly Option<string> _lifetime = new("--ttl")
    {
        Description = "How long it is valid: a number and s, m, h or d.",
        DefaultValueFactory = _ => "1h",
        HelpName = "TIME",
    };

    private readonly Option<string?> _issuer =
        new("--issuer") { Description = "Its iss.", HelpName = "ISSUER" };

    private readonly Option<string?> _audience =
        new("--audience") { Description = "Its aud.", HelpName = "AUDIENCE" };

    private readonly Option<string?> _keyId =
        new("--kid") { Description = "Its kid, for a JWKS.", HelpName = "ID" };

    public TokenCommand(CliEnvironment environment)
        : base("token", "Signs a development token (JWT) for a chain and prints it.")
    {
        _environment = environment;
        Add(_key);
        Add(_chain);
        Add(_scope);
        Add(_lifetime);
        Add(_issuer);
        Add(_audience);
        Add(_keyId);
        _chain.Validators.Add(result =>
        {
            if (!ChainId.TryParse(result.GetValueOrDefault<string>(), out _))
                result.AddError(ChainArgument.Rule);
        });
        _scope.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not (null or "read" or "write" or "read write"))
                result.AddError("--scope takes read, write or 'read write': the gateway knows no other words.");
        });
        _lifetime.Validators.Add(result =>
        {
            if (Lifetime.TryParse(result.GetValueOrDefault<string>()) is null)
                result.AddError("--ttl takes a whole number and s, m, h or d, such as 15m, 1h or 30d.");
        });
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        var now = _environment.Time.GetUtcNow();
        var claims = new JwtClaims
        {
            Chain = parsed.GetRequiredValue(_chain),
            IssuedAt = now,
            ExpiresAt = now + Lifetime.TryParse(parsed.GetRequiredValue(_lifetime))!.Value,
            Scope = parsed.GetValue(_scope),
            Issuer = parsed.GetValue(_issuer),
            Audience = parsed.GetValue(_audience),
            KeyId = parsed.GetValue(_keyId),
        };
        _environment.Output.WriteLine(Mint(parsed.GetRequiredValue(_key), claims));
        return ExitCodes.Done;
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
