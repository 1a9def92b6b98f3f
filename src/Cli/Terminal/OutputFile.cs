namespace Sequencer.Cli.Terminal;

/// <summary>
/// Writes the files that a command makes: whole or not at all, and never over another's. A link is followed; into a
/// device, a pipe, or a file that is open already and named by its number (such as <c>/dev/stdout</c>), is written as
/// it is.
/// </summary>
internal static class OutputFile
{
    /// <summary>Finds out, before there is anything to write, whether a file can be written there.</summary>
    /// <exception cref="CliException">When it cannot.</exception>
    public static void RequireWritable(FileInfo file)
    {
        try
        {
            if (Directory.Exists(file.FullName))
                throw new IOException("It is a folder.");
            if (FileKind.IsSpecial(file.FullName) || OpenFile.Find(file) is not null)
                return;
            using var scratch = new FileStream(Scratch(file), FileMode.Create, FileAccess.Write, FileShare.None,
                bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage(
                $"The file {file} cannot be written: {unwritable.Message}", unwritable);
        }
    }

    /// <summary>Writes a new file.</summary>
    /// <param name="replace">Whether a file of that name may be replaced.</param>
    /// <exception cref="CliException">When there is one already, or it cannot be written.</exception>
    public static void Write(FileInfo file, ReadOnlySpan<byte> content, bool replace)
    {
        try
        {
            if (OpenFile.Find(file) is { } open)
                open.Write(content);
            else if (FileKind.IsSpecial(file.FullName))
                WriteTo(file.FullName, FileMode.Open, content);
            else
                Replace(file, content, replace);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw CliException.Refused(
                $"The file {file} cannot be written: {unwritable.Message}", unwritable);
        }
    }

    private static void Replace(FileInfo file, ReadOnlySpan<byte> content, bool replace)
    {
        var scratch = Scratch(file);
        try
        {
            WriteTo(scratch, FileMode.Create, content);
            File.Move(scratch, Target(file), replace);
        }
        finally
        {
            File.Delete(scratch);
        }
    }

    private static void WriteTo(string path, FileMode mode, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(path, mode, FileAccess.Write);
        stream.Write(content);
    }

    private static string Scratch(FileInfo file) => $"{Target(file)}.{Environment.ProcessId}.tmp";

    private static string Target(FileInfo file) =>
        file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
}
