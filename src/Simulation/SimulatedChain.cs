using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sequencer.Simulation;

/// <summary>
/// Root, regional, zonal and instance authority, and the leaf that signs documents, with the lifetimes of
/// real ones: 20 days, 6 days, 24 hours, 3 hours.
/// </summary>
internal sealed class SimulatedChain : IDisposable
{
    private const string Region = "simulated-1";
    private const string Domain = Region + ".aws.nitro-enclaves";

    private static readonly TimeSpan RegionalLifetime = TimeSpan.FromDays(20);
    private static readonly TimeSpan ZonalLifetime = TimeSpan.FromDays(6);
    private static readonly TimeSpan InstanceLifetime = TimeSpan.FromHours(24);
    private static readonly TimeSpan LeafLifetime = TimeSpan.FromHours(3);

    /// <summary>How far before its issue a certificate is valid, as a real leaf is.</summary>
    private static readonly TimeSpan Backdating = TimeSpan.FromSeconds(3);

    /// <summary>A chain that is nearer to its end than this is replaced.</summary>
    private static readonly TimeSpan ReissueBefore = TimeSpan.FromMinutes(10);

    private readonly ECDsa _leafKey;
    private readonly DateTimeOffset _notBefore;
    private readonly DateTimeOffset _notAfter;

    private SimulatedChain(
        ECDsa leafKey, byte[] leaf, byte[][] bundle, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        _leafKey = leafKey;
        _notBefore = notBefore;
        _notAfter = notAfter;
        Leaf = leaf;
        Bundle = bundle;
    }

    /// <summary>The leaf certificate, DER.</summary>
    public byte[] Leaf { get; }

    /// <summary>The issuers, DER, root first.</summary>
    public IReadOnlyList<byte[]> Bundle { get; }

    public static SimulatedChain Issue(
        SimulatedRoot root, string moduleId, ulong enclaveId, DateTimeOffset now)
    {
        using var regionalKey = NewKey();
        using var zonalKey = NewKey();
        using var instanceKey = NewKey();
        var leafKey = NewKey();
        var instanceId = moduleId.Split("-enc")[0];
        var regional = Profile($"{RandomHex()}.{Domain}", regionalKey, now, RegionalLifetime)
            with
        { PathLength = 2, RevocationListUri = "http://crl.simulated.invalid/regional.crl" };
        var zonal = Profile($"{RandomHex()}.zonal.{Domain}", zonalKey, now, ZonalLifetime)
            with
        { PathLength = 1, RevocationListUri = "http://crl.simulated.invalid/zonal.crl" };
        var instance = Profile($"{instanceId}.{Domain}", instanceKey, now, InstanceLifetime)
            with
        { PathLength = 0, SignsCertificatesOnly = true };
        var leaf = Profile($"{moduleId}.{Region}.aws", leafKey, now, LeafLifetime)
            with
        { IsAuthority = false, Serial = LeafSerial(enclaveId, now) };
        byte[][] bundle =
        [
            root.Der.ToArray(),
            root.Issue(regional),
            CertificateFactory.Issue(zonal, regional.Name, regionalKey),
            CertificateFactory.Issue(instance, zonal.Name, zonalKey),
        ];
        return new SimulatedChain(
            leafKey, CertificateFactory.Issue(leaf, instance.Name, instanceKey), bundle,
            leaf.NotBefore, leaf.NotAfter);
    }

    public bool IsFresh(DateTimeOffset now) => now >= _notBefore && now < _notAfter - ReissueBefore;

    /// <summary>ES384 over the bytes: r ‖ s, 96 bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> bytes) => _leafKey.SignData(
        bytes, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public void Dispose() => _leafKey.Dispose();

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP384);

    private static string RandomHex() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private static CertificateProfile Profile(
        string commonName, ECDsa key, DateTimeOffset now, TimeSpan lifetime) =>
        new(CertificateFactory.Name(commonName), key, now - Backdating, now + lifetime)
        {
            IsAuthority = true,
        };

    /// <summary>As real ones: the enclave's id, then the time of issue in seconds.</summary>
    private static byte[] LeafSerial(ulong enclaveId, DateTimeOffset now)
    {
        var serial = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(serial, enclaveId);
        BinaryPrimitives.WriteUInt64BigEndian(serial.AsSpan(8), (ulong)now.ToUnixTimeSeconds());
        return serial;
    }
}
