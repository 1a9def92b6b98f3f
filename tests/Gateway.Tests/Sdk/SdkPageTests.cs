using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Sequencer.Attestation;
using Sequencer.Client;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>The examples of docs/sdk.md are those that are compiled here, and do what the page says.</summary>
public sealed partial class SdkPageTests : IDisposable
{
    private const string Chain = "sdk";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Page_HasTheExamplesThatAreCompiled()
    {
        var root = SharedData.RepositoryRoot;
        var page = File.ReadAllText(Path.Combine(root, "docs", "sdk.md"));
        var compiled = Unindented(
            File.ReadAllText(Path.Combine(root, "tests", "Gateway.Tests", "Sdk", "SdkExamples.cs")));
        var examples = Example().Matches(page).Select(match => match.Groups[1].Value).ToList();

        examples.Should().HaveCount(5);
        foreach (var example in examples)
            compiled.Should().Contain(Unindented(example));
    }

    [Fact]
    public async Task Examples_SubmitReadFollowAndVerifyWhenTheServiceIsGone()
    {
        byte[][] transactions = ["first"u8.ToArray(), "second"u8.ToArray()];
        TrustedRoot root;
        await using (var gateway = await TestGateway.StartAsync())
        {
            foreach (var transaction in transactions)
            {
                await SdkExamples.SubmitAsync(
                    gateway.Address, gateway.Tokens.For(Chain), transaction, _folder.Path);
            }

            var client = new SequencerClient(gateway.Http, new() { Token = gateway.Tokens.For(Chain) });
            var (trust, chain) = await PublishAsync(client);
            root = SdkExamples.ReadRoot(_folder.Path);
            var enclaves = new EnclaveVerifier(trust.Images, root);
            var policy = TlogPolicy.Parse(trust.PolicyText());
            var verifier = new ReceiptVerifier(policy, enclaves);

            (await SdkExamples.ReadAsync(client, verifier, trust.LogKey.Name, 1))!.Value.ToArray()
                .Should().Equal(transactions[1]);
            (await SdkExamples.ReadAsync(client, verifier, trust.LogKey.Name, 2)).Should().BeNull();
            (await FollowAsync(client, chain, enclaves, policy)).Should().Equal("0 first", "1 second");
            // It was cancelled between the entry and its position.
            (await FollowAsync(client, chain, enclaves, policy)).Should().Equal("1 second");
        }

        (await SdkExamples.VerifyAsync(_folder.Path, root, _folder.Path, 1))
            .Should().Be(Guarantee.SimulatedOnly);
        await File.WriteAllTextAsync(_folder.Under("1"), "another");
        await FluentActions.Awaiting(() => SdkExamples.VerifyAsync(_folder.Path, root, _folder.Path, 1))
            .Should().ThrowAsync<VerificationException>();
    }

    /// <summary>What an operator publishes, as files.</summary>
    private async Task<(GatewayTrust Trust, ChainId Chain)> PublishAsync(SequencerClient client)
    {
        ChainId.TryParse(Chain, out var chain).Should().BeTrue();
        var trust = GatewayTrust.Read((await client.FindEpochsAsync(chain))!);
        await WriteAsync("policy", trust.PolicyText());
        await WriteAsync("images.json", trust.Images.ToJson());
        using var root = X509CertificateLoader.LoadCertificate(trust.SimulatedRoot!.Der.Span);
        await WriteAsync("simulated-root.pem", root.ExportCertificatePem());
        return (trust, chain);
    }

    /// <summary>The entries that are stored until entry 1 is.</summary>
    private async Task<List<string>> FollowAsync(
        SequencerClient client, ChainId chain, EnclaveVerifier enclaves, TlogPolicy policy)
    {
        var stored = new List<string>();
        using var enough = new CancellationTokenSource();
        await FluentActions.Awaiting(() => SdkExamples.FollowAsync(
                client, chain, enclaves, policy, _folder.Under("position"), Store, enough.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        return stored;

        async Task Store(ulong index, ReadOnlyMemory<byte> data)
        {
            stored.Add($"{index} {Encoding.UTF8.GetString(data.Span)}");
            if (index == 1)
                await enough.CancelAsync();
        }
    }

    private Task WriteAsync(string name, string text) =>
        File.WriteAllTextAsync(_folder.Under(name), text);

    private static string Unindented(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Trim()));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
