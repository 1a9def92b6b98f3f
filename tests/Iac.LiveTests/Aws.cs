using System.Diagnostics;
using System.Text.Json;
using Amazon;
using Amazon.EC2;
using Amazon.KeyManagementService;
using Amazon.Runtime;

namespace Sequencer.Iac.LiveTests;

/// <summary>
/// The AWS of a test run: starts the emulator and stops it again, and asks it directly, without the tool,
/// what there is.
/// </summary>
public sealed class Aws : IAsyncLifetime
{
    public const string Region = "us-east-1";
    public const string KeyId = "AKIAIOSFODNN7EXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private readonly string _state = Directory.CreateTempSubdirectory("iac-live-moto-").FullName;

    /// <summary>The emulator's address; null for real AWS.</summary>
    public string? Endpoint { get; private set; }

    internal AmazonEC2Client Ec2 { get; private set; } = null!;

    internal AmazonKeyManagementServiceClient Kms { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (LiveTarget.Unavailable is not null)
            return;
        if (LiveTarget.IsAws)
        {
            using var own = new Workspace(this);
            var (region, credentials) = await ConfiguredAsync(own);
            Ec2 = new AmazonEC2Client(credentials, RegionEndpoint.GetBySystemName(region));
            Kms = new AmazonKeyManagementServiceClient(credentials, RegionEndpoint.GetBySystemName(region));
            return;
        }

        Endpoint = (await ScriptAsync("start")).Trim();
        var keys = new BasicAWSCredentials(KeyId, Secret);
        Ec2 = new AmazonEC2Client(
            keys, new AmazonEC2Config { ServiceURL = Endpoint, AuthenticationRegion = Region });
        Kms = new AmazonKeyManagementServiceClient(
            keys,
            new AmazonKeyManagementServiceConfig { ServiceURL = Endpoint, AuthenticationRegion = Region });
    }

    /// <summary>Clears away what tests that failed have left: on real AWS it costs money.</summary>
    public async Task DisposeAsync()
    {
        try
        {
            if (Ec2 is not null)
                await (await State.AskAsync(this, Workspace.RunPrefix)).DeleteAllAsync(this);
        }
        finally
        {
            Ec2?.Dispose();
            Kms?.Dispose();
            if (Endpoint is not null)
                await ScriptAsync("stop");
            Directory.Delete(_state, recursive: true);
        }
    }

    /// <summary>Region and credentials of setup/config.toml, as the tool itself resolves them.</summary>
    private static async Task<(string Region, AWSCredentials Credentials)> ConfiguredAsync(Workspace own)
    {
        var show = await own.RunAsync("config show --output json");
        show.ExitCode.Should().Be(0, show.Error);
        using var json = JsonDocument.Parse(show.Output);
        var values = json.RootElement.GetProperty("values").EnumerateArray().ToDictionary(
            value => value.GetProperty("key").GetString()!, value => value.GetProperty("value").GetString());
        if (values["cred_file"] is not { } file)
            return (
                values["region"]!,
                Amazon.Runtime.Credentials.DefaultAWSCredentialsIdentityResolver.GetCredentials());
        var lines = await File.ReadAllLinesAsync(Path.Combine(LiveTarget.Repository, "secrets", file));
        var names = lines[0].TrimStart('\uFEFF').Split(',')
            .Select(name => name.Trim('"', ' ').ToUpperInvariant()).ToList();
        var fields = lines[1].Split(',').Select(field => field.Trim('"', ' ')).ToList();
        return (values["region"]!, new BasicAWSCredentials(
            fields[names.IndexOf("ACCESS KEY ID")], fields[names.IndexOf("SECRET ACCESS KEY")]));
    }

    private async Task<string> ScriptAsync(string verb)
    {
        var info = new ProcessStartInfo("bash", [LiveTarget.EmulatorScript, verb, _state])
        {
            RedirectStandardOutput = true,
        };
        using var script = Process.Start(info)!;
        var output = await script.StandardOutput.ReadLineAsync();
        await script.WaitForExitAsync();
        script.ExitCode.Should().Be(0, "moto.sh {0} must work", verb);
        return output ?? string.Empty;
    }
}
