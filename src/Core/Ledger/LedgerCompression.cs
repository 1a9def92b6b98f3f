namespace Sequencer.Core;

/// <summary>
/// How entries are compressed on the disk, in blocks of about 4 KiB. It can be changed at any time: what was written
/// before stays as it is and is read all the same.
/// </summary>
public enum LedgerCompression
{
    /// <summary>Not at all: fastest, and right for hashes, ciphertext and short entries.</summary>
    None,

    /// <summary>LZ4: for texts, at little cost.</summary>
    Lz4,

    /// <summary>Zstandard: smaller, and slower to write and to read.</summary>
    Zstd,
}
