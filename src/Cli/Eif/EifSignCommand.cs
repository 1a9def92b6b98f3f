using System.CommandLine;
using Sequencer.Cli.Terminal;
using Sequencer.Eif;

namespace Sequencer.Cli.Eif;

/// <summary><c>sequencer eif sign</c>: signs with a P-384 certificate; PCR8 then names the signer.</summary>
internal static class EifSignCommand
{
    private static readonly Argument<FileInfo> Image = new("FILE") { Description = "The image." };

    private static readonly Option<FileInfo> Certificate = new("--certificate")
    {
        Description = "The signing certificate in PEM, for a P-384 key.",
        Required = true,
    };

    private static readonly Option<FileInfo> Key = new("--private-key")
    {
        Description = "The certificate's private key in PEM, not encrypted.",
        Required = true,
    };

    private static readonly Option<FileInfo> Output = new("--output", "-o")
    {
        Description = "Where to write the signed image; the image itself when not given.",
    };

    public static Command Create(CliEnvironment environment)
    {
        var command = new Command("sign", "Signs an image; a signature it has is replaced.")
        {
            Image, Certificate, Key, Output,
        };
        command.SetAction(parse => EifCommands.Run(() => Sign(parse, environment)));
        return command;
    }

    private static int Sign(ParseResult parse, CliEnvironment environment)
    {
        var image = parse.GetRequiredValue(Image);
        var signed = EifSigner.Sign(
            EifCommands.Read(image),
            InputFile.ReadText(parse.GetRequiredValue(Certificate)),
            InputFile.ReadText(parse.GetRequiredValue(Key)),
            environment.Time.GetUtcNow());
        OutputFile.Write(parse.GetValue(Output) ?? image, signed, replace: true);
        parse.InvocationConfiguration.Output.WriteLine(EifDescription.Of(EifFile.Parse(signed)).ToJson());
        return ExitCodes.Done;
    }
}
