using System.Text;
using CsCheck;
using Sequencer.Protocol;
using Hash = Sequencer.Tlog.Hash;

namespace Sequencer.Enclave.Tests;

/// <summary>
/// Random commands of several sessions over several epochs, against a model that keeps every leaf and decides
/// by the rules. Over all epochs: one root for each size, no smaller size, no earlier time.
/// </summary>
public sealed class ModelTests
{
    private static readonly Gen<(int Command, int Chain, int Session, int Count)> Step =
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 5]);

    [Fact]
    public void AnyCommands_AreAnsweredAsTheRulesSay() => Step.List[1, 80].Sample(steps =>
    {
        using var run = new Run();
        foreach (var step in steps)
            run.Do(step.Command, step.Chain, step.Session, step.Count);
    }, iter: 150, threads: 1);

    /// <summary>What the model knows of a chain.</summary>
    private sealed class Chain(string origin)
    {
        public string Origin => origin;

        public List<Hash> Leaves { get; } = [];

        public Dictionary<int, Hash> Signed { get; } = [];

        public ulong Time { get; set; }

        public bool IsHeld { get; set; }

        public bool IsRetired { get; set; }

        public ResumeRequest? ToResume { get; set; }

        public (int First, Hash[] Leaves, AppendResult Answer)? Last { get; set; }
    }

    private sealed class Run : IDisposable
    {
        private const int ChainsMax = 2;

        private readonly Chain[] _chains =
            [.. new[] { "a", "b", "c" }.Select(id => new Chain($"{Epoch.Prefix}/{id}"))];

        private readonly (SessionRole Role, ulong? Generation)[] _sessions = new (SessionRole, ulong?)[3];
        private Epoch _epoch;
        private ulong _now = Epoch.Start;
        private ulong _generation = 1;
        private int _nextLeaf;

        public Run()
        {
            _epoch = Boot();
            _sessions[0] = (_epoch.Writer, 1);
        }

        public void Do(int command, int chainNumber, int session, int count)
        {
            var chain = _chains[chainNumber];
            switch (command)
            {
                case 0:
                    Open(session, count);
                    break;
                case 1:
                    Create(session, chain);
                    break;
                case 2:
                    Resume(session, chain);
                    break;
                case 3:
                    Retire(session, chain);
                    break;
                case 4:
                    Repeat(session, chain);
                    break;
                case 5:
                    Append(session, chain, chain.Leaves.Count - count - 1, count + 1);
                    break;
                case 6 when count == 0:
                    Reboot();
                    break;
                case 7:
                    _now += (ulong)count;
                    _epoch.Advance(TimeSpan.FromSeconds(count));
                    break;
                case 8:
                    _epoch.Machine.Renew();
                    break;
                default:
                    Append(session, chain, chain.Leaves.Count, count + 1);
                    break;
            }
        }

        public void Dispose() => _epoch.Dispose();

        private Epoch Boot() => Epoch.Boot(_now, Epoch.Configuration with { ChainsMax = ChainsMax });

        /// <summary>The epoch ends; what it signed last is kept, as a ledger would.</summary>
        private void Reboot()
        {
            foreach (var chain in _chains.Where(chain => chain.IsHeld))
            {
                chain.ToResume = _epoch.ToResume([.. chain.Leaves], chain.Origin);
                (chain.IsHeld, chain.IsRetired, chain.Last) = (false, false, null);
            }

            _epoch.Dispose();
            _epoch = Boot();
            Array.Clear(_sessions);
            _sessions[0] = (_epoch.Writer, _generation = 1);
        }

        private void Open(int session, int kind)
        {
            ulong? generation = kind == 0 ? null : _generation + (ulong)kind - 2;
            var role = EnclaveMachine.OpenSession();
            var expected = generation <= _generation ? EnclaveRefusalReason.Fenced : default;
            Check(_epoch.Machine.Execute(role, new HelloRequest(Limits.Version, Limits.Version, generation)), expected);
            if (expected != default)
                return;
            _sessions[session] = (role, generation);
            _generation = Math.Max(_generation, generation ?? 0);
        }

        private void Create(int session, Chain chain)
        {
            // A ledger never creates what it has a history of: that is the fork which only witnesses prevent.
            if (chain.Leaves.Count > 0 && !chain.IsHeld)
                return;
            var reply = Ask(session, new CreateRequest(chain.Origin), ToOpen(chain));
            if (reply is OpenReply open)
                Adopt(chain, open.Head);
        }

        private void Resume(int session, Chain chain)
        {
            if (chain.ToResume is not { } resume)
                return;
            var reply = Ask(session, resume, ToOpen(chain));
            if (reply is OpenReply open)
                Adopt(chain, open.Head);
        }

        private void Retire(int session, Chain chain)
        {
            var reply = Ask(session, new RetireRequest(chain.Origin), ToUse(chain));
            chain.IsRetired |= reply is RetireReply;
        }

        private void Append(int session, Chain chain, int first, int count)
        {
            if (first < 0)
                return;
            var leaves = Tree.Leaves(_nextLeaf, count);
            _nextLeaf += count;
            var expected = ToUse(chain);
            if (expected == default && first != chain.Leaves.Count)
                expected = EnclaveRefusalReason.SizeMismatch;
            var reply = Ask(session, Epoch.Appending(chain.Origin, (ulong)first, leaves), default);
            if (reply is not AppendReply { Results: [var result] })
                return;
            (result.Refusal?.Reason ?? default).Should().Be(expected);
            if (expected != default)
                return;
            chain.Leaves.AddRange(leaves);
            chain.Last = (first, leaves, result);
            CheckSigned(chain, result.NewSize, result.Root, result.Time, result.Cosignature);
        }

        private void Repeat(int session, Chain chain)
        {
            if (chain.Last is not var (first, leaves, answer))
                return;
            var reply = Ask(session, Epoch.Appending(chain.Origin, (ulong)first, leaves), default);
            if (reply is not AppendReply { Results: [var result] })
                return;
            if (chain.IsRetired)
                result.Refusal!.Reason.Should().Be(EnclaveRefusalReason.Retired);
            else
                result.Should().BeEquivalentTo(answer, options => options.ComparingByMembers<AppendResult>());
        }

        private void Adopt(Chain chain, Head head)
        {
            (chain.IsHeld, chain.IsRetired, chain.Last) = (true, false, null);
            head.Size.Should().Be((ulong)chain.Leaves.Count);
            CheckSigned(chain, head.Size, head.Root, head.Time, head.Cosignature);
        }

        private void CheckSigned(
            Chain chain, ulong size, Hash root, ulong time, ReadOnlyMemory<byte> cosignature)
        {
            size.Should().Be((ulong)chain.Leaves.Count);
            root.Should().Be(Tree.Root(chain.Leaves.ToArray()));
            chain.Signed.TryAdd((int)size, root);
            root.Should().Be(chain.Signed[(int)size], "there is one root for each size");
            time.Should().Be(Math.Max(_now, chain.Time));
            chain.Time = time;
            var text = new StringBuilder().Append(chain.Origin).Append('\n').Append(size).Append('\n')
                .Append(root).Append('\n').ToString();
            _epoch.Machine.Cosigner.Verify(
                Encoding.UTF8.GetBytes($"cosignature/v1\ntime {time}\n{text}"), cosignature.Span);
        }

        private EnclaveRefusalReason ToOpen(Chain chain) =>
            chain.IsHeld ? EnclaveRefusalReason.AlreadyHeld
            : _chains.Count(other => other.IsHeld) == ChainsMax ? EnclaveRefusalReason.ChainsFull
            : default;

        private static EnclaveRefusalReason ToUse(Chain chain) =>
            !chain.IsHeld ? EnclaveRefusalReason.UnknownOrigin
            : chain.IsRetired ? EnclaveRefusalReason.Retired
            : default;

        /// <summary>Asks in a session, whose role decides before anything else does.</summary>
        private EnclaveReply Ask(int session, EnclaveRequest request, EnclaveRefusalReason expected)
        {
            var (role, generation) = _sessions[session];
            var reply = _epoch.Machine.Execute(role ?? EnclaveMachine.OpenSession(), request);
            Check(reply, role is null ? EnclaveRefusalReason.HelloExpected
                : generation is null ? EnclaveRefusalReason.ReadOnlySession
                : generation != _generation ? EnclaveRefusalReason.Fenced
                : expected);
            return reply;
        }

        private static void Check(EnclaveReply reply, EnclaveRefusalReason expected) =>
            ((reply as RefusedReply)?.Refusal.Reason ?? default).Should().Be(expected);
    }
}
