using Sequencer.Attestation;
using Sequencer.Simulation;

namespace Sequencer.Enclave.Tests;

/// <summary>A simulated NSM that can be made to fail, to answer rubbish, or to keep one waiting.</summary>
internal sealed class TestNsm(SimulatedRoot root, TimeProvider clock, ImageMeasurement? image) : INsm
{
    private static readonly Dictionary<int, ReadOnlyMemory<byte>> DebugPcrs = new() { [3] = new byte[48] };

    private readonly SimulatedNsm _nsm = image is null
        ? new SimulatedNsm(root, clock, DebugPcrs)
        : new SimulatedNsm(root, clock, image);

    private int _inside;
    private int _calls;

    /// <summary>Thrown by every attestation while it is set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Given instead of every document while it is set.</summary>
    public byte[]? Document { get; set; }

    /// <summary>Every attestation waits for it while it is set.</summary>
    public ManualResetEventSlim? Gate { get; set; }

    /// <summary>Runs within every attestation, before it answers.</summary>
    public Action? Asked { get; set; }

    /// <summary>Attestations asked for.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Whether two attestations were ever under way at once.</summary>
    public bool WasSharedByTwo { get; private set; }

    public byte[] Attest(
        ReadOnlyMemory<byte>? userData, ReadOnlyMemory<byte>? nonce, ReadOnlyMemory<byte>? publicKey)
    {
        Interlocked.Increment(ref _calls);
        WasSharedByTwo |= Interlocked.Increment(ref _inside) > 1;
        try
        {
            Gate?.Wait();
            Asked?.Invoke();
            if (Failure is { } failure)
                throw failure;
            return Document ?? _nsm.Attest(userData, nonce, publicKey);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public NsmDescription Describe() => _nsm.Describe();

    public PcrValue DescribePcr(int index) => _nsm.DescribePcr(index);

    public byte[] ExtendPcr(int index, ReadOnlySpan<byte> data) => _nsm.ExtendPcr(index, data);

    public void LockPcr(int index) => _nsm.LockPcr(index);

    public void LockPcrs(int range) => _nsm.LockPcrs(range);

    public byte[] GetRandom() => _nsm.GetRandom();

    public void Dispose() => _nsm.Dispose();
}
