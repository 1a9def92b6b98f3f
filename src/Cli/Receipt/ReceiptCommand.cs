using System.CommandLine;
using System.Text;
using Sequencer.Cli.Terminal;

namespace Sequencer.Cli.Receipt;

/// <summary><c>sequencer receipt</c>: fetches a receipt, and the transaction when asked, by index.</summary>
internal sealed class ReceiptCommand : Command
{
    private readonly CliEnvironment _environment;
    private readonly GatewayOptions _gateway;

    private readonly Argument<ulong> _index = new("INDEX")
    {
        Description = "The transaction's zero-based place in the chain.",
        CustomParser = result => WholeNumber.ReadIndex(result) ?? 0,
    };

    private readonly Option<bool> _bundle = new("--bundle")
    {
        Description = "With the enclave's attestation document: such a receipt can be verified alone.",
    };

    private readonly Option<FileInfo?> _output = new("--out")
    {
        Description = "Where to save the receipt; without it, it is printed.",
        HelpName = "FILE",
    };

    private readonly Option<FileInfo?> _dataOutput = new("--data-out")
    {
        Description = "Where to save the transaction's bytes.",
        HelpName = "FILE",
    };

    public ReceiptCommand(CliEnvironment environment)
        : base("receipt", "Fetches a receipt of the token's chain by index.")
    {
        _environment = environment;
        _gateway = new(environment);
        Add(_index);
        Add(_bundle);
        Add(_output);
        Add(_dataOutput);
        _gateway.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var connection = _gateway.Connect(parsed);
        var index = parsed.GetRequiredValue(_index);
        var found = await connection.Client
            .FindAsync(index, parsed.GetValue(_bundle), cancellation).ConfigureAwait(false)
            ?? throw CliException.Refused($"The chain has no index {index} yet.");
        if (parsed.GetValue(_dataOutput) is { } dataFile)
            OutputFile.Write(dataFile, found.Data.Span, replace: true);
        if (parsed.GetValue(_output) is { } file)
        {
            OutputFile.Write(file, Encoding.UTF8.GetBytes(found.Receipt), replace: true);
            _environment.Output.WriteLine($"receipt {file}");
        }
        else
        {
            _environment.Output.Write(found.Receipt);
        }

        return ExitCodes.Done;
    }
}
