using System.Security.Cryptography;

namespace Sequencer.Eif;

/// <summary>
/// What the Nitro Secure Module will report of an image, 48 bytes each: PCR n is SHA-384 of 48 zero bytes and
/// the SHA-384 of the contents it covers. PCR0 covers kernel, command line and all ramdisks; PCR1 kernel,
/// command line and the first ramdisk; PCR2 the other ramdisks. Section boundaries are not measured, so the
/// three are to be compared together.
/// </summary>
public sealed class EifMeasurements
{
    private EifMeasurements(byte[] pcr0, byte[] pcr1, byte[] pcr2, ReadOnlyMemory<byte>? pcr8)
    {
        Pcr0 = pcr0;
        Pcr1 = pcr1;
        Pcr2 = pcr2;
        Pcr8 = pcr8;
    }

    public ReadOnlyMemory<byte> Pcr0 { get; }

    public ReadOnlyMemory<byte> Pcr1 { get; }

    public ReadOnlyMemory<byte> Pcr2 { get; }

    /// <summary>Of the signing certificate's DER; null when the image is not signed.</summary>
    public ReadOnlyMemory<byte>? Pcr8 { get; }

    /// <exception cref="EifException">When the image's signature section cannot be read.</exception>
    public static EifMeasurements Of(EifFile image)
    {
        var signature = EifSignature.Read(image);
        ReadOnlyMemory<byte>? signer = null;
        if (signature is not null)
            signer = Extend([signature.Certificate.RawDataMemory]);
        return new(
            Image(image),
            Extend([image.Kernel, CommandLine(image), image.Ramdisks[0]]),
            Extend(image.Ramdisks.Skip(1)),
            signer);
    }

    /// <summary>PCR0 alone, which a signature covers.</summary>
    internal static byte[] Image(EifFile image) =>
        Extend(image.Ramdisks.Prepend(CommandLine(image)).Prepend(image.Kernel));

    private static ReadOnlyMemory<byte> CommandLine(EifFile image) =>
        image.Sections.First(section => section.Type == EifSectionType.CommandLine).Data;

    private static byte[] Extend(IEnumerable<ReadOnlyMemory<byte>> contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        foreach (var content in contents)
            hash.AppendData(content.Span);
        var digest = hash.GetHashAndReset();
        hash.AppendData(new byte[SHA384.HashSizeInBytes]);
        hash.AppendData(digest);
        return hash.GetHashAndReset();
    }
}
