using System.Formats.Cbor;
using System.Text;
using Sequencer.Attestation;
using Sequencer.Simulation;

namespace Sequencer.Fuzz;

/// <summary>Attestation documents, accepted images, and what an NSM answers.</summary>
internal static class AttestationTargets
{
    // Made once, beside the program: what one process writes as a seed must verify in another.
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "attestation");
    private static readonly SimulatedRoot Root = LoadRoot();
    private static readonly byte[] Document = LoadDocument();

    private static readonly AttestationPolicy Policy = new()
    {
        Root = Root.Trusted,
        Images = new AcceptedImages([new AcceptedImage(SimulatedNsm.Image)]),
    };

    private static readonly string Images =
        "{\"Measurements\":{\"HashAlgorithm\":\"Sha384 { ... }\","
        + $"\"PCR0\":\"{Hex(1)}\",\"PCR1\":\"{Hex(2)}\",\"PCR2\":\"{Hex(3)}\"" + "}}";

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("attestation", [Document], bytes => AttestationDocument.Parse(bytes), IsRefusal),
        new("attestation-verify", [Document], Verify, IsRefusal)
        {
            // Four certificates and their keys.
            FixedBytesMax = 2_000_000,
        },
        new(
            "accepted-images", [Encoding.UTF8.GetBytes(Images), Encoding.UTF8.GetBytes($"[{Images}]")],
            bytes => AcceptedImages.Parse(Encoding.UTF8.GetString(bytes)),
            exception => exception is FormatException),
        new(
            "user-data", ["sequencer-enclave/v1\ncosigner a/log/_enclave\nprotocol 1\n"u8.ToArray()],
            bytes => SequencerBinding.Parse(bytes), IsRefusal),
        new(
            "nsm-response", [Response()],
            bytes => NsmResponses.DescribePcr(bytes), exception => exception is NsmException),
    ];

    private static bool IsRefusal(Exception exception) => exception is AttestationException;

    private static string Hex(byte value) => Convert.ToHexStringLower(Enumerable.Repeat(value, 48).ToArray());

    private static SimulatedRoot LoadRoot()
    {
        var (certificate, key) = (Path.Combine(Folder, "root.pem"), Path.Combine(Folder, "root.key"));
        if (File.Exists(key))
            return SimulatedRoot.Load(certificate, key);
        Directory.CreateDirectory(Folder);
        var root = SimulatedRoot.Create(TimeProvider.System);
        root.Save(certificate, key);
        return root;
    }

    private static byte[] LoadDocument()
    {
        var path = Path.Combine(Folder, "document.cbor");
        if (File.Exists(path))
            return File.ReadAllBytes(path);
        using var nsm = new SimulatedNsm(Root, TimeProvider.System);
        var document = nsm.Attest("user data"u8.ToArray(), "nonce"u8.ToArray(), new byte[32]);
        File.WriteAllBytes(path, document);
        return document;
    }

    /// <summary>Of a good document no other bytes are accepted.</summary>
    private static void Verify(byte[] bytes)
    {
        AttestationVerifier.Verify(bytes, Policy, new VerificationTime.DocumentTimestamp());
        FuzzFindingException.ThrowUnlessSame(bytes, Document);
    }

    private static byte[] Response()
    {
        var writer = new CborWriter();
        writer.WriteStartMap(1);
        writer.WriteTextString("DescribePCR");
        writer.WriteStartMap(2);
        writer.WriteTextString("lock");
        writer.WriteBoolean(true);
        writer.WriteTextString("data");
        writer.WriteByteString(new byte[48]);
        writer.WriteEndMap();
        writer.WriteEndMap();
        return writer.Encode();
    }
}
