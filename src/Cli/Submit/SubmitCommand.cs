using System.CommandLine;
using System.Text;
using Sequencer.Cli.Terminal;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Cli.Submit;

/// <summary>
/// <c>sequencer submit</c>: gives one transaction its place and saves the bundle that proves it.
/// </summary>
internal sealed class SubmitCommand : Command
{
    private const string Enclave = "enclave";
    private const string Witnessed = "witnessed";

    private readonly CliEnvironment _environment;
    private readonly GatewayOptions _gateway;

    private readonly Argument<string?> _text = new("TEXT")
    {
        Description = "The transaction as text; without it and --file it comes from standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<FileInfo?> _file = new("--file")
    {
        Description = "The transaction's bytes.",
        HelpName = "FILE",
    };

    private readonly Option<FileInfo?> _output = new("--out")
    {
        Description = "Where to save the bundle; without it CHAIN-INDEX.tlog-proof in this folder.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _key = new("--idempotency-key")
    {
        Description = "The key of an earlier submission of the same bytes whose outcome is unknown.",
        HelpName = "KEY",
    };

    private readonly Option<string?> _finality = new("--finality")
    {
        Description = "What to wait for: the enclave's signature, or a quorum of the service's witnesses "
            + "besides; without it what is the chain's default.",
        HelpName = $"{Enclave}|{Witnessed}",
    };

    public SubmitCommand(CliEnvironment environment)
        : base("submit", "Submits a transaction and saves its receipt as a bundle.")
    {
        _environment = environment;
        _gateway = new(environment);
        Add(_text);
        Add(_file);
        Add(_output);
        Add(_key);
        Add(_finality);
        _gateway.AddTo(this);
        Validators.Add(result =>
        {
            if (result.GetValue(_text) is not null && result.GetValue(_file) is not null)
                result.AddError("Give the transaction as text or with --file, not both.");
        });
        _finality.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not (null or Enclave or Witnessed))
                result.AddError($"--finality takes {Enclave} or {Witnessed}.");
        });
        _key.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } key && !SequencerClient.IsIdempotencyKey(key))
                result.AddError("--idempotency-key takes 1 to 64 visible ASCII characters.");
        });
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var transaction = await ReadTransactionAsync(
            parsed.GetValue(_text), parsed.GetValue(_file), cancellation).ConfigureAwait(false);
        using var connection = _gateway.Connect(parsed);
        var output = parsed.GetValue(_output);
        // An entry cannot be taken back: what can be known to fail afterwards fails before.
        OutputFile.RequireWritable(output ?? new FileInfo(DefaultName("transaction")));
        var key = parsed.GetValue(_key) ?? SequencerClient.NewIdempotencyKey();
        try
        {
            var sequenced = await connection.Client.SubmitAsync(
                transaction, key, FinalityOf(parsed.GetValue(_finality)), cancellation).ConfigureAwait(false);
            var saved = Save(
                output, await BundleAsync(connection.Client, sequenced, cancellation).ConfigureAwait(false));
            _environment.Output.WriteLine($"index {sequenced.Index}");
            _environment.Output.WriteLine($"created_at {Moment.Text(sequenced.CreatedAt)}");
            _environment.Output.WriteLine($"receipt {saved}");
            return ExitCodes.Done;
        }
        catch (Exception failure) when (MayHaveAPlace(failure))
        {
            _environment.Error.WriteLine("The transaction may have its place all the same: submit the same "
                + $"bytes again with --idempotency-key {key}, and it takes no second one.");
            throw;
        }
    }

    private static AwaitedFinality? FinalityOf(string? name) => name switch
    {
        Enclave => AwaitedFinality.Enclave,
        Witnessed => AwaitedFinality.Witnessed,
        _ => null,
    };

    /// <summary>
    /// Whether a submission that ended so may have been carried out, and the failure does not say so itself.
    /// </summary>
    private static bool MayHaveAPlace(Exception failure) => failure is not SequencerClientException
    {
        Error: SequencerClientError.Refused or SequencerClientError.Unreachable
            or SequencerClientError.OutcomeUnknown,
    };

    /// <summary>The bundle; the bare receipt, with a warning, when the document cannot be had.</summary>
    private async Task<string> BundleAsync(
        SequencerClient client, SequencedTransaction sequenced, CancellationToken cancellation)
    {
        try
        {
            return await client.BundleAsync(sequenced.Receipt, cancellation).ConfigureAwait(false);
        }
        catch (SequencerClientException missing)
        {
            // The transaction has its place: an error here would make a script submit it again.
            _environment.Error.WriteLine(Plain.Text("The receipt was saved without the attestation document: "
                + $"{missing.Message} `sequencer receipt INDEX --bundle` fetches both."));
            return sequenced.Receipt;
        }
    }

    private async Task<byte[]> ReadTransactionAsync(
        string? text, FileInfo? file, CancellationToken cancellation)
    {
        if (text is not null)
            return Encoding.UTF8.GetBytes(text);
        // A terminal or a pipe may keep one waiting for ever: whoever asks to stop is heard all the same.
        return await Task
            .Run(() => file is null ? ReadInput() : InputFile.ReadBytes(file, Entry.MaxSizeBytes), cancellation)
            .WaitAsync(cancellation).ConfigureAwait(false);
    }

    private byte[] ReadInput()
    {
        using var input = _environment.OpenInput();
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
        // The name comes from the gateway: it becomes part of a path only as a chain id.
        var isChain = ChainId.TryParse(origin[(origin.LastIndexOf('/') + 1)..], out var chain);
        var name = $"{(isChain ? chain.Value : "transaction")}-{proof.Index}";
        output = new FileInfo(DefaultName(name));
        for (var copy = 2; output.Exists; copy++)
            output = new FileInfo(DefaultName($"{name}-{copy}"));
        OutputFile.Write(output, Encoding.UTF8.GetBytes(bundle), replace: false);
        return output;
    }

    private static string DefaultName(string name) => $"{name}.tlog-proof";
}
