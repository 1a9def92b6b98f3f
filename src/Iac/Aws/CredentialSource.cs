using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Aws;

/// <summary>
/// Finds the credentials: the CSV of cred_file if that is set, else the default chain of AWS.
/// </summary>
internal static class CredentialSource
{
    /// <summary>The permission bits that make a secret readable by somebody else.</summary>
    public const UnixFileMode OthersMode =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

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
        catch (AmazonClientException e)
        {
            throw new IacException(
                ExitCode.Aws,
                "No AWS credentials were found: cred_file is not set, and the AWS default chain "
                + "(environment, profile, SSO, instance role) has none.",
                "Save the CSV of an access key in the secrets folder and name it in cred_file, or run "
                + "'aws configure'.",
                e);
        }
    }

    public static bool IsReadableByOthers(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMode) != 0;
}
