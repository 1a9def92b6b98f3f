using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Micro;

/// <summary>Notes and receipts: what the gateway signs and writes, and what a client verifies.</summary>
public class ReceiptBenchmarks : IDisposable
{
    private const ulong FirstTime = 1_795_374_000;
    private const int ReceiptCount = 64;

    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private SampleLog _log = null!;
    private NoteSigner _signer = null!;
    private byte[] _text = null!;
    private byte[] _signature = null!;
    private byte[] _checkpoint = null!;
    private string[] _receipts = null!;
    private int _turn;

    [GlobalSetup]
    public void SetUp()
    {
        _log = new SampleLog();
        _signer = NoteSigner.Generate();
        _text = Encoding.UTF8.GetBytes(_log.Text);
        _signature = new byte[VerifierKey.SignatureSizeBytes];
        _checkpoint = Encoding.UTF8.GetBytes(_log.Sign(FirstTime));
        _receipts = [.. Enumerable.Range(0, ReceiptCount)
            .Select(number => _log.Receipt(_log.Sign(FirstTime + (ulong)number)))];
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _log.Dispose();
        _signer.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "note: one Ed25519 signature")]
    public void Sign() => _signer.Sign(_text, _signature);

    [Benchmark(Description = "note: text and both signature lines, two signatures")]
    public string SignCheckpoint() => _log.Sign(FirstTime);

    [Benchmark(Description = "receipt: write the text")]
    public int Write()
    {
        _output.ResetWrittenCount();
        return TlogProof.Write(_output, SampleLog.Index, _log.Proof, _checkpoint);
    }

    [Benchmark(Description = "receipt: read the text, note and checkpoint")]
    public Checkpoint Read() =>
        Checkpoint.Parse(SignedNote.Parse(TlogProof.Parse(_receipts[0]).Checkpoint).Text);

    [Benchmark(Description = "receipt: verify all of it, the document known")]
    public VerifiedReceipt Verify() =>
        _log.Verifier.Verify(_receipts[_turn++ % ReceiptCount], _log.Entry, _log.Document);

    [Benchmark(Description = "note: one Ed25519 verification and its parsing")]
    public VerifiedNote VerifyNote() => SignedNote.Parse(_checkpoint).Verify([_log.LogKey]);
}
