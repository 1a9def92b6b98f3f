using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Aws;

/// <summary>
/// Finds the credentials: the CSV of cred_file if that is set, else the default chain of AWS.
/// </summary>
internal static partial class CredentialSource
{
    /// <summary>The permission bits that make a secret readable by somebody else.</summary>
    public const UnixFileMode OthersMode =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>What the SDK says of a place in which there is nothing, in part.</summary>
    private static readonly string[] NotSetUp =
    [
        "were not set with AWS credentials", "The webIdentityTokenFile must be an absolute path",
        "Unable to find the \"default\" profile", "Failed to connect to EC2 instance metadata",
    ];

    public static AWSCredentials Find(ResolvedSettings settings, SecretsFolder secrets, Report report)
    {
        if (settings.Find(Settings.CredFile) is { } file)
        {
            var path = secrets.PathOf(file);
            var key = CredentialFile.Read(path, secrets.Shown(file));
            if (IsReadableByOthers(path))
                report.Warn(
                    $"others on this machine can read {secrets.Shown(file)}; run: chmod 600 "
                    + ShellWord.Of(secrets.Shown(file)));
            return new BasicAWSCredentials(key.Id, key.Secret);
        }

        try
        {
            return DefaultAWSCredentialsIdentityResolver.GetCredentials();
        }
        catch (Exception e)
        {
            throw NotFound(e);
        }
    }

    /// <summary>
    /// Has the credentials at hand before a call is signed with them, so that what fails here is not taken
    /// for the call's failure: the chain may have to run a program, renew a sign-in or ask STS for a role.
    /// </summary>
    public static async Task ResolveAsync(AWSCredentials credentials, CancellationToken cancellation)
    {
        try
        {
            await credentials.GetCredentialsAsync().WaitAsync(AwsConnection.CallTimeout, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            throw NotFound(e);
        }
    }

    public static bool IsReadableByOthers(string path) =>
        (File.GetUnixFileMode(path) & OthersMode) != 0;

    private static IacException NotFound(Exception e)
    {
        var reason = Reason(e);
        return new IacException(
            ExitCode.Aws,
            "No AWS credentials were found: cred_file is not set, and the AWS default chain "
            + $"(environment, profile, SSO, instance role) has none{(reason.Length > 0 ? ": " : null)}{reason}.",
            reason switch
            {
                "" => "Save the CSV of an access key in the secrets folder and name it in cred_file, or run "
                    + "'aws configure'.",
                _ when reason.Contains("SSO ", StringComparison.Ordinal) =>
                    "Run 'aws sso login', then repeat.",
                _ => "Correct that (AWS_PROFILE names the profile), or save the CSV of an access key in the "
                    + "secrets folder and name it in cred_file.",
            },
            e);
    }

    /// <summary>Why the chain gave nothing, in the SDK's words; empty where it is only not set up.</summary>
    private static string Reason(Exception e)
    {
        var parts = PartPattern().Matches(e.Message);
        if (parts.Count > 0)
        {
            return string.Join("; ", parts.Select(part => AwsRefusals.Shortened(part.Groups[1].Value))
                .Where(part => !Array.Exists(NotSetUp, word => part.Contains(word, StringComparison.Ordinal))));
        }

        var causes = new List<string>();
        for (var cause = e; cause is not null; cause = cause.InnerException)
            causes.Add(AwsRefusals.Shortened(cause.Message));
        return string.Join(": ", causes);
    }

    /// <summary>What the SDK wrote about one of the places in which it looked.</summary>
    [GeneratedRegex(@"Exception \d+ of \d+: (.+)")]
    private static partial Regex PartPattern();
}
