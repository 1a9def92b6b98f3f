using System.Buffers.Binary;
using System.Text;

namespace Sequencer.Eif;

/// <summary>What a bzImage says of itself (the kernel's Documentation/arch/x86/boot.rst).</summary>
public static class KernelImage
{
    private const int MagicAt = 0x202;
    private const int VersionPointerAt = 0x20e;
    private const int SetupBase = 0x200;
    private const int VersionBytesMax = 256;

    /// <summary>The version that the kernel prints, up to the first blank: 6.12.95-cloud-amd64.</summary>
    /// <exception cref="EifException"><see cref="EifError.BadKernel"/> when it is no bzImage.</exception>
    public static string Version(ReadOnlySpan<byte> kernel)
    {
        if (kernel.Length < VersionPointerAt + 2 || !kernel[MagicAt..].StartsWith("HdrS"u8))
        {
            throw new EifException(
                EifError.BadKernel, "The kernel is no bzImage: it lacks the mark 'HdrS' at byte 0x202.");
        }

        var at = BinaryPrimitives.ReadUInt16LittleEndian(kernel[VersionPointerAt..]) + SetupBase;
        var text = at < kernel.Length ? kernel[at..Math.Min(kernel.Length, at + VersionBytesMax)] : [];
        var end = text.IndexOfAny((byte)0, (byte)' ');
        return end > 0
            ? Encoding.ASCII.GetString(text[..end])
            : throw new EifException(EifError.BadKernel, "The bzImage names no version.");
    }
}
