using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sequencer.Attestation;
using Sequencer.Eif;
using Sequencer.Protocol;
using Xunit.Abstractions;

namespace Sequencer.Nitro.LiveTests;

/// <summary>Damaged images, a signed one, and one whose parent does not answer.</summary>
[Trait("Category", "nitro")]
public class ImageTests(ITestOutputHelper output)
{
    private const int SectionSizeAt = 284;
    private const int CrcAt = 544;

    private static readonly Dictionary<string, Action<byte[]>> Damages = new()
    {
        ["another magic"] = file => file[0] = (byte)'x',
        ["version 3"] = file => file[5] = 3,
        ["ARM flag"] = file => file[7] = 1,
        ["a size that the section does not have"] = file => file[SectionSizeAt + 7] ^= 1,
        ["one flipped bit of the kernel"] = file => file[100_000] ^= 1,
        ["a wrong checksum"] = file => file[CrcAt] ^= 1,
    };

    /// <summary>After the others the checksum is made right, so that it is not what is found.</summary>
    private static readonly HashSet<string> FoundByChecksum =
        ["one flipped bit of the kernel", "a wrong checksum"];

    public static TheoryData<string> DamageNames => [.. Damages.Keys];

    /// <summary>
    /// QEMU's reader of images shares no code with ours: both refuse, each for its own reasons. (It takes
    /// versions above 4, which ours does not.)
    /// </summary>
    [NitroTheory]
    [MemberData(nameof(DamageNames))]
    public async Task DamagedImage_IsRefusedByTheMachineAndByDescribe(string damage)
    {
        var file = await File.ReadAllBytesAsync(NitroFiles.Image);
        Damages[damage](file);
        if (!FoundByChecksum.Contains(damage))
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(CrcAt), Checksum(file));
        var refusal = FluentActions.Invoking(() => EifFile.Parse(file)).Should().Throw<EifException>().Which;
        using var image = new TemporaryFile(file);
        await using var machine = await NitroMachine.StartAsync(image.Path);
        (await machine.WaitForExitAsync()).Should().NotBe(0);
        machine.Console.Should().NotContain("Linux version");
        output.WriteLine($"ours: {refusal.Error}; QEMU: {machine.Console.Trim()}");
    }

    [NitroFact]
    public async Task SignedImage_Boots_AndPcr8IsTheSigners()
    {
        var (certificate, key) = CreateSigner();
        var built = EifFile.Parse(File.ReadAllBytes(NitroFiles.Image));
        var file = EifSigner.Sign(built, certificate, key, DateTimeOffset.UtcNow);
        var measurements = EifMeasurements.Of(EifFile.Parse(file));
        using var image = new TemporaryFile(file);
        await using var machine = await NitroMachine.BootAsync(image.Path);
        await using var session = await EnclaveSession.OpenAsync(
            machine.Transport, generation: null, TimeProvider.System, default);
        var reply = await session.SendAsync<AttestReply>(new AttestRequest(null), default);
        var document = AttestationDocument.ParseFromOwnNsm(reply.Document);
        document.Pcrs[0].ToArray().Should().Equal(measurements.Pcr0.ToArray());
        document.Pcrs[8].ToArray().Should().Equal(measurements.Pcr8!.Value.ToArray());
    }

    [NitroFact]
    public async Task Boot_NobodyAnswersTheHeartbeat_EndsTheMachineAndSaysWhy()
    {
        await using var machine = await NitroMachine.StartAsync(NitroFiles.Image);
        await machine.WaitForExitAsync();
        machine.Console.Should().Contain("fatal").And.Contain("vsock://3:9000");
        output.WriteLine(machine.Console);
    }

    private static uint Checksum(byte[] file)
    {
        var crc = new Crc32();
        crc.Append(file.AsSpan(0, CrcAt));
        crc.Append(file.AsSpan(CrcAt + 4));
        return crc.GetCurrentHashAsUInt32();
    }

    private static (string Certificate, string Key) CreateSigner()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest("CN=live test", key, HashAlgorithmName.SHA384);
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(byte[] content) => File.WriteAllBytes(Path, content);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
