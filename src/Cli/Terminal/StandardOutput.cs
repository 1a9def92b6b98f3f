using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sequencer.Cli.Terminal;

/// <summary>
/// Standard output, or another file that the process was started with, that tells when it takes no more. The
/// framework's own stream is silent about a reader that is gone, so that a command would go on for nobody; and what
/// it writes to a file does not move the place where the next one goes on.
/// </summary>
internal sealed partial class StandardOutput(int handle = StandardOutput.Standard) : Stream
{
    private const int Standard = 1;
    private const int Interrupted = 4;
    private const int BrokenPipe = 32;
    private const int NoSpace = 28;
    private const int IoError = 5;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A writer of UTF-8 that passes everything on at once.</summary>
    public static TextWriter OpenText() =>
        TextWriter.Synchronized(new StreamWriter(new StandardOutput()) { AutoFlush = true });

    /// <exception cref="OutputException">When nobody reads it any more, or its disk is full.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var written = WriteTo(handle, buffer, buffer.Length);
            if (written > 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error is BrokenPipe or NoSpace or IoError)
                throw new OutputException(Marshal.GetPInvokeErrorMessage(error));
            // A terminal that does not take it yet, above all: the framework knows how to wait for one.
            if (error != Interrupted)
                break;
        }

        if (buffer.IsEmpty)
            return;
        using var framework = handle == Standard
            ? Console.OpenStandardOutput()
            : new FileStream(new SafeFileHandle(handle, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        framework.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteTo(int handle, ReadOnlySpan<byte> buffer, nint count);
}
