using System.Text;

namespace Sequencer.Simulation;

/// <summary>Writes a file that only its owner can read, complete or not at all.</summary>
internal static class SecretFile
{
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    public static void Write(string path, string text)
    {
        var draft = $"{path}.{Path.GetRandomFileName()}.new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        try
        {
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: false);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
