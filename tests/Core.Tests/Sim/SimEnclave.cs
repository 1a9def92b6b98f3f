using System.Buffers.Binary;
using System.Formats.Cbor;
using System.Threading.Channels;
using Sequencer.Enclave;
using Sequencer.Protocol;
using Sequencer.Simulation;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Sim;

/// <summary>
/// The machine that runs the enclave program: boots epochs of the real one, kills them, and listens to
/// everything that they ever sign.
/// </summary>
internal sealed class SimEnclave
{
    public const string LogPrefix = "sequencer.test/log";

    private static readonly SimulatedRoot Root = SimulatedRoot.Create(new SimClock(new SimScheduler(0), null));

    private readonly SimScheduler _scheduler;
    private readonly PlantedBug _bug;
    private readonly List<SimStream> _open = [];
    private SimProcess? _process;
    private Channel<Stream>? _backlog;

    public SimEnclave(SimScheduler scheduler, PlantedBug bug) => (_scheduler, _bug) = (scheduler, bug);

    /// <summary>Every root that any epoch ever signed, by origin and size.</summary>
    public Dictionary<(string Origin, ulong Size), Hash> Signed { get; } = [];

    /// <summary>Every epoch's key.</summary>
    public List<VerifierKey> Keys { get; } = [];

    /// <summary>What the measured configuration demands of witnesses; null for nothing.</summary>
    public WitnessDemand? Demand { get; init; }

    /// <summary>How likely all connections end as an opening is answered, and often with the answer lost.</summary>
    public double OpeningCuts { get; set; }

    public bool IsUp => _process is { IsAlive: true };

    public void Boot()
    {
        var process = _process = new SimProcess(_scheduler, $"enclave {Keys.Count + 1}");
        var backlog = _backlog = Channel.CreateUnbounded<Stream>();
        var clock = new SimClock(_scheduler, process);
        var machine = new EnclaveMachine(
            new EnclaveConfiguration { LogPrefix = LogPrefix, AnchorAgeMaxSeconds = 86_400, Witnesses = Demand },
            new SimulatedNsm(Root, clock), Root.Trusted, clock);
        Keys.Add(machine.Cosigner);
        var server = new EnclaveServer(machine, new Listener(backlog), clock, static _ => { });
        process.Start(() => server.RunAsync(TimeSpan.FromDays(1), CancellationToken.None));
    }

    public void Kill()
    {
        _process?.Kill();
        CutAll();
    }

    /// <summary>Cuts every connection; what was under way may be lost in either direction.</summary>
    public void CutAll()
    {
        foreach (var stream in _open.Where(stream => !stream.IsCut))
            stream.Cut(_scheduler.Chance(0.5), _scheduler.Chance(0.5));
        _open.Clear();
    }

    /// <summary>Cuts every connection, and what was under way is lost.</summary>
    private void LoseAll()
    {
        foreach (var stream in _open.Where(stream => !stream.IsCut))
            stream.Cut(losesOwn: true, losesPeers: true);
        _open.Clear();
    }

    /// <summary>The way to the enclave for one gateway process.</summary>
    public IEnclaveTransport TransportFor(SimProcess gateway) => new Transport(this, gateway);

    private SimStream Connect(SimProcess gateway)
    {
        if (!IsUp)
            throw new IOException("No enclave answers.");
        var tap = new Tap(this);
        var near = new SimStream(_scheduler, tap.Request);
        var far = new SimStream(_scheduler, tap.Reply) { Peer = near };
        near.Peer = far;
        _open.Add(near);
        gateway.OnDeath(() => near.Cut(_scheduler.Chance(0.5), losesPeers: _scheduler.Chance(0.5)));
        _backlog!.Writer.TryWrite(far);
        return near;
    }

    private void Record(string origin, ulong size, Hash root)
    {
        if (Signed.TryGetValue((origin, size), out var other) && other != root)
            _scheduler.Violate($"Two roots were signed for size {size} of {origin}: {other} and {root}.");
        Signed[(origin, size)] = root;
    }

    /// <summary>Listens to one connection.</summary>
    private sealed class Tap(SimEnclave enclave)
    {
        private readonly Dictionary<uint, AppendRequest> _appends = [];

        /// <summary>Remembers what an append is of, and has the planted bug sign another tree.</summary>
        public byte[] Request(byte[] frame)
        {
            if (RequestCodec.Decode(frame.AsMemory(4)) is not (var id, AppendRequest append))
                return frame;
            _appends[id] = append;
            return enclave._bug == PlantedBug.EnclaveSignsAnotherTree && enclave._scheduler.Chance(0.05)
                ? Altered(id, append)
                : frame;
        }

        public byte[] Reply(byte[] frame)
        {
            var (id, reply) = ReplyCodec.Decode(frame.AsMemory(4));
            if (reply is OpenReply { Head: var opened })
            {
                enclave.Record(opened.Origin, opened.Size, opened.Root);
                if (enclave.OpeningCuts > 0 && enclave._scheduler.Chance(enclave.OpeningCuts))
                    enclave._scheduler.Post(null, enclave.LoseAll);
            }

            if (reply is SealReply { Head: var sealedHead })
                enclave.Record(sealedHead.Origin, sealedHead.Size, sealedHead.Root);
            if (reply is AppendReply append && _appends.Remove(id, out var request))
            {
                foreach (var (item, result) in request.Items.Zip(append.Results))
                {
                    if (result.Refusal is null)
                        enclave.Record(item.Origin, result.NewSize, result.Root);
                }
            }

            return frame;
        }

        private static byte[] Altered(uint id, AppendRequest append)
        {
            var leaves = append.Items[0].Leaves.ToArray();
            leaves[0] ^= 1;
            List<AppendItem> items = [append.Items[0] with { Leaves = leaves }, .. append.Items.Skip(1)];
            var writer = new CborWriter(CborConformanceMode.Strict);
            RequestCodec.Encode(writer, id, new AppendRequest(items));
            var payload = writer.Encode();
            var frame = new byte[4 + payload.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
            payload.CopyTo(frame, 4);
            return frame;
        }
    }

    private sealed class Transport(SimEnclave enclave, SimProcess gateway) : IEnclaveTransport
    {
        public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
        {
            await Task.Yield();
            return enclave.Connect(gateway);
        }
    }

    private sealed class Listener(ChannelReader<Stream> backlog) : IEnclaveListener
    {
        public ValueTask<Stream> AcceptAsync(CancellationToken cancellation) => backlog.ReadAsync(cancellation);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
