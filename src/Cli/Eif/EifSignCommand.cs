using System.CommandLine;
using Sequencer.Eif;

namespace Sequencer.Cli.Eif;

/// <summary><c>sequencer eif sign</c>: signs with a P-384 certificate; PCR8 then names the signer.</summary>
internal static class EifSignCommand
{
    private static readonly Argument<FileInfo> Image = new Argument<FileInfo>("file")
    {
        Description = "The image.",
    }.AcceptExistingOnly();

    private static readonly Option<FileInfo> Certificate = new Option<FileInfo>("--certificate")
    {
        Description = "The signing certificate in PEM, for a P-384 key.",
        Required = true,
    }.AcceptExistingOnly();

    private static readonly Option<FileInfo> Key = new Option<FileInfo>("--private-key")
    {
        Description = "The certificate's private key in PEM, not encrypted.",
        Required = true,
    }.AcceptExistingOnly();

    private static readonly Option<string> Output = new("--output", "-o")
    {
        Description = "Where to write the signed image; the image itself when not given.",
    };

    public static Command Create()
    {
        var command = new Command("sign", "Sign an image; a signature it has is replaced.")
        {
            Image, Certificate, Key, Output,
        };
        command.SetAction(parse => EifCommands.Run(parse, () => Sign(parse)));
        return command;
    }

    private static int Sign(ParseResult parse)
    {
        var path = parse.GetRequiredValue(Image).FullName;
        var signed = EifSigner.Sign(
            EifFile.Load(path),
            File.ReadAllText(parse.GetRequiredValue(Certificate).FullName),
            File.ReadAllText(parse.GetRequiredValue(Key).FullName),
            TimeProvider.System.GetUtcNow());
        EifCommands.Write(parse.GetValue(Output) ?? path, signed);
        parse.InvocationConfiguration.Output.WriteLine(EifDescription.Of(EifFile.Parse(signed)).ToJson());
        return 0;
    }
}
