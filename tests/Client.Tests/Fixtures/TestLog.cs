using System.Buffers;
using System.Globalization;
using System.Text;
using Sequencer.Attestation;
using Sequencer.Simulation;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Fixtures;

/// <summary>
/// A chain as a gateway would hold it, made from the primitives: entries, epochs of simulated enclaves,
/// checkpoints and receipts. Keys come from fixed seeds; the simulated root is made anew.
/// </summary>
internal sealed class TestLog : IDisposable
{
    public const string Prefix = "sequencer.example/log";
    public const string Chain = "demo";
    public const string LogOrigin = Prefix + "/" + Chain;
    public const ulong Time = 1_795_374_000;

    private readonly byte[][] _entries;
    private readonly List<LogEpoch> _epochs;
    private readonly List<TestEnclave> _enclaves;
    private readonly bool _ownsRoot;
    private readonly PrivateKeyText _logKey =
        PrivateKeyText.FromSeed(LogOrigin, Enumerable.Repeat((byte)1, 32).ToArray());
    private readonly NoteSigner _logSigner;

    /// <param name="size">Number of entries; entry i is the text <c>entry i</c>.</param>
    /// <param name="epochStarts">Sizes at which further enclaves take over, ascending.</param>
    public TestLog(int size, params int[] epochStarts)
        : this([.. Enumerable.Range(0, size).Select(Entry)], SimulatedRoot.Create(Clock), [], [])
    {
        _ownsRoot = true;
        AddEpoch(0);
        foreach (var start in epochStarts)
            AddEpoch((ulong)start);
    }

    private TestLog(byte[][] entries, SimulatedRoot root, List<LogEpoch> epochs, List<TestEnclave> enclaves)
    {
        _logSigner = _logKey.CreateSigner();
        (_entries, Root, _epochs, _enclaves) = (entries, root, epochs, enclaves);
        Tree = new TestTree(_entries);
    }

    public static ManualClock Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds((long)Time));

    public SimulatedRoot Root { get; }

    public TestTree Tree { get; }

    public ulong Size => (ulong)_entries.Length;

    public TestEnclave Enclave => _enclaves[^1];

    public LogEpochs Epochs =>
        new() { Origin = LogOrigin, LogKey = _logKey.VerifierKey.ToString(), Epochs = _epochs };

    public TlogPolicy Policy => TlogPolicy.Parse(PolicyText);

    public string PolicyText => $"log {_logKey.VerifierKey}\nquorum none\n";

    public static AcceptedImages Images => new(SimulatedNsm.Image);

    public EnclaveVerifier Enclaves => new(Images, Root.Trusted);

    public static byte[] Entry(int index) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"entry {index}"));

    /// <summary>
    /// The same log with more or fewer entries, which from an index on may be others; epochs and keys are
    /// those of now. To be let go before this one.
    /// </summary>
    public TestLog Resized(int size, int otherFrom = int.MaxValue) => new(
        [.. Enumerable.Range(0, size).Select(index => index < otherFrom ? Entry(index) : OtherEntry(index))],
        Root, [.. _epochs], [.. _enclaves]);

    /// <summary>Another boot of the enclave takes over at a size that the log has.</summary>
    /// <param name="start">The size.</param>
    /// <param name="seed">Of its key; another than the 10 and more that the log's own have.</param>
    public TestLog TakenOver(int start, byte seed)
    {
        AddEpoch((ulong)start, seed);
        return this;
    }

    /// <summary>A policy whose quorum is a group of these witnesses.</summary>
    public TlogPolicy PolicyWith(string threshold, params TestWitness[] witnesses)
    {
        var lines = witnesses.Select((witness, i) => $"witness W{i} {witness.Key}\n");
        var members = string.Join(' ', witnesses.Select((_, i) => $"W{i}"));
        return TlogPolicy.Parse(
            $"log {_logKey.VerifierKey}\n{string.Concat(lines)}group G {threshold} {members}\nquorum G\n");
    }

    public Checkpoint CheckpointAt(ulong size) => new(LogOrigin, size, Tree.RootAt(size));

    /// <summary>The signed checkpoint of a size, cosigned by the newest enclave.</summary>
    public string NoteAt(ulong size, params TestWitness[] witnesses) =>
        Sign(CheckpointAt(size), Enclave, Time, witnesses);

    public string Sign(
        Checkpoint checkpoint, TestEnclave? enclave, ulong time, params TestWitness[] witnesses)
    {
        var text = checkpoint.ToNoteText();
        var signatures = new List<NoteSignature> { SignLog(text) };
        if (enclave is not null)
            signatures.Add(enclave.Cosign(text, time));
        signatures.AddRange(witnesses.Select(witness => witness.Cosign(text, time)));
        return SignedNote.Create(text, signatures).ToString();
    }

    public NoteSignature SignLog(string text)
    {
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        _logSigner.Sign(Encoding.UTF8.GetBytes(text), signature);
        return NoteSignature.Ed25519(_logKey.VerifierKey, signature);
    }

    /// <summary>A receipt against the checkpoint of the whole log.</summary>
    public string Receipt(int index, bool bundle = true, params TestWitness[] witnesses) =>
        ReceiptWith(index, NoteAt(Size, witnesses), bundle ? Enclave.Document : null);

    public string ReceiptWith(int index, string checkpoint, byte[]? document)
    {
        var output = new ArrayBufferWriter<byte>();
        var proof = InclusionProof.Build((ulong)index, Size, Tree);
        TlogProof.Write(output, (ulong)index, proof, Encoding.UTF8.GetBytes(checkpoint), document);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public byte[] Bundle(EntryBundlePath path)
    {
        var output = new ArrayBufferWriter<byte>();
        for (var i = 0; i < path.Width; i++)
            EntryBundle.Write(output, _entries[(int)path.Index * Tile.Width + i]);
        return output.WrittenSpan.ToArray();
    }

    public void ReplaceEpoch(int index, Func<LogEpoch, LogEpoch> change) =>
        _epochs[index] = change(_epochs[index]);

    public void RemoveEpoch(int index) => _epochs.RemoveAt(index);

    public TestEnclave EnclaveOf(int epoch) => _enclaves[epoch];

    public void Dispose()
    {
        _logKey.Dispose();
        _logSigner.Dispose();
        if (_ownsRoot)
            Root.Dispose();
    }

    private static byte[] OtherEntry(int index) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"other entry {index}"));

    private void AddEpoch(ulong start, byte? seed = null)
    {
        var enclave = new TestEnclave(Root, Clock, seed ?? (byte)(10 + _enclaves.Count));
        _epochs.Add(new()
        {
            StartSize = start,
            CosignerKey = enclave.Cosigner.ToString(),
            AttestationDocument = enclave.Document,
            Handover = _enclaves.Count == 0
                ? null
                : enclave.Adopt(CheckpointAt(start), Enclave.Cosigner, Time + (ulong)_enclaves.Count),
        });
        _enclaves.Add(enclave);
    }
}
