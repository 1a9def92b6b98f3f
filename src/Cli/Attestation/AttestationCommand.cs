using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sequencer.Attestation;
using Sequencer.Cli.Terminal;

namespace Sequencer.Cli.Attestation;

/// <summary>
/// <c>sequencer attestation verify</c>: verifies a Nitro attestation document and shows what it says.
/// </summary>
internal static class AttestationCommand
{
    private const string AtDocument = "document";
    private const string AtNow = "now";

    public static Command Create(CliEnvironment environment) =>
        new("attestation", "Looks into attestation documents.") { CreateVerify(environment) };

    private static Command CreateVerify(CliEnvironment environment)
    {
        var file = new Argument<FileInfo>("FILE")
        {
            Description = "The document: COSE_Sign1, base64 or raw.",
        };
        var images = new TrustOptions(required: false);
        var at = new Option<string>("--at")
        {
            Description = "When the certificates must be valid: document (its own time), now, or a time such "
                + "as 2026-11-22T19:00:00Z.",
            DefaultValueFactory = _ => AtDocument,
            HelpName = "TIME",
        };
        var nonce = new Option<string?>("--nonce")
        {
            Description = "The nonce that was sent with the request, in hex.",
            HelpName = "HEX",
        };
        at.Validators.Add(result =>
        {
            if (ReadTime(result.GetValueOrDefault<string>(), environment.Time) is null)
                result.AddError("--at takes document, now, or a time such as 2026-11-22T19:00:00Z.");
        });
        nonce.Validators.Add(CheckNonce);
        var command = new Command("verify", "Verifies a document and prints what it says and every rule.")
        {
            file, images.Images, at, nonce, images.SimulatedRoot,
        };
        command.SetAction(parsed =>
        {
            var accepted = images.ReadImages(parsed);
            var policy = new AttestationPolicy
            {
                Images = accepted ?? AcceptedImages.AnyForInspection,
                Root = images.ReadSimulatedRoot(parsed) ?? TrustedRoot.Aws,
                Nonce = parsed.GetValue(nonce) is { } hex
                    // Typed, since a null array would become an empty nonce, which is another demand.
                    ? (ReadOnlyMemory<byte>?)Convert.FromHexString(hex)
                    : null,
            };
            var document = DocumentFile.ToBytes(InputFile.ReadBytes(parsed.GetRequiredValue(file)));
            var report = AttestationVerifier.Check(
                document, policy, ReadTime(parsed.GetRequiredValue(at), environment.Time)!);
            AttestationPrinter.Print(environment.Output, report, policy);
            return report.Accepted ? ExitCodes.Done : ExitCodes.Refused;
        });
        return command;
    }

    private static VerificationTime? ReadTime(string? text, TimeProvider clock) => text switch
    {
        AtDocument => new VerificationTime.DocumentTimestamp(),
        AtNow => new VerificationTime.Now(clock),
        _ => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? new VerificationTime.At(instant)
            : null,
    };

    private static void CheckNonce(OptionResult result)
    {
        var hex = result.GetValueOrDefault<string?>();
        if (hex is null || (hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigit)))
            return;
        result.AddError("--nonce takes an even number of hexadecimal digits.");
    }
}
