using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sequencer.Attestation;
using Sequencer.Cli.Terminal;
using Sequencer.Client;

namespace Sequencer.Cli.Attestation;

/// <summary>
/// <c>sequencer attestation verify</c>: verifies a Nitro attestation document and shows what it says.
/// </summary>
internal sealed class AttestationVerifyCommand : Command
{
    private const string AtDocument = "document";
    private const string AtNow = "now";

    private readonly CliEnvironment _environment;
    private readonly TrustOptions _trust = new(required: false);

    private readonly Argument<FileInfo> _file = new("FILE")
    {
        Description = "The document: COSE_Sign1, base64 or raw.",
    };

    private readonly Option<string> _at = new("--at")
    {
        Description = "When the certificates must be valid: document (its own time), now, or a time such "
            + "as 2026-11-22T19:00:00Z.",
        DefaultValueFactory = _ => AtDocument,
        HelpName = "TIME",
    };

    private readonly Option<string?> _nonce = new("--nonce")
    {
        Description = "The nonce that was sent with the request, in hex.",
        HelpName = "HEX",
    };

    public AttestationVerifyCommand(CliEnvironment environment)
        : base("verify", "Verifies a document and prints what it says and every rule.")
    {
        _environment = environment;
        Add(_file);
        Add(_trust.Images);
        Add(_at);
        Add(_nonce);
        Add(_trust.SimulatedRoot);
        _at.Validators.Add(result =>
        {
            if (ReadTime(result.GetValueOrDefault<string>(), environment.Time) is null)
                result.AddError("--at takes document, now, or a time such as 2026-11-22T19:00:00Z.");
        });
        _nonce.Validators.Add(CheckNonce);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        var images = _trust.ReadImages(parsed);
        var document = DocumentFile.ToBytes(InputFile.ReadBytes(parsed.GetRequiredValue(_file)));
        var policy = new AttestationPolicy
        {
            Images = images ?? NamedImage.Of(document),
            Root = _trust.ReadSimulatedRoot(parsed) ?? TrustedRoot.Aws,
            Nonce = parsed.GetValue(_nonce) is { } hex
                // Typed, since a null array would become an empty nonce, which is another demand.
                ? (ReadOnlyMemory<byte>?)Convert.FromHexString(hex)
                : null,
        };
        var time = ReadTime(parsed.GetRequiredValue(_at), _environment.Time)!;
        var report = AttestationVerifier.Check(document, policy, time);
        AttestationPrinter.Print(_environment.Output, report, policy.Root, imagesAreGiven: images is not null);
        return report.Accepted ? ExitCodes.Done : ExitCodes.Refused;
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
