using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>What a receipt proves. Only <see cref="ReceiptVerifier"/> makes one.</summary>
public sealed record VerifiedReceipt
{
    internal VerifiedReceipt()
    {
    }

    /// <summary>The log: <c>&lt;log prefix&gt;/&lt;chain id&gt;</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>The transaction's zero-based place.</summary>
    public required ulong Index { get; init; }

    /// <summary>SHA-256(0x00 ‖ transaction).</summary>
    public required Hash LeafHash { get; init; }

    /// <summary>The checkpoint's size and root.</summary>
    public required Checkpoint Checkpoint { get; init; }

    /// <summary>When the enclave cosigned the checkpoint, by its trusted time, in whole seconds.</summary>
    public required DateTimeOffset CosignedAt { get; init; }

    /// <summary>The enclave that did.</summary>
    public required VerifiedEnclave Enclave { get; init; }

    /// <summary>The policy's witnesses that cosigned too, by their names in the policy.</summary>
    public required IReadOnlyList<string> Witnesses { get; init; }

    public required Guarantee Guarantee { get; init; }
}
