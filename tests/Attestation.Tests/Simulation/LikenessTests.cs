using System.Formats.Cbor;
using System.Security.Cryptography.X509Certificates;
using Sequencer.Simulation;
using Sequencer.Testing;

namespace Sequencer.Attestation.Tests;

/// <summary>
/// Simulated documents have the form of real ones, so that what works with the one works with the other.
/// </summary>
public class LikenessTests
{
    private const string Real = "nitro/13-fastcrypto-indef-2025-11-10.b64";

    [SharedDataFact(Real)]
    public void SimulatedDocument_HasTheEnvelopeAndFieldsOfARealOne()
    {
        var (real, simulated) = Documents();
        simulated.Bytes[..8].ToArray().Should().Equal(real.Bytes[..8].ToArray());
        Outline(simulated).Should().Equal(Outline(real));
        simulated.CaBundle.Should().HaveSameCount(real.CaBundle);
    }

    [SharedDataFact(Real)]
    public void SimulatedChain_HasTheExtensionsOfARealOne()
    {
        var (real, simulated) = Documents();
        for (var i = 0; i < 5; i++)
        {
            using var expected = Certificate(real, i);
            using var found = Certificate(simulated, i);
            Extensions(found).Should().Equal(Extensions(expected), "of certificate {0}", i);
            found.SignatureAlgorithm.Value.Should().Be(expected.SignatureAlgorithm.Value);
            found.GetSerialNumberString().Length.Should().BeLessThanOrEqualTo(40);
        }
    }

    [SharedDataFact(Real)]
    public void SimulatedLeaf_LivesAsLongAsARealOne()
    {
        var (real, simulated) = Documents();
        using var expected = Certificate(real, 4);
        using var found = Certificate(simulated, 4);
        (found.NotAfter - found.NotBefore).Should().Be(expected.NotAfter - expected.NotBefore);
    }

    private static (AttestationDocument Real, AttestationDocument Simulated) Documents()
    {
        var clock = new ManualClock(ForgedChain.Now);
        using var root = SimulatedRoot.Create(clock);
        using var nsm = new SimulatedNsm(root, clock);
        return (AttestationDocument.Parse(Convert.FromBase64String(SharedData.ReadText(Real))),
            AttestationDocument.Parse(nsm.Attest(null, null, null)));
    }

    /// <summary>The payload's first byte and its keys in their order.</summary>
    private static List<string> Outline(AttestationDocument document)
    {
        var reader = new CborReader(document.Payload);
        var outline = new List<string> { $"{document.Payload.Span[0]:x2}" };
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            outline.Add(reader.ReadTextString());
            reader.SkipValue();
        }

        return outline;
    }

    private static X509Certificate2 Certificate(AttestationDocument document, int index) =>
        X509CertificateLoader.LoadCertificate(
            index == 4 ? document.Certificate.Span : document.CaBundle[index].Span);

    /// <summary>Which extensions, in what order, how critical; and the values of those with rules.</summary>
    private static IEnumerable<string> Extensions(X509Certificate2 certificate) =>
        certificate.Extensions.Select(extension => extension switch
        {
            X509BasicConstraintsExtension or X509KeyUsageExtension =>
                $"{extension.Oid!.Value} {extension.Critical} {Convert.ToHexString(extension.RawData)}",
            _ => $"{extension.Oid!.Value} {extension.Critical}",
        });
}
