namespace Sequencer.Cli.Terminal;

/// <summary>
/// Reads the files that a command line names, within a limit and with errors that say what to do.
/// </summary>
internal static class InputFile
{
    /// <summary>Longest receipt, note, policy or attestation document read, in bytes.</summary>
    public const int DocumentBytesMax = 1 << 20;

    /// <summary>The whole file.</summary>
    /// <exception cref="CliException">When it is missing, unreadable or longer than allowed.</exception>
    public static byte[] ReadBytes(FileInfo file, int bytesMax = DocumentBytesMax)
    {
        try
        {
            using var stream = file.OpenRead();
            return ReadBytes(stream, file.ToString(), bytesMax);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage(Reason(file, unreadable), unreadable);
        }
    }

    /// <summary>The whole file as UTF-8 text.</summary>
    /// <exception cref="CliException">
    /// When it is missing, unreadable, longer than allowed or not UTF-8.
    /// </exception>
    public static string ReadText(FileInfo file, int bytesMax = DocumentBytesMax)
    {
        var bytes = ReadBytes(file, bytesMax);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (System.Text.DecoderFallbackException invalid)
        {
            throw CliException.Usage($"The file {file} is not UTF-8 text.", invalid);
        }
    }

    /// <summary>Everything of a stream; of one whose length is known and too long, nothing is read.</summary>
    /// <exception cref="CliException">When it is longer than allowed.</exception>
    public static byte[] ReadBytes(Stream stream, string name, int bytesMax)
    {
        var length = stream.CanSeek ? stream.Length : 0;
        if (length > bytesMax)
            throw TooLong(name, bytesMax);
        using var whole = new MemoryStream((int)length);
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = stream.Read(chunk)) > 0)
        {
            if (whole.Length + read > bytesMax)
                throw TooLong(name, bytesMax);
            whole.Write(chunk, 0, read);
        }

        return whole.ToArray();
    }

    private static System.Text.UTF8Encoding StrictUtf8 { get; } = new(false, throwOnInvalidBytes: true);

    private static CliException TooLong(string name, int bytesMax) =>
        CliException.Usage($"{name} is longer than the {bytesMax} bytes allowed here.");

    private static string Reason(FileInfo file, Exception unreadable) => unreadable switch
    {
        _ when Directory.Exists(file.FullName) => $"{file} is a folder; a file was expected.",
        FileNotFoundException or DirectoryNotFoundException => $"The file {file} does not exist.",
        UnauthorizedAccessException => $"The file {file} may not be read by this user.",
        _ => $"The file {file} cannot be read: {unreadable.Message}",
    };
}
