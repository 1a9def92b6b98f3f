namespace Sequencer.Witness;

/// <summary>Reads answers without taking more memory than they may need.</summary>
internal static class BoundedBody
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>The whole body; null when it is longer than it may be.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        HttpContent content, int bytesMax, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > bytesMax)
            return null;
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var body = new MemoryStream();
        var chunk = new byte[ChunkBytes];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellation)) > 0)
        {
            if (body.Length + read > bytesMax)
                return null;
            body.Write(chunk, 0, read);
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
