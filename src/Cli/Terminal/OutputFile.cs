namespace Sequencer.Cli.Terminal;

/// <summary>Writes the files that a command makes: whole or not at all, and never over another's.</summary>
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
            var scratch = Scratch(file);
            using (var stream = new FileStream(scratch, FileMode.Create, FileAccess.Write))
                stream.Write(content);
            MoveInto(scratch, file, replace);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw CliException.Refused(
                $"The file {file} cannot be written: {unwritable.Message}", unwritable);
        }
    }

    private static void MoveInto(string scratch, FileInfo file, bool replace)
    {
        try
        {
            File.Move(scratch, file.FullName, replace);
        }
        catch
        {
            File.Delete(scratch);
            throw;
        }
    }

    private static string Scratch(FileInfo file) => $"{file.FullName}.{Environment.ProcessId}.tmp";
}
