using System.Runtime.InteropServices;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Reads one chain's log as the gateway publishes it (C2SP tlog-tiles). What it returns has the right length
/// and is otherwise unverified. Safe for concurrent use.
/// </summary>
public sealed class LogReader
{
    private readonly GatewayTransport _transport;
    private readonly string _prefix;

    internal LogReader(GatewayTransport transport, ChainId chain)
    {
        _transport = transport;
        _prefix = $"log/{chain}/";
    }

    /// <summary>
    /// The newest checkpoint, a signed note, or, where the gateway has witnesses, the newest that their
    /// quorum has cosigned; null when there is no such chain.
    /// </summary>
    /// <exception cref="SequencerClientException">
    /// When it was refused, or no answer could be had. With the code <c>checkpoint_unwitnessed</c> the chain
    /// has entries and no quorum has cosigned any checkpoint of it yet: ask later, or for
    /// <see cref="FindLatestCheckpointAsync"/>.
    /// </exception>
    public Task<string?> FindCheckpointAsync(CancellationToken cancellation = default) =>
        FindNoteAsync("checkpoint", cancellation);

    /// <summary>
    /// The newest checkpoint of all, whether witnesses have cosigned it or not; null when there is none, or
    /// when the log does not offer it.
    /// </summary>
    /// <exception cref="SequencerClientException">When it was refused, or no answer could be had.</exception>
    public Task<string?> FindLatestCheckpointAsync(CancellationToken cancellation = default) =>
        FindNoteAsync("checkpoint?latest", cancellation);

    /// <summary>
    /// The hashes of a tile; null when there is none. A log that has grown may have replaced a partial tile
    /// by the full one, of which then the first part is returned.
    /// </summary>
    /// <exception cref="SequencerClientException">
    /// When it was refused, no answer could be had, or the tile has another length.
    /// </exception>
    public async Task<Hash[]?> FindTileAsync(TileId tile, CancellationToken cancellation = default)
    {
        var hashes = await FindExactTileAsync(tile, cancellation).ConfigureAwait(false);
        if (hashes is not null || tile.Width == Tile.Width)
            return hashes;
        var full = await FindExactTileAsync(tile with { Width = Tile.Width }, cancellation)
            .ConfigureAwait(false);
        return full?[..tile.Width];
    }

    /// <summary>
    /// The entries of a bundle, in order, in a buffer that the caller gives back; null when there is none. As
    /// with tiles, the full bundle may stand for a partial one.
    /// </summary>
    /// <exception cref="SequencerClientException">
    /// When it was refused, no answer could be had, or the bytes are no such bundle.
    /// </exception>
    internal async Task<ReadEntries?> ReadEntriesAsync(EntryBundlePath bundle, CancellationToken cancellation)
    {
        var body = await FindBundleAsync(bundle, cancellation).ConfigureAwait(false);
        if (body is not null)
            return new(body, Parse(bundle, body.Bytes));
        if (bundle.Width == Tile.Width)
            return null;
        var full = bundle with { Width = Tile.Width };
        body = await FindBundleAsync(full, cancellation).ConfigureAwait(false);
        return body is null ? null : new(body, Parse(full, body.Bytes)[..bundle.Width]);
    }

    private async Task<string?> FindNoteAsync(string path, CancellationToken cancellation)
    {
        using var note = await FindAsync(path, SignedNote.MaxSizeBytes, cancellation).ConfigureAwait(false);
        return note is null ? null : System.Text.Encoding.UTF8.GetString(note.Bytes.Span);
    }

    private async Task<Hash[]?> FindExactTileAsync(TileId tile, CancellationToken cancellation)
    {
        var path = tile.ToPath();
        using var body = await FindAsync(path, Tile.SizeBytes, cancellation).ConfigureAwait(false);
        if (body is not null && body.Bytes.Length != tile.Width * Hash.SizeBytes)
        {
            var length = tile.Width * Hash.SizeBytes;
            throw new SequencerClientException(SequencerClientError.BadAnswer,
                $"It has {body.Bytes.Length} bytes; a tile of {tile.Width} hashes has {length}.");
        }

        return body is null ? null : MemoryMarshal.Cast<byte, Hash>(body.Bytes.Span).ToArray();
    }

    private Task<AnswerBody?> FindBundleAsync(EntryBundlePath bundle, CancellationToken cancellation)
    {
        var bytesMax = bundle.Width * (EntryBundle.PrefixSizeBytes + Entry.MaxSizeBytes);
        return FindAsync(bundle.ToPath(), bytesMax, cancellation);
    }

    private Task<AnswerBody?> FindAsync(string path, int bytesMax, CancellationToken cancellation) =>
        _transport.FindBodyAsync(new() { Path = _prefix + path, AnswerBytesMax = bytesMax }, cancellation);

    private static ReadOnlyMemory<byte>[] Parse(EntryBundlePath bundle, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return EntryBundle.Parse(bytes, bundle.Width);
        }
        catch (TlogException malformed)
        {
            throw new SequencerClientException(SequencerClientError.BadAnswer, malformed.Message, malformed);
        }
    }
}
