using System.CommandLine;
using System.Text;
using Sequencer.Cli.Terminal;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Cli.Submit;

/// <summary>
/// <c>sequencer submit</c>: gives one transaction its place and saves the bundle that proves it.
/// </summary>
internal static class SubmitCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var gateway = new GatewayOptions(environment);
        var text = new Argument<string?>("TEXT")
        {
            Description = "The transaction as text; without it and --file it comes from standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var file = new Option<FileInfo?>("--file")
        {
            Description = "The transaction's bytes.",
            HelpName = "FILE",
        };
        var key = new Option<string?>("--idempotency-key")
        {
            Description = "The key of an earlier submission of the same bytes whose outcome is unknown.",
            HelpName = "KEY",
        };
        var output = new Option<FileInfo?>("--out")
        {
            Description = "Where to save the bundle; without it CHAIN-INDEX.tlog-proof in this folder.",
            HelpName = "FILE",
        };
        var command = new Command("submit", "Submits a transaction and saves its receipt as a bundle.")
        {
            text, file, output, key,
        };
        gateway.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(text) is not null && result.GetValue(file) is not null)
                result.AddError("Give the transaction as text or with --file, not both.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var transaction = ReadTransaction(environment, parsed.GetValue(text), parsed.GetValue(file));
            using var connection = gateway.Connect(parsed);
            var sequenced = await connection.Client
                .SubmitAsync(transaction, parsed.GetValue(key), cancellation).ConfigureAwait(false);
            environment.Output.WriteLine($"index {sequenced.Index}");
            environment.Output.WriteLine($"created_at {Moment.Text(sequenced.CreatedAt)}");
            var receipt = await BundleAsync(environment, connection.Client, sequenced, cancellation)
                .ConfigureAwait(false);
            environment.Output.WriteLine($"receipt {Save(parsed.GetValue(output), receipt)}");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The bundle; the bare receipt, with a warning, when the document cannot be had.</summary>
    private static async Task<string> BundleAsync(
        CliEnvironment environment, SequencerClient client, SequencedTransaction sequenced,
        CancellationToken cancellation)
    {
        try
        {
            return await client.BundleAsync(sequenced.Receipt, cancellation).ConfigureAwait(false);
        }
        catch (SequencerClientException missing)
        {
            // The transaction has its place: an error here would make a script submit it again.
            environment.Error.WriteLine(Plain.Text("The receipt was saved without the attestation document: "
                + $"{missing.Message} `sequencer receipt INDEX --bundle` fetches both."));
            return sequenced.Receipt;
        }
    }

    private static byte[] ReadTransaction(CliEnvironment environment, string? text, FileInfo? file)
    {
        if (file is not null)
            return InputFile.ReadBytes(file, Entry.MaxSizeBytes);
        if (text is not null)
            return Encoding.UTF8.GetBytes(text);
        using var input = environment.OpenInput();
        return InputFile.ReadBytes(input, "The transaction on standard input", Entry.MaxSizeBytes);
    }

    /// <summary>Saves the bundle; under its default name never over an earlier one.</summary>
    private static FileInfo Save(FileInfo? output, string bundle)
    {
        if (output is not null)
        {
            OutputFile.Write(output, Encoding.UTF8.GetBytes(bundle), replace: true);
            return output;
        }

        var proof = TlogProof.Parse(bundle);
        var origin = Checkpoint.Parse(SignedNote.Parse(proof.Checkpoint).Text).Origin;
        var name = $"{origin[(origin.LastIndexOf('/') + 1)..]}-{proof.Index}";
        output = new FileInfo($"{name}.tlog-proof");
        for (var copy = 2; output.Exists; copy++)
            output = new FileInfo($"{name}-{copy}.tlog-proof");
        OutputFile.Write(output, Encoding.UTF8.GetBytes(bundle), replace: false);
        return output;
    }
}
