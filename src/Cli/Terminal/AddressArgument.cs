using System.CommandLine;

namespace Sequencer.Cli.Terminal;

/// <summary>The argument that says where the gateway is.</summary>
internal static class AddressArgument
{
    public static Argument<string> Create()
    {
        var url = new Argument<string>("URL")
        {
            Description = "The gateway's address, such as http://127.0.0.1:5000.",
        };
        url.Validators.Add(result =>
        {
            var text = result.GetValueOrDefault<string>();
            if (TryRead(text) is null)
                result.AddError(Wrong(text));
        });
        return url;
    }

    /// <summary>The address that a valid command line gives.</summary>
    public static Uri Read(ParseResult parsed, Argument<string> url) =>
        TryRead(parsed.GetRequiredValue(url))!;

    /// <summary>
    /// An absolute http or https address, with a slash at its end; null for any other text.
    /// </summary>
    public static Uri? TryRead(string? url) =>
        url is not null
        && Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.Query.Length == 0 && address.Fragment.Length == 0 && address.UserInfo.Length == 0
            ? address
            : null;

    public static string Wrong(string? url) =>
        $"The address {url} is not of the form http://host:port or https://host.";
}
