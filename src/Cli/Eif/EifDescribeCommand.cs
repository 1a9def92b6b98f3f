using System.CommandLine;
using Sequencer.Cli.Terminal;
using Sequencer.Eif;

namespace Sequencer.Cli.Eif;

/// <summary>
/// <c>sequencer eif describe</c>: the JSON of <c>nitro-cli describe-eif</c> on the output, the table of
/// sections beside it on the error output. Exit code 1 for a damaged image and for one whose signature does
/// not hold.
/// </summary>
internal static class EifDescribeCommand
{
    private static readonly Argument<FileInfo> File = new("FILE") { Description = "The image." };

    public static Command Create()
    {
        var command = new Command("describe", "Checks an image and prints its measurements as JSON.")
        {
            File,
        };
        command.SetAction(parse => EifCommands.Run(() => Describe(parse)));
        return command;
    }

    private static int Describe(ParseResult parse)
    {
        var image = EifCommands.Read(parse.GetRequiredValue(File));
        var description = EifDescription.Of(image);
        var error = parse.InvocationConfiguration.Error;
        for (var i = 0; i < image.Sections.Count; i++)
        {
            var section = image.Sections[i];
            error.WriteLine($"section {i}  {section.Type,-11}  {section.Data.Length,11} bytes");
        }

        error.WriteLine($"crc32      {image.Crc:x8}");
        parse.InvocationConfiguration.Output.WriteLine(description.ToJson());
        if (description.SignatureHolds != false)
            return ExitCodes.Done;
        error.WriteLine("Refused: the signature is not one over this image by the certificate beside it.");
        return ExitCodes.Refused;
    }
}
