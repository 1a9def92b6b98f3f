using System.CommandLine;
using Sequencer.Cli.Terminal;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Cli.Verify;

/// <summary><c>sequencer verify</c>: verifies a receipt offline and tells every check.</summary>
internal static class VerifyCommand
{
    /// <summary>A receipt's note has at most 1,000,000 bytes; longer files are read as transactions' are.</summary>
    private const int ReceiptBytesMax = 16 * SignedNote.MaxSizeBytes;

    /// <summary>
    /// An entry has at most 65,535 bytes; a longer file is read to be refused by the check, not by the
    /// reader.
    /// </summary>
    private const int TransactionBytesMax = 16 * Entry.MaxSizeBytes;

    public static Command Create(CliEnvironment environment)
    {
        var receipt = new Argument<FileInfo>("RECEIPT")
        {
            Description = "The receipt or bundle (C2SP tlog-proof).",
        };
        var data = new Option<FileInfo>("--data")
        {
            Description = "The transaction's bytes.",
            HelpName = "FILE",
            Required = true,
        };
        var attestation = new Option<FileInfo?>("--attestation")
        {
            Description = "The enclave's attestation document, for a receipt without it (base64 or raw).",
            HelpName = "FILE",
        };
        var trust = new TrustOptions(required: true);
        var command = new Command("verify", "Verifies a receipt, offline, and prints every check.")
        {
            receipt, data, trust.Policy, trust.Images, attestation, trust.SimulatedRoot,
        };
        command.SetAction(parsed =>
        {
            var verifier = new ReceiptVerifier(
                trust.ReadPolicy(parsed)!, new(trust.ReadImages(parsed)!, trust.ReadSimulatedRoot(parsed)));
            var document = parsed.GetValue(attestation) is { } file
                ? DocumentFile.ToBytes(InputFile.ReadBytes(file))
                : ReadOnlyMemory<byte>.Empty;
            var report = verifier.Check(
                InputFile.ReadBytes(parsed.GetRequiredValue(receipt), ReceiptBytesMax),
                InputFile.ReadBytes(parsed.GetRequiredValue(data), TransactionBytesMax),
                document);
            VerificationPrinter.Print(
                environment.Output, report, parsed.GetValue(trust.SimulatedRoot) is not null);
            return report.IsValid ? ExitCodes.Done : ExitCodes.Refused;
        });
        return command;
    }
}
