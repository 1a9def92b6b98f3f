using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Simulation;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>One boot of an enclave, asked directly; a session with the write role is open.</summary>
internal sealed class Epoch : IDisposable
{
    public const string Prefix = "sequencer.test/log";
    public const string Demo = Prefix + "/demo";

    /// <summary>2027-01-15T08:00:00Z, in seconds since 1970.</summary>
    public const ulong Start = 1_800_000_000;

    public static readonly SimulatedRoot Root = SimulatedRoot.Create(new ManualClock(At(Start)));

    private Epoch(ulong now, EnclaveConfiguration configuration, ImageMeasurement? image, SimulatedRoot root)
    {
        NsmClock = new ManualClock(At(now));
        Nsm = new TestNsm(root, NsmClock, image);
        // Booting issues the module's certificates: the root's key serves one at a time.
        lock (root)
            Machine = new EnclaveMachine(configuration, Nsm, root.Trusted, Monotonic);
        Writer = Open(1);
    }

    public static EnclaveConfiguration Configuration { get; } = new() { LogPrefix = Prefix };

    public EnclaveMachine Machine { get; }

    public TestNsm Nsm { get; }

    public ManualClock NsmClock { get; }

    public FakeTimeProvider Monotonic { get; } = new();

    /// <summary>The session of generation 1.</summary>
    public SessionRole Writer { get; }

    public static Epoch Boot(
        ulong now = Start, EnclaveConfiguration? configuration = null, SimulatedRoot? root = null) =>
        new(now, configuration ?? Configuration, SimulatedNsm.Image, root ?? Root);

    public static Epoch BootImage(
        ImageMeasurement? image, ulong now = Start, EnclaveConfiguration? configuration = null) =>
        new(now, configuration ?? Configuration, image, Root);

    public static DateTimeOffset At(ulong seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds);

    /// <summary>Opens a session of a generation; null only reads.</summary>
    public SessionRole Open(ulong? generation)
    {
        var session = EnclaveMachine.OpenSession();
        Ask<HelloReply>(session, new HelloRequest(Limits.Version, Limits.Version, generation));
        return session;
    }

    /// <summary>Asks what must be answered.</summary>
    public TReply Ask<TReply>(SessionRole session, EnclaveRequest request)
        where TReply : EnclaveReply =>
        Machine.Execute(session, request).Should().BeOfType<TReply>(request.ToString()).Subject;

    public TReply Ask<TReply>(EnclaveRequest request)
        where TReply : EnclaveReply => Ask<TReply>(Writer, request);

    /// <summary>Asks what must be refused as a whole.</summary>
    public EnclaveRefusal Refused(SessionRole session, EnclaveRequest request) =>
        Ask<RefusedReply>(session, request).Refusal;

    public EnclaveRefusal Refused(EnclaveRequest request) => Refused(Writer, request);

    /// <summary>Appends to one chain.</summary>
    public AppendResult Append(
        ulong expectedSize, Hash[] leaves, bool wantNodes = false, string origin = Demo) =>
        Ask<AppendReply>(Appending(origin, expectedSize, leaves, wantNodes))
            .Results.Should().ContainSingle().Subject;

    public static AppendRequest Appending(
        string origin, ulong expectedSize, Hash[] leaves, bool wantNodes = false) =>
        new([new AppendItem(
            origin, expectedSize, MemoryMarshal.AsBytes(leaves.AsSpan()).ToArray(), wantNodes)]);

    /// <summary>The bytes of an answer, to compare it by.</summary>
    public static byte[] Encoded(AppendResult result)
    {
        var writer = new System.Formats.Cbor.CborWriter();
        ReplyCodec.Encode(writer, 1, new AppendReply([result]));
        return writer.Encode();
    }

    public Head Head(string origin = Demo) =>
        Ask<HeadsReply>(Open(null), new HeadsRequest([origin])).Heads.Should().ContainSingle().Subject;

    /// <summary>The document of this epoch without a nonce.</summary>
    public byte[] Document() => Ask<AttestReply>(Open(null), new AttestRequest(null)).Document.ToArray();

    /// <summary>What a later epoch needs to resume a chain that has these leaves.</summary>
    public ResumeRequest ToResume(Hash[] leaves, string origin = Demo)
    {
        var head = Head(origin);
        return new ResumeRequest(
            origin, new Checkpoint(origin, head.Size, head.Root).ToNoteText(), head.Time, head.Cosignature,
            Document(), Tree.Range(leaves));
    }

    /// <summary>Fails unless the head is cosigned by this epoch's key.</summary>
    public void Verify(Head head) => Machine.Cosigner.Verify(
        Cosignature.Message(head.Time, new Checkpoint(head.Origin, head.Size, head.Root).ToNoteText()),
        head.Cosignature.Span);

    /// <summary>Lets both clocks go on.</summary>
    public void Advance(TimeSpan time)
    {
        NsmClock.Now += time;
        Monotonic.Advance(time);
    }

    public void Dispose() => Machine.Dispose();
}
