using System.Globalization;
using System.Text.Json;

namespace Sequencer.Tlog.Tests;

/// <summary>
/// The log of Data/derived-tlog.json: 300 entries <c>entry 0</c> … <c>entry 299</c>, everything about which
/// was computed by a second implementation.
/// </summary>
internal static class DerivedLog
{
    public const int Size = 300;

    /// <summary>The time in the witness's cosignatures.</summary>
    public const ulong WitnessTime = 1_700_000_000;

    public static JsonElement Json { get; } =
        JsonVectors.Load(Path.Combine(AppContext.BaseDirectory, "Data", "derived-tlog.json"));

    public static string Origin { get; } = Json.Text("origin");

    public static VerifierKey LogKey { get; } = VerifierKey.Parse(Json.Text("log_vkey"));

    public static VerifierKey WitnessKey { get; } = VerifierKey.Parse(Json.Text("witness_vkey"));

    public static string CosignedCheckpoint { get; } = Json.Text("checkpoint_300_cosigned");

    public static MemoryTree Tree { get; } =
        new([.. Enumerable.Range(0, Size).Select(i => MerkleHash.Leaf(EntryAt(i)))]);

    public static byte[] EntryAt(int index) =>
        System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"entry {index}"));

    public static NoteSigner LogSigner() => NoteSigner.FromSeed(Json.GetProperty("log_seed_hex").Hex());

    public static NoteSigner WitnessSigner() =>
        NoteSigner.FromSeed(Json.GetProperty("witness_seed_hex").Hex());
}
