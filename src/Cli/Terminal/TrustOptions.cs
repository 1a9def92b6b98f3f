using System.CommandLine;
using Sequencer.Attestation;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Cli.Terminal;

/// <summary>
/// The options that say whom a verifier trusts: logs and witnesses, images, and perhaps a simulated root.
/// </summary>
internal sealed class TrustOptions
{
    public TrustOptions(bool required)
    {
        Policy = new("--policy")
        {
            Description = "The log's key and the witnesses that are demanded (C2SP tlog-policy).",
            HelpName = "FILE",
            Required = required,
        };
        Images = new("--images", "--pcrs")
        {
            Description = "The accepted images: the JSON of `nitro-cli describe-eif` or `sequencer eif "
                + "describe`, or an array of them.",
            HelpName = "FILE",
            Required = required,
        };
        SimulatedRoot = new("--simulated-root")
        {
            Description = "Permits documents of a simulated enclave under this root certificate (PEM or "
                + "DER). They prove nothing to anybody else.",
            HelpName = "FILE",
        };
    }

    public Option<FileInfo?> Policy { get; }

    public Option<FileInfo?> Images { get; }

    public Option<FileInfo?> SimulatedRoot { get; }

    /// <summary>The policy; null when none was named.</summary>
    /// <exception cref="CliException">When the file cannot be used.</exception>
    public TlogPolicy? ReadPolicy(ParseResult parsed)
    {
        if (parsed.GetValue(Policy) is not { } file)
            return null;
        var text = InputFile.ReadText(file);
        try
        {
            return TlogPolicy.Parse(text);
        }
        catch (TlogException malformed)
        {
            throw CliException.Usage($"{file} is no policy that can be used. {malformed.Message}", malformed);
        }
    }

    /// <summary>The accepted images; null when none were named.</summary>
    /// <exception cref="CliException">When the file cannot be used.</exception>
    public AcceptedImages? ReadImages(ParseResult parsed)
    {
        if (parsed.GetValue(Images) is not { } file)
            return null;
        var json = InputFile.ReadText(file);
        try
        {
            return AcceptedImages.Parse(json);
        }
        catch (FormatException malformed)
        {
            throw CliException.Usage(
                $"{file} is no list of images that can be used. {malformed.Message}", malformed);
        }
    }

    /// <summary>
    /// A verifier of enclaves by these options; without images, each document is held to its own.
    /// </summary>
    /// <exception cref="CliException">When a file cannot be used.</exception>
    public EnclaveVerifier ReadEnclaves(ParseResult parsed)
    {
        var simulatedRoot = ReadSimulatedRoot(parsed);
        return ReadImages(parsed) is { } images
            ? new EnclaveVerifier(images, simulatedRoot)
            : EnclaveVerifier.OfAnyImage(simulatedRoot);
    }

    /// <summary>The simulated root; null when none was named.</summary>
    /// <exception cref="CliException">When the file cannot be used.</exception>
    public TrustedRoot? ReadSimulatedRoot(ParseResult parsed)
    {
        if (parsed.GetValue(SimulatedRoot) is not { } file)
            return null;
        var bytes = InputFile.ReadBytes(file);
        try
        {
            return TrustedRoot.Simulated(CertificateFile.ToDer(bytes));
        }
        catch (FormatException malformed)
        {
            throw CliException.Usage($"{file} is no simulated root. {malformed.Message}", malformed);
        }
    }
}
