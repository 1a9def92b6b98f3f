using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Simulation;
using Sequencer.Testing;

namespace Sequencer.Enclave.Tests.Rollback;

/// <summary>One boot of the real enclave on a machine of its own, and what the host knows of it.</summary>
internal sealed class RollbackEnclave : IDisposable
{
    private readonly PooledNsm _nsm;
    private readonly FakeTimeProvider _counter = new();
    private readonly long _offsetMs;
    private readonly EnclaveMachine _machine;
    private readonly SessionRole _session = EnclaveMachine.OpenSession();
    private long _nowMs;

    public RollbackEnclave(
        int number, EnclaveConfiguration configuration, IWitnessRule rule, long offsetMs, long nowMs)
    {
        (Number, _offsetMs, _nowMs) = (number, offsetMs, nowMs);
        _nsm = PooledNsm.Take();
        _nsm.Clock.Now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs + offsetMs);
        _machine = new EnclaveMachine(configuration, _nsm, Epoch.Root.Trusted, _counter, rule);
        Ask(new HelloRequest(Limits.Version, Limits.Version, 1));
        Document = ((AttestReply)Ask(new AttestRequest(null))).Document.ToArray();
    }

    public int Number { get; }

    public byte[] Document { get; }

    /// <summary>The chains it holds, with all of their leaves; of a proposal too.</summary>
    public Dictionary<string, History> Held { get; } = [];

    /// <summary>When the opening of a chain was begun, as a moment of the invariants.</summary>
    public Dictionary<string, int> Begun { get; } = [];

    public EnclaveReply Ask(EnclaveRequest request) => _machine.Execute(_session, request);

    /// <summary>Its clocks follow true time; now and then its own is anchored anew.</summary>
    public void Follow(long nowMs, bool renew)
    {
        _counter.Advance(TimeSpan.FromMilliseconds(nowMs - _nowMs));
        _nowMs = nowMs;
        _nsm.Clock.Now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs + _offsetMs);
        if (renew)
            _machine.Renew();
    }

    public void Dispose() => _machine.Dispose();

    /// <summary>Modules are used again: making their certificates is most of what a boot costs.</summary>
    private sealed class PooledNsm : INsm
    {
        private static readonly ConcurrentBag<PooledNsm> Pool = [];

        private readonly SimulatedNsm _nsm;

        private PooledNsm() => _nsm = new SimulatedNsm(Epoch.Root, Clock);

        public ManualClock Clock { get; } = new(Epoch.At(Epoch.Start));

        public static PooledNsm Take()
        {
            if (Pool.TryTake(out var pooled))
                return pooled;
            pooled = new PooledNsm();
            // It has its certificates issued when it first attests; the root's key serves one at a time.
            lock (Epoch.Root)
                pooled.Attest(null, null, null);
            return pooled;
        }

        public byte[] Attest(
            ReadOnlyMemory<byte>? userData, ReadOnlyMemory<byte>? nonce, ReadOnlyMemory<byte>? publicKey) =>
            _nsm.Attest(userData, nonce, publicKey);

        public NsmDescription Describe() => _nsm.Describe();

        public PcrValue DescribePcr(int index) => _nsm.DescribePcr(index);

        public byte[] ExtendPcr(int index, ReadOnlySpan<byte> data) => _nsm.ExtendPcr(index, data);

        public void LockPcr(int index) => _nsm.LockPcr(index);

        public void LockPcrs(int range) => _nsm.LockPcrs(range);

        public byte[] GetRandom() => _nsm.GetRandom();

        public void Dispose() => Pool.Add(this);
    }
}
