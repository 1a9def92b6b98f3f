using System.Security.Cryptography;
using System.Text;
using Sequencer.Client;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Cli.Tests.Golden;

/// <summary>
/// How the files in <c>Data</c> were made. They are kept, so that receipts of earlier builds are still
/// tested.
/// </summary>
public class GoldenData
{
    private const int Index = 41;

    [Fact]
    public void Data_IsMadeWhereItIsMissing()
    {
        var folder = Path.Combine(SharedData.RepositoryRoot, "tests", "Cli.Tests", "Golden", "Data");
        if (!Directory.Exists(folder))
            Make(Directory.CreateDirectory(folder));
        Directory.EnumerateFiles(folder).Should().HaveCountGreaterThan(10);
    }

    private static void Make(DirectoryInfo folder)
    {
        using var log = new TestLog(70);
        using var other = PrivateKeyText.Generate("elsewhere.example/log/demo");
        var trust = GatewayTrust.Read(log.Epochs);
        var bundle = log.Receipt(Index);
        var document = log.Enclave.Document;
        var pcr0 = trust.Images.Images[0].Measurement.ToString();
        Dictionary<string, byte[]> files = new()
        {
            ["transaction"] = TestLog.Entry(Index),
            ["other-transaction"] = TestLog.Entry(Index + 1),
            ["policy"] = Encoding.UTF8.GetBytes(trust.PolicyText("The log of these tests.")),
            ["other-policy"] = Encoding.UTF8.GetBytes($"log {other.VerifierKey}\nquorum none\n"),
            ["witness-policy"] = Encoding.UTF8.GetBytes(
                $"log {trust.LogKey}\nwitness W0 {new TestWitness("w0.example", 100).Key}\nquorum W0\n"),
            ["broken-policy"] = "log nonsense\n"u8.ToArray(),
            ["images.json"] = Encoding.UTF8.GetBytes(trust.Images.ToJson()),
            ["other-images.json"] = Encoding.UTF8.GetBytes(trust.Images.ToJson().Replace(
                pcr0, new string('a', 96), StringComparison.Ordinal)),
            ["debug-images.json"] = Encoding.UTF8.GetBytes(trust.Images.ToJson().Replace(
                pcr0, new string('0', 96), StringComparison.Ordinal)),
            ["simulated-root.pem"] = Encoding.ASCII.GetBytes(
                PemEncoding.WriteString("CERTIFICATE", log.Root.Der.Span) + "\n"),
            ["simulated-root.der"] = log.Root.Der.ToArray(),
            ["bundle.tlog-proof"] = Encoding.UTF8.GetBytes(bundle),
            ["bare.tlog-proof"] = Encoding.UTF8.GetBytes(log.Receipt(Index, bundle: false)),
            ["witnessed.tlog-proof"] = Encoding.UTF8.GetBytes(
                log.Receipt(Index, true, new TestWitness("w0.example", 100))),
            ["tampered.tlog-proof"] = Encoding.UTF8.GetBytes(
                bundle.Replace("\n70\n", "\n71\n", StringComparison.Ordinal)),
            ["broken.tlog-proof"] = Encoding.UTF8.GetBytes(bundle[..200]),
            ["document.cbor"] = document,
            ["document.b64"] = Encoding.ASCII.GetBytes(
                Convert.ToBase64String(document, Base64FormattingOptions.InsertLineBreaks)),
            ["broken-document.cbor"] = document[..500],
        };
        foreach (var (name, content) in files)
            File.WriteAllBytes(Path.Combine(folder.FullName, name), content);
    }
}
