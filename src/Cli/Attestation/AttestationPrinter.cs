using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sequencer.Attestation;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Attestation;

/// <summary>Prints what a document says, then every rule, then whether it is accepted.</summary>
internal static class AttestationPrinter
{
    private const int ShownBytesMax = 64;

    /// <param name="imagesAreGiven">
    /// Whether somebody named the accepted images: else the rule that compares them says nothing.
    /// </param>
    public static void Print(
        TextWriter output, AttestationReport report, TrustedRoot root, bool imagesAreGiven)
    {
        if (report.Document is { } document)
        {
            PrintDocument(output, document);
            output.WriteLine();
        }

        CheckLine.WriteAll(output,
            from check in report.Checks
            where check.Outcome != CheckOutcome.NotAsked
                && (imagesAreGiven || check.Rule != AttestationVerifier.ImageRule)
            select (check.Outcome, check.Rule, check.Detail));
        output.WriteLine();
        PrintVerdict(output, report, root, imagesAreGiven);
    }

    private static void PrintVerdict(
        TextWriter output, AttestationReport report, TrustedRoot root, bool imagesAreGiven)
    {
        if (!report.Accepted)
        {
            var failed = report.Checks.Count(check => check.Outcome == CheckOutcome.Failed);
            var rules = failed == 1 ? "rule" : "rules";
            output.WriteLine($"REFUSED: {failed} {rules} failed. Nothing that the document says is proven.");
            if (!root.IsSimulated && report.Document is { } document
                && EnclaveVerifier.ClaimsSimulation(document))
            {
                output.WriteLine("The document is simulated: no Nitro enclave stands behind it. To permit "
                    + "that all the same, give the simulated root's certificate with --simulated-root FILE.");
            }
        }
        else if (root.IsSimulated)
        {
            output.WriteLine("ACCEPTED, BUT SIMULATED: nothing is guaranteed beyond the local root given "
                + "with --simulated-root: whoever has its key can make any document.");
        }
        else
        {
            output.WriteLine(imagesAreGiven
                ? "ACCEPTED: a Nitro enclave of an accepted image made this document."
                : "ACCEPTED, but for no particular image: a Nitro enclave made this document. Give the "
                    + "accepted images with --pcrs FILE to know which.");
        }
    }

    private static void PrintDocument(TextWriter output, AttestationDocument document)
    {
        Field(output, "module", document.ModuleId);
        Field(output, "time", Moment.Text(document.Timestamp));
        PrintPcrs(output, document);
        Field(output, "public key", Shown(document.PublicKey));
        Field(output, "user data", ShownText(document.UserData));
        Field(output, "nonce", Shown(document.Nonce));
        for (var i = 0; i < document.CaBundle.Count; i++)
            Field(output, i == 0 ? "chain" : "", Certificate(document.CaBundle[i]));
        Field(output, "", Certificate(document.Certificate));
    }

    private static void PrintPcrs(TextWriter output, AttestationDocument document)
    {
        var zero = new List<string>();
        foreach (var (index, value) in document.Pcrs.OrderBy(pcr => pcr.Key))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"PCR{index}");
            if (value.Span.ContainsAnyExcept((byte)0))
                Field(output, name, Convert.ToHexStringLower(value.Span));
            else
                zero.Add(name);
        }

        if (zero.Count > 0)
            Field(output, "all zero", string.Join(' ', zero));
    }

    private static void Field(TextWriter output, string name, string value) =>
        output.WriteLine($"{name,-10}  {Plain.Line(value)}");

    private static string Certificate(ReadOnlyMemory<byte> der)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der.Span);
            return $"{Moment.Text(certificate.NotBefore.ToUniversalTime())} to "
                + $"{Moment.Text(certificate.NotAfter.ToUniversalTime())}  {certificate.Subject}";
        }
        catch (CryptographicException unreadable)
        {
            return $"no certificate: {unreadable.Message}";
        }
    }

    /// <summary>
    /// Lines of text where it is that, as the sequencer's own user data are; hex otherwise.
    /// </summary>
    private static string ShownText(ReadOnlyMemory<byte>? field)
    {
        if (field is not { Length: > 0 } bytes)
            return Shown(field);
        var lines = Encoding.Latin1.GetString(bytes.Span);
        return lines.All(letter => letter is '\n' or (>= ' ' and <= '~'))
            ? lines.TrimEnd('\n').Replace("\n", ", ", StringComparison.Ordinal)
            : Shown(field);
    }

    private static string Shown(ReadOnlyMemory<byte>? field) => field switch
    {
        null => "none",
        { Length: 0 } => "empty",
        { Length: > ShownBytesMax } bytes => string.Create(CultureInfo.InvariantCulture,
            $"{Convert.ToHexStringLower(bytes.Span[..ShownBytesMax])}… ({bytes.Length} bytes)"),
        { } bytes => string.Create(CultureInfo.InvariantCulture,
            $"{Convert.ToHexStringLower(bytes.Span)} ({bytes.Length} bytes)"),
    };
}
