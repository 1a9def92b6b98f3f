using System.CommandLine;

namespace Sequencer.Cli.Terminal;

/// <summary>The options of every command that talks to a gateway: where it is and on whose behalf.</summary>
internal sealed class GatewayOptions
{
    private const string UrlVariable = "SEQUENCER_URL";
    private const string TokenVariable = "SEQUENCER_TOKEN";
    private const string DefaultUrl = "http://127.0.0.1:5000";
    private const int TokenBytesMax = 16 * 1024;

    private readonly CliEnvironment _environment;
    private readonly Option<string?> _url;
    private readonly Option<string?> _token;
    private readonly Option<FileInfo?> _tokenFile;

    public GatewayOptions(CliEnvironment environment)
    {
        _environment = environment;
        _url = new("--url")
        {
            Description = $"The gateway's address; without it {UrlVariable}, or else {DefaultUrl}.",
            HelpName = "URL",
        };
        _token = new("--token")
        {
            Description = $"The chain's JWT; without it {TokenVariable}. Other users of this machine can see "
                + "a command line: prefer the variable or --token-file.",
            HelpName = "JWT",
        };
        _tokenFile = new("--token-file") { Description = "A file that holds the JWT.", HelpName = "FILE" };
        _url.Validators.Add(result =>
        {
            var url = result.GetValueOrDefault<string?>();
            if (url is not null && AddressArgument.TryRead(url) is null)
                result.AddError(AddressArgument.Wrong(url));
        });
    }

    /// <summary>Adds the options to a command that finds the gateway by <c>--url</c>.</summary>
    public void AddTo(Command command)
    {
        command.Add(_url);
        AddTokenTo(command);
    }

    /// <summary>
    /// Adds the token's options alone, for a command that takes the address as its argument.
    /// </summary>
    public void AddTokenTo(Command command)
    {
        command.Add(_token);
        command.Add(_tokenFile);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_token) is not null && result.GetValue(_tokenFile) is not null)
                result.AddError("Give --token or --token-file, not both.");
        });
    }

    /// <summary>The chain's token; null when none was given.</summary>
    /// <exception cref="CliException">When the file named cannot be used.</exception>
    public string? ReadToken(ParseResult parsed)
    {
        var token = parsed.GetValue(_tokenFile) is { } file
            ? InputFile.ReadText(file, TokenBytesMax)
            : parsed.GetValue(_token) ?? _environment.Variable(TokenVariable);
        token = token?.Trim();
        if (string.IsNullOrEmpty(token))
            return null;
        return token.All(letter => letter is > ' ' and < '\u007f')
            ? token
            : throw CliException.Usage("The token contains spaces or other characters that no JWT has.");
    }

    /// <summary>A client for the gateway of <c>--url</c>, on behalf of a chain.</summary>
    /// <exception cref="CliException">When there is no token, or what was given cannot be used.</exception>
    public GatewayConnection Connect(ParseResult parsed)
    {
        var token = ReadToken(parsed) ?? throw CliException.Usage(
            $"This needs the chain's token: give --token-file, --token or {TokenVariable}. `sequencer token` "
                + "makes one for development.");
        var url = parsed.GetValue(_url) ?? _environment.Variable(UrlVariable) ?? DefaultUrl;
        var address = AddressArgument.TryRead(url)
            ?? throw CliException.Usage($"{UrlVariable}: {AddressArgument.Wrong(url)}");
        return new(_environment, address, token);
    }
}
