namespace Sequencer.Eif;

/// <summary>Why an enclave image, or what it was to be made from, was refused.</summary>
public enum EifError
{
    /// <summary>The file ends inside the header or inside a section.</summary>
    Truncated,

    /// <summary>The file, or one part of it, is longer than this library takes.</summary>
    TooLarge,

    /// <summary>The first four bytes are not <c>.eif</c>.</summary>
    BadMagic,

    /// <summary>The format version is neither 3 nor 4.</summary>
    UnsupportedVersion,

    /// <summary>The header says that the image is for aarch64.</summary>
    UnsupportedArchitecture,

    /// <summary>A flag, reserved or unused field that must be zero is not.</summary>
    ReservedNotZero,

    /// <summary>The number of sections is below 3 or above 32.</summary>
    BadSectionCount,

    /// <summary>A section does not begin where the one before it ends.</summary>
    BadSectionOffset,

    /// <summary>A section's own header and the table in the file header give different sizes.</summary>
    SectionSizeMismatch,

    /// <summary>A section's type is none of the five that the format knows.</summary>
    UnknownSectionType,

    /// <summary>A section that may occur once occurs twice.</summary>
    DuplicateSection,

    /// <summary>A section that every image of its version has is missing.</summary>
    MissingSection,

    /// <summary>The sections are not in the order kernel, command line, the rest, signature.</summary>
    WrongSectionOrder,

    /// <summary>The image has a section that its format version does not know.</summary>
    SectionNotInVersion,

    /// <summary>Bytes follow the last section.</summary>
    TrailingBytes,

    /// <summary>The checksum in the header is not that of the file.</summary>
    CrcMismatch,

    /// <summary>The command line is empty, too long, or not printable ASCII.</summary>
    BadCommandLine,

    /// <summary>The metadata section is not the JSON that an image carries.</summary>
    BadMetadata,

    /// <summary>The signature section is not the CBOR that an image carries.</summary>
    BadSignatureSection,

    /// <summary>The signing certificate cannot be read, is not on P-384, or is not valid now.</summary>
    BadCertificate,

    /// <summary>The private key cannot be read or does not belong to the certificate.</summary>
    BadPrivateKey,

    /// <summary>The kernel is not a bzImage for x86_64.</summary>
    BadKernel,

    /// <summary>A name in a ramdisk is absolute, climbs out, occurs twice, or lies under a file.</summary>
    BadRamdiskEntry,
}
