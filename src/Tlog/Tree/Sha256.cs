using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sequencer.Tlog;

/// <summary>
/// SHA-256 (FIPS 180-4) of the short messages of a tree. Where there is libcrypto of OpenSSL 3, with which the
/// framework hashes as well, its three functions for this digest are called. The framework's way, through objects for
/// whatever digest, takes more than three times as long for the 65 bytes of a node. OpenSSL 3 has the three as
/// deprecated in favour of those objects; a library without them is as good as none. Safe for concurrent use.
/// </summary>
internal static partial class Sha256
{
    private const string Libcrypto = "libcrypto.so.3";

    // SHA256_CTX (openssl/sha.h): state, length, block and two counts, 28 words.
    private const int ContextWords = 28;

    /// <summary>Whether this machine has the library.</summary>
    internal static bool HasLibcrypto { get; } =
        NativeLibrary.TryLoad(Libcrypto, typeof(Sha256).Assembly, DllImportSearchPath.System32, out var library)
        && NativeLibrary.TryGetExport(library, nameof(SHA256_Init), out _)
        && NativeLibrary.TryGetExport(library, nameof(SHA256_Update), out _)
        && NativeLibrary.TryGetExport(library, nameof(SHA256_Final), out _);

    /// <summary>SHA-256(first ‖ second).</summary>
    public static Hash Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default) =>
        HasLibcrypto ? ByLibcrypto(first, second) : ByFramework(first, second);

    internal static Hash ByLibcrypto(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<uint> context = stackalloc uint[ContextWords];
        Span<byte> digest = stackalloc byte[Hash.SizeBytes];
        var succeeded = SHA256_Init(context) & SHA256_Update(context, first, (nuint)first.Length);
        if (!second.IsEmpty)
            succeeded &= SHA256_Update(context, second, (nuint)second.Length);
        succeeded &= SHA256_Final(digest, context);
        return succeeded == 1 ? Hash.Read(digest) : throw new CryptographicException("libcrypto did not hash.");
    }

    internal static Hash ByFramework(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha256.AppendData(first);
        sha256.AppendData(second);
        Span<byte> digest = stackalloc byte[Hash.SizeBytes];
        sha256.GetHashAndReset(digest);
        return Hash.Read(digest);
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Libcrypto)]
    private static partial int SHA256_Init(Span<uint> context);

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Libcrypto)]
    private static partial int SHA256_Update(Span<uint> context, ReadOnlySpan<byte> data, nuint length);

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport(Libcrypto)]
    private static partial int SHA256_Final(Span<byte> digest, Span<uint> context);
}
