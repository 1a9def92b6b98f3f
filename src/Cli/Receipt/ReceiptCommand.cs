using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Sequencer.Cli.Terminal;

namespace Sequencer.Cli.Receipt;

/// <summary><c>sequencer receipt</c>: fetches a receipt, and the transaction when asked, by index.</summary>
internal static class ReceiptCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var gateway = new GatewayOptions(environment);
        var index = new Argument<ulong>("INDEX")
        {
            Description = "The transaction's zero-based place in the chain.",
            CustomParser = ReadIndex,
        };
        var bundle = new Option<bool>("--bundle")
        {
            Description = "With the enclave's attestation document: such a receipt can be verified alone.",
        };
        var output = new Option<FileInfo?>("--out")
        {
            Description = "Where to save the receipt; without it, it is printed.",
            HelpName = "FILE",
        };
        var dataOutput = new Option<FileInfo?>("--data-out")
        {
            Description = "Where to save the transaction's bytes.",
            HelpName = "FILE",
        };
        var command = new Command("receipt", "Fetches a receipt of the token's chain by index.")
        {
            index, bundle, output, dataOutput,
        };
        gateway.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var connection = gateway.Connect(parsed);
            var place = parsed.GetRequiredValue(index);
            var found = await connection.Client
                .FindAsync(place, parsed.GetValue(bundle), cancellation).ConfigureAwait(false)
                ?? throw CliException.Refused(string.Create(CultureInfo.InvariantCulture,
                    $"The chain has no index {place} yet."));
            if (parsed.GetValue(dataOutput) is { } dataFile)
                OutputFile.Write(dataFile, found.Data.Span, replace: true);
            if (parsed.GetValue(output) is { } file)
            {
                OutputFile.Write(file, Encoding.UTF8.GetBytes(found.Receipt), replace: true);
                environment.Output.WriteLine($"receipt {file}");
            }
            else
            {
                environment.Output.Write(found.Receipt);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static ulong ReadIndex(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            result.AddError($"The index {text} is not a whole number from 0 on.");
        return index;
    }
}
