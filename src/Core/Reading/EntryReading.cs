using System.Buffers;
using Sequencer.Tlog;

namespace Sequencer.Core;

/// <summary>
/// One entry with what proves its place against the newest checkpoint. Used by one caller at a time.
/// </summary>
public sealed class EntryReading
{
    private readonly Chain _chain;
    private readonly ChainTreeReader _nodes;
    private readonly RaggedEdge _edge;
    private readonly SignedCheckpoint _checkpoint;
    private readonly Func<uint, ReadOnlyMemory<byte>> _documentOf;

    internal EntryReading(
        Chain chain, ChainTreeReader nodes, RaggedEdge edge, SignedCheckpoint checkpoint,
        Func<uint, ReadOnlyMemory<byte>> documentOf, ulong index, byte[] data, ulong createdAt)
    {
        _chain = chain;
        _nodes = nodes;
        _edge = edge;
        _checkpoint = checkpoint;
        _documentOf = documentOf;
        Index = index;
        Data = data;
        CreatedAt = DateTimeOffset.FromUnixTimeSeconds((long)createdAt);
    }

    /// <summary>The entry's index.</summary>
    public ulong Index { get; }

    /// <summary>The entry's bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Time of the first cosignature that covers the entry, in whole seconds.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>Writes the receipt (tlog-proof, UTF-8), as a bundle with the attestation document.</summary>
    /// <exception cref="LedgerException">When a tile or the document cannot be read; the chain stops where it is
    /// damaged.</exception>
    public void WriteReceipt(IBufferWriter<byte> destination, bool bundle)
    {
        try
        {
            TlogProof.Write(
                destination, Index, InclusionProof.Build(Index, _nodes, _edge), _checkpoint.Note.Span,
                bundle ? _documentOf(_checkpoint.Epoch).Span : default);
        }
        catch (LedgerException failure)
        {
            _chain.StopIfDamaged(failure);
            throw;
        }
    }
}
