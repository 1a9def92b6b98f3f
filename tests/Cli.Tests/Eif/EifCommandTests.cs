using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Sequencer.Cli.Tests.Fixtures;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;

namespace Sequencer.Cli.Tests.Eif;

public sealed class EifCommandTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds((long)TestLog.Time);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Build_FoldersAndKernel_WritesAnImageThatDescribeReads()
    {
        var build = await BuildAsync("image.eif");
        build.ExitCode.Should().Be(0, build.Error);
        var describe = await CliRun.OfAsync("eif", "describe", PathOf("image.eif"));
        describe.ExitCode.Should().Be(0, describe.Error);
        describe.Output.Should().Be(build.Output);
        describe.Error.Should().Contain("section 0  Kernel").And.Contain("section 4  Ramdisk");
        using var json = JsonDocument.Parse(describe.Output);
        var metadata = json.RootElement.GetProperty("Metadata");
        metadata.GetProperty("KernelVersion").GetString().Should().Be("6.12.95");
        metadata.GetProperty("Commit").GetString().Should().Be("abc");
        metadata.GetProperty("KernelSha256").GetString().Should().Be(
            Convert.ToHexStringLower(SHA256.HashData(Kernel())));
    }

    [Fact]
    public async Task Build_Twice_GivesTheSameBytes()
    {
        await BuildAsync("one.eif");
        await BuildAsync("two.eif");
        File.ReadAllBytes(PathOf("one.eif")).Should().Equal(File.ReadAllBytes(PathOf("two.eif")));
    }

    [Fact]
    public async Task Describe_DamagedImage_IsRefusedByName()
    {
        await BuildAsync("image.eif");
        var bytes = File.ReadAllBytes(PathOf("image.eif"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(PathOf("image.eif"), bytes);
        var describe = await CliRun.OfAsync("eif", "describe", PathOf("image.eif"));
        describe.ExitCode.Should().Be(1);
        describe.Output.Should().BeEmpty();
        describe.Error.Should().Contain("CrcMismatch");
    }

    [Fact]
    public async Task Describe_APipe_ReadsItToItsEnd()
    {
        var build = await BuildAsync("image.eif");
        using (var make = Process.Start("mkfifo", [PathOf("pipe")]))
            await make.WaitForExitAsync();
        // Each end waits for the other to open it.
        var write = Task.Run(() => File.WriteAllBytes(PathOf("pipe"), File.ReadAllBytes(PathOf("image.eif"))));
        var describe = await Task.Run(() => CliRun.OfAsync("eif", "describe", PathOf("pipe")));

        describe.Output.Should().Be(build.Output);
        describe.ExitCode.Should().Be(0, describe.Error);
        await write;
    }

    [Fact]
    public async Task Sign_Image_NamesTheSignerInPcr8()
    {
        await BuildAsync("image.eif");
        var (certificate, key) = Signer();
        var sign = await CliRun.OfAsync(
            "eif", "sign", PathOf("image.eif"), "--certificate", certificate, "--private-key", key,
            "--output", PathOf("signed.eif"));
        sign.ExitCode.Should().Be(0, sign.Error);
        using var json = JsonDocument.Parse(sign.Output);
        json.RootElement.GetProperty("SignatureCheck").GetBoolean().Should().BeTrue();
        json.RootElement.GetProperty("Measurements").TryGetProperty("PCR8", out _).Should().BeTrue();
    }

    [Fact]
    public async Task Sign_WithTheKeyOfAnother_IsRefused()
    {
        await BuildAsync("image.eif");
        var (certificate, _) = Signer();
        var (_, key) = Signer();
        var sign = await CliRun.OfAsync(
            "eif", "sign", PathOf("image.eif"), "--certificate", certificate, "--private-key", key);
        sign.ExitCode.Should().Be(1);
        sign.Error.Should().Contain("BadPrivateKey");
    }

    [Fact]
    public async Task Build_KernelThatIsNone_IsRefused()
    {
        File.WriteAllText(PathOf("kernel"), "no kernel");
        var build = await CliRun.OfAsync(
            "eif", "build", "--kernel", PathOf("kernel"), "--cmdline", "x", "--ramdisk", _folder.Path,
            "-o", PathOf("image.eif"));
        build.ExitCode.Should().Be(1);
        build.Error.Should().Contain("BadKernel");
        File.Exists(PathOf("image.eif")).Should().BeFalse();
    }

    [Theory]
    [InlineData("eif", "describe")]
    [InlineData("eif", "describe", "/no/such/file")]
    [InlineData("eif", "build", "--kernel", "/no/such/file")]
    public async Task AnyCommand_WithoutWhatItNeeds_IsUsage(params string[] arguments) =>
        (await CliRun.OfAsync(arguments)).ExitCode.Should().Be(2);

    private async Task<CliRun> BuildAsync(string output)
    {
        File.WriteAllBytes(PathOf("bzImage"), Kernel());
        File.WriteAllText(PathOf("metadata.json"), """{"Commit":"abc"}""");
        foreach (var ramdisk in new[] { "boot", "app" })
        {
            Directory.CreateDirectory(PathOf(ramdisk));
            File.WriteAllText(Path.Combine(PathOf(ramdisk), "file"), ramdisk);
        }

        return await CliRun.OfAsync(
            "eif", "build", "--kernel", PathOf("bzImage"), "--cmdline", "console=ttyS0",
            "--ramdisk", PathOf("boot"), "--ramdisk", PathOf("app"),
            "--metadata", PathOf("metadata.json"), "-o", PathOf(output));
    }

    /// <summary>The least that passes for a bzImage: its mark and a version.</summary>
    private static byte[] Kernel()
    {
        var kernel = new byte[0x310];
        "HdrS"u8.CopyTo(kernel.AsSpan(0x202));
        kernel[0x20f] = 1;
        "6.12.95 \0"u8.CopyTo(kernel.AsSpan(0x300));
        return kernel;
    }

    private (string Certificate, string Key) Signer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA384);
        using var certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        var name = Guid.NewGuid().ToString("n");
        File.WriteAllText(PathOf(name + ".crt"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf(name + ".key"), key.ExportPkcs8PrivateKeyPem());
        return (PathOf(name + ".crt"), PathOf(name + ".key"));
    }

    private string PathOf(string name) => _folder.Under(name);
}
