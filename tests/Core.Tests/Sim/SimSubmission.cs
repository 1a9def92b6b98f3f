using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Sim;

/// <summary>One submission of a client, with everything that it was ever told about it.</summary>
internal sealed class SimSubmission
{
    public required ChainId Chain { get; init; }

    public required IReadOnlyList<string> Texts { get; init; }

    public required string? Key { get; init; }

    /// <summary>What its outcome waits for.</summary>
    public Finality? Finality { get; init; }

    /// <summary>Index of the first entry, as the first receipt said.</summary>
    public ulong? FirstIndex { get; set; }

    /// <summary>How many attempts had an outcome that the client does not know.</summary>
    public int Unknown { get; set; }

    public bool IsUnique => Chain.Value == "unique";

    public Submission ToSubmission() => new()
    {
        Chain = Chain,
        Entries = [.. Texts.Select(text => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(text)))],
        IdempotencyKey = Key,
        Finality = Finality,
    };
}

/// <summary>A receipt that a client holds, and what the log must bear out for ever.</summary>
internal sealed record SimReceipt(ChainId Chain, ulong Index, string Text, ulong Size, Hash Root);
