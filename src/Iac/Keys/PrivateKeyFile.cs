using System.Text;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Keys;

/// <summary>
/// The file <c>secrets/&lt;name&gt;.pem</c>. Its bytes are written to a neighbour, synced, and only then
/// given
/// the name, so that the file is whole or absent and an existing one is never overwritten.
/// </summary>
internal sealed class PrivateKeyFile(string keyName, SecretsFolder secrets)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = secrets.PathOf(keyName + ".pem");
    private readonly string _partialPath = secrets.PathOf(keyName + ".pem.partial");

    public string Shown { get; } = secrets.Shown(keyName + ".pem");

    public bool Exists => File.Exists(_path);

    /// <summary>Whether it is in one of the forms in which EC2 hands out private keys.</summary>
    public bool IsReadable => SshPublicKey.OfPrivateKey(Read()) is not null;

    /// <summary>
    /// Opens the neighbour with mode 0600 before AWS is asked for a key, so that a folder which cannot be
    /// written is found out first. Dispose the reservation to give it up.
    /// </summary>
    public Reservation Reserve()
    {
        if (Exists)
        {
            throw new IacException(
                ExitCode.AlreadyThere,
                $"{Shown} exists already, and a private key is never overwritten.",
                "Choose another --key-name, or delete the key pair with 'iac key delete'; if AWS has none "
                + "of that name, move the file away.");
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0, // A full disk shows in the write, not once more when the file is closed.
            UnixCreateMode = OwnerOnly,
        };
        try
        {
            secrets.Ensure();
            return new Reservation(this, new FileStream(_partialPath, options));
        }
        catch (IOException e) when (File.Exists(_partialPath))
        {
            throw new IacException(
                ExitCode.Failed,
                $"{Shown}.partial is there: another 'key create' is running, or one was killed.",
                "If none is running, delete that file, and the key pair too if 'iac key list' shows it.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IacException(
                ExitCode.Failed, $"{Shown} cannot be written: {e.Message}", "AWS was not asked for a key.",
                e);
        }
    }

    public void Delete() => File.Delete(_path);

    /// <summary>
    /// Whether the file holds the private half of <paramref name="sshPublicKey"/> ("ssh-ed25519 AAAA… name");
    /// null where that cannot be told.
    /// </summary>
    public bool? Matches(string? sshPublicKey)
    {
        var fields = sshPublicKey?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields is { Length: >= 2 } && SshPublicKey.OfPrivateKey(Read()) is { } own
            ? fields[1] == own
            : null;
    }

    private string Read()
    {
        try
        {
            return File.ReadAllText(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IacException(
                ExitCode.Failed, $"{Shown} cannot be read: {e.Message}",
                "Make it readable for you, or choose another --key-name.",
                e);
        }
    }

    /// <summary>A private key's file in the making.</summary>
    internal sealed class Reservation(PrivateKeyFile file, FileStream partial) : IDisposable
    {
        /// <summary>
        /// Writes the key, syncs it and gives it its name; throws <see cref="IOException"/>.
        /// </summary>
        public void Fill(string pem)
        {
            partial.Write(Encoding.ASCII.GetBytes(pem.EndsWith('\n') ? pem : pem + "\n"));
            partial.Flush(flushToDisk: true);
            partial.Dispose();
            File.Move(file._partialPath, file._path, overwrite: false);
        }

        public void Dispose()
        {
            partial.Dispose();
            File.Delete(file._partialPath);
        }
    }
}
