using Sequencer.Tlog;

namespace Sequencer.Protocol;

/// <summary>
/// What a chain of witnessed finality will be once a quorum of witnesses has cosigned it. It is no
/// cosignature: nobody takes it for the enclave's last word.
/// </summary>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Root of the tree of that size.</param>
/// <param name="Signature">Ed25519 signature of the checkpoint's note text (type 0x01, under the cosigner's
/// name); 64 bytes.</param>
public sealed record Proposal(ulong Size, Hash Root, ReadOnlyMemory<byte> Signature);
