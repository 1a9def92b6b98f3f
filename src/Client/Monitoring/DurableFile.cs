namespace Sequencer.Client;

/// <summary>Writes files whole, on stable storage before they take their name.</summary>
internal static class DurableFile
{
    /// <exception cref="IOException">When it cannot be written; a file of that name then stands.</exception>
    /// <exception cref="UnauthorizedAccessException">When it may not be.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var draft = $"{path}.new";
        using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
