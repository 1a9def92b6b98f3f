using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Sequencer.Iac.Output;
using Sequencer.Testing;

namespace Sequencer.Iac.Tests.Aws;

/// <summary>
/// The AWS default chain reads the process's own variables and files and remembers what it found, so each of
/// these runs the program as a process.
/// </summary>
public sealed class DefaultChainTests : IDisposable
{
    private const string Profiles = """
        [profile process]
        credential_process = /bin/false
        [profile session]
        sso_session = work
        sso_account_id = 123456789012
        sso_role_name = operator
        region = us-east-1
        [sso-session work]
        sso_start_url = https://example.awsapps.com/start
        sso_region = us-east-1
        [profile over-session]
        role_arn = arn:aws:iam::123456789012:role/operator
        source_profile = session
        [profile over-nothing]
        role_arn = arn:aws:iam::123456789012:role/operator
        source_profile = absent
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _home = new();

    public DefaultChainTests() => File.WriteAllText(_home.Under("config"), Profiles);

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("process", "Command returned non-zero exit value 1", "AWS_PROFILE")]
    [InlineData("absent", "Unable to find the \"absent\" profile.", "AWS_PROFILE")]
    [InlineData("over-nothing", "Error reading source profile [absent]", "AWS_PROFILE")]
    [InlineData("session", "The profile [session] is an SSO profile", "Run 'aws sso login'")]
    [InlineData("over-session", "No valid SSO Token could be found.", "Run 'aws sso login'")]
    public async Task KeyList_ProfileGivesNoCredentials_SaysWhyAndWhatToDo(
        string profile, string reason, string nextStep)
    {
        var lines = await LinesAsync(profile);
        lines[0].Should().StartWith("error: No AWS credentials were found:").And.Contain(reason)
            .And.NotContain("webIdentityTokenFile");
        lines[1].Should().Contain(nextStep);
        lines.Should().HaveCount(2);
    }

    [Fact]
    public async Task KeyList_SignInExpired_SaysHowToSignInAgain()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_home.Path, ".aws", "sso", "cache")).FullName;
        // The AWS CLI names the file so.
#pragma warning disable CA5350
        var name = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes("work")));
#pragma warning restore CA5350
        await File.WriteAllTextAsync(Path.Combine(folder, name + ".json"), """
            {
              "startUrl": "https://example.awsapps.com/start", "region": "us-east-1",
              "accessToken": "token", "expiresAt": "2024-01-01T00:00:00Z"
            }
            """);
        var lines = await LinesAsync("session");
        lines[0].Should().EndWith("has none: SSO Token has expired and can not be refreshed.");
        lines[1].Should().Contain("Run 'aws sso login'");
    }

    [Fact]
    public async Task KeyList_NothingSetUp_SaysOnlyThat()
    {
        var lines = await LinesAsync(profile: null);
        lines[0].Should().EndWith("(environment, profile, SSO, instance role) has none.");
        lines[1].Should().Contain("cred_file").And.Contain("'aws configure'");
    }

    private async Task<string[]> LinesAsync(string? profile)
    {
        // The test project references the program, so that it lies beside the tests.
        var program = Path.Combine(AppContext.BaseDirectory, "iac.dll");
        var start = new ProcessStartInfo("dotnet", [program, "key", "list", "--region", "us-east-1"])
        {
            WorkingDirectory = _home.Path,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsOfAws).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = _home.Path;
        start.Environment["AWS_CONFIG_FILE"] = _home.Under("config");
        start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = _home.Under("credentials");
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        if (profile is not null)
            start.Environment["AWS_PROFILE"] = profile;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        ((ExitCode)process.ExitCode).Should().Be(ExitCode.Aws, error);
        return error.TrimEnd().Split('\n');
    }

    private static bool IsOfAws(string name) =>
        name.StartsWith("AWS_", StringComparison.Ordinal)
        || name.StartsWith("SEQUENCER_IAC_", StringComparison.Ordinal);
}
