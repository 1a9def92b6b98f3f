namespace Sequencer.Cli.Terminal;

/// <summary>Writes the files that a command makes: whole or not at all, and never over another's.</summary>
internal static class OutputFile
{
    /// <summary>Writes a new file.</summary>
    /// <param name="replace">Whether a file of that name may be replaced.</param>
    /// <exception cref="CliException">When there is one already, or it cannot be written.</exception>
    public static void Write(FileInfo file, ReadOnlySpan<byte> content, bool replace)
    {
        try
        {
            var scratch = $"{file.FullName}.{Environment.ProcessId}.tmp";
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
}
