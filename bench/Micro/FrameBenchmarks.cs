using System.Formats.Cbor;
using BenchmarkDotNet.Attributes;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Micro;

/// <summary>The frame of an append between gateway and enclave: one chain, a thousand leaf hashes.</summary>
public class FrameBenchmarks
{
    private const int Leaves = 1_000;

    private readonly CborWriter _writer = new(CborConformanceMode.Strict);
    private readonly AppendRequest _request =
        new([new("bench.example/log/micro", 0, new byte[Leaves * Hash.SizeBytes], WantNodes: true)]);
    private byte[] _frame = [];

    [GlobalSetup]
    public void SetUp()
    {
        _writer.Reset();
        RequestCodec.Encode(_writer, 1, _request);
        _frame = _writer.Encode();
    }

    [Benchmark(Description = "frame: encode an append of 1,000")]
    public int Encode()
    {
        _writer.Reset();
        RequestCodec.Encode(_writer, 1, _request);
        return _writer.BytesWritten;
    }

    [Benchmark(Description = "frame: decode it")]
    public object Decode() => RequestCodec.Decode(_frame);
}
