namespace Sequencer.Eif;

/// <summary>What a section of an image holds; the numbers are those of the file format.</summary>
public enum EifSectionType
{
    Kernel = 1,
    CommandLine = 2,
    Ramdisk = 3,

    /// <summary>Since version 3; at most one, last.</summary>
    Signature = 4,

    /// <summary>Since version 4, and mandatory there.</summary>
    Metadata = 5,
}
