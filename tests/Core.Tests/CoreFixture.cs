using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests;

/// <summary>A core over a given ledger and enclave, with what its users would check.</summary>
public sealed class CoreFixture : IAsyncDisposable
{
    private static readonly NoteSigner LogKey = NoteSigner.FromSeed(new byte[32]);

    private static readonly CoreMetrics Metrics = new();

    private readonly CoreMetrics _metrics = new();

    private CoreFixture()
    {
    }

    public SequencerCore Core { get; private set; } = null!;

    public static VerifierKey LogVerifier(ChainId chain) => VerifierKey.Create(
        Origin.For(EnclaveFixture.LogPrefix, chain), SignatureType.Ed25519, LogKey.PublicKey.Span);

    public static ChainId Chain(string id = "demo") =>
        ChainId.TryParse(id, out var chain) ? chain : throw new ArgumentException(id);

    /// <summary>A note of a chain that the log alone has signed.</summary>
    public static byte[] SignAsLog(ChainId chain, string text)
    {
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        LogKey.Sign(Encoding.UTF8.GetBytes(text), signature);
        var note = SignedNote.Create(text, NoteSignature.Ed25519(LogVerifier(chain), signature));
        return Encoding.UTF8.GetBytes(note.ToString());
    }

    public static async Task<CoreFixture> StartAsync(
        ILedgerSource ledger, IEnclaveTransport enclave, Action<SequencerOptions>? configure = null,
        WitnessNetwork? witnesses = null, TimeProvider? time = null, CoreMetrics? metrics = null,
        ILogger<SequencerCore>? logger = null)
    {
        var options = Options();
        configure?.Invoke(options);
        var fixture = new CoreFixture();
        var dependencies = Dependencies(ledger, enclave) with
        {
            Metrics = metrics ?? fixture._metrics,
            Witnesses = witnesses,
            Time = time ?? TimeProvider.System,
            Logger = logger ?? NullLogger<SequencerCore>.Instance,
        };
        fixture.Core = await SequencerCore.StartAsync(options, dependencies, CancellationToken.None);
        await fixture.Core.WhenReadyAsync(CancellationToken.None);
        return fixture;
    }

    public static SequencerOptions Options() => new() { LogPrefix = EnclaveFixture.LogPrefix };

    public static CoreDependencies Dependencies(ILedgerSource ledger, IEnclaveTransport enclave) => new()
    {
        Ledger = ledger,
        Enclave = enclave,
        LogKey = new KeyFileSigner(LogKey),
        Logger = NullLogger<SequencerCore>.Instance,
        Metrics = Metrics,
    };

    public async Task<SubmitOutcome> SubmitAsync(string text, string chain = "demo", string? key = null) =>
        await Core.SubmitAsync(
            new Submission
            {
                Chain = Chain(chain),
                Entries = [Encoding.UTF8.GetBytes(text)],
                IdempotencyKey = key,
            },
            CancellationToken.None);

    public async Task<SequencedRange> SequenceAsync(string text, string chain = "demo", string? key = null) =>
        await SubmitAsync(text, chain, key) switch
        {
            SubmitOutcome.Sequenced sequenced => sequenced.Range,
            SubmitOutcome.Refused refused => throw new InvalidOperationException(refused.Refusal.ToString()),
            var other => throw new InvalidOperationException(other.ToString()),
        };

    public static string Receipt(SequencedRange range, int offset = 0)
    {
        var buffer = new ArrayBufferWriter<byte>();
        range.WriteReceipt(offset, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Checks a receipt's inclusion and the log's signature; gives its checkpoint.</summary>
    public static Checkpoint VerifyReceipt(string receipt, string text, string chain = "demo")
    {
        var proof = TlogProof.Parse(receipt);
        var note = SignedNote.Parse(proof.Checkpoint);
        note.Verify([LogVerifier(Chain(chain))]);
        var checkpoint = Checkpoint.Parse(note.Text);
        InclusionProof.Verify(
            proof.Index, checkpoint.Size, MerkleHash.Leaf(Encoding.UTF8.GetBytes(text)),
            proof.Hashes.ToArray(), checkpoint.Root);
        return checkpoint;
    }

    public async ValueTask DisposeAsync()
    {
        await Core.StopAsync(CancellationToken.None);
        await Core.DisposeAsync();
        _metrics.Dispose();
    }
}
