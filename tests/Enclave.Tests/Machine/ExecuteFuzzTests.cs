using CsCheck;
using Sequencer.Attestation;
using Sequencer.Protocol;
using Sequencer.Tlog;
using Hash = Sequencer.Tlog.Hash;

namespace Sequencer.Enclave.Tests;

/// <summary>
/// Whatever can be decoded is answered: by a reply of its kind or by a refusal with a reason, never by an
/// exception and never by the reason for faults of the machine's own. Every answer can be encoded.
/// </summary>
public sealed class ExecuteFuzzTests
{
    private static readonly string[] Origins =
    [
        Epoch.Demo, Epoch.Prefix + "/b", Epoch.Prefix + "/_enclave", "", "\0",
        Epoch.Prefix + "/" + new string('c', 64),
    ];

    private static readonly Gen<string> Origin =
        Gen.Frequency((9, Gen.OneOf([.. Origins.Select(text => Gen.Const(text))])), (1, Gen.String[0, 100]));

    private static readonly Gen<ReadOnlyMemory<byte>> Blob =
        Gen.Byte.Array[0, 100].Select(bytes => (ReadOnlyMemory<byte>)bytes);

    private static readonly Gen<ulong> Size = Gen.Frequency((9, Gen.ULong[0, 20]), (1, Gen.ULong));

    private static readonly TestWitnesses Witnesses = new("a", "b");

    /// <summary>Quorums for empty chains and for the first appends of zeros, and what is none.</summary>
    private static readonly Gen<string> Lines = Gen.Frequency(
        (1, Gen.String[0, 100]),
        (1, Gen.Const("")),
        (4, Gen.Select(Gen.Int[0, 1], Gen.Int[0, 4], Gen.ULong[0, 5]).Select((origin, leaves, time) =>
            Witnesses.Lines(
                new Checkpoint(Origins[origin], (ulong)leaves, Tree.Root(new Hash[leaves])),
                Epoch.Start + time, "a", "b"))));

    private static readonly Gen<EnclaveRequest> Request = Gen.OneOf<EnclaveRequest>(
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.ULong[0, 5]).Select(
            (min, max, generation) => (EnclaveRequest)new HelloRequest(min, max, generation)),
        Gen.Const<EnclaveRequest>(new DescribeRequest()),
        Blob.Select(nonce => (EnclaveRequest)new AttestRequest(nonce)),
        Origin.List[0, 5].Select(origins => (EnclaveRequest)new HeadsRequest(origins)),
        Origin.Select(origin => (EnclaveRequest)new BeginOpenRequest(origin)),
        Gen.Select(Origin, Lines).Select((origin, lines) => (EnclaveRequest)new CreateRequest(origin, lines)),
        Gen.Select(Origin, Size, Lines).Select(
            (origin, size, lines) => (EnclaveRequest)new SealRequest(origin, size, lines)),
        Origin.Select(origin => (EnclaveRequest)new RetireRequest(origin)),
        Gen.Select(Origin, Size, Gen.Int[0, 9], Gen.Bool).List[0, 4].Select(items =>
            (EnclaveRequest)new AppendRequest([.. items.Select(item =>
                new AppendItem(item.Item1, item.Item2, new byte[item.Item3 * 32], item.Item4))])),
        Gen.Select(Origin, Gen.String[0, 100], Size, Blob, Gen.Int[0, 64], Lines).Select(
            (origin, checkpoint, time, document, hashes, lines) => (EnclaveRequest)new ResumeRequest(
                origin, checkpoint, time, new byte[64], document, new Hash[hashes],
                hashes > 32 ? new PriorProposal(checkpoint, new byte[64]) : null, lines)));

    [Fact]
    public void Execute_AnyRequests_AreAllAnswered() => Request.List[1, 40].Sample(requests =>
    {
        using var epoch = Epoch.Boot(configuration: Epoch.Configuration with { ChainsMax = 3 });
        return requests.All(request => IsAnswered(epoch, epoch.Writer, request));
    }, iter: 150, threads: 1);

    [Fact]
    public void Execute_WithWitnesses_AnyRequests_AreAllAnswered() => Request.List[1, 80].Sample(requests =>
    {
        using var epoch = Epoch.Boot(configuration: Witnesses.Demand(2, "demo"));
        epoch.Ask<BeginOpenReply>(new BeginOpenRequest(Epoch.Demo));
        epoch.Advance(TimeSpan.FromSeconds(3));
        return requests.All(request => IsAnswered(epoch, epoch.Writer, request));
    }, iter: 150, threads: 1);

    [Fact]
    public void Execute_WhileTheNsmFails_AnswersTheRest() => Request.List[1, 40].Sample(requests =>
    {
        using var epoch = Epoch.Boot();
        epoch.Nsm.Failure = new NsmException(NsmError.DeviceFailure, "broken");
        return requests.All(request => IsAnswered(epoch, epoch.Writer, request));
    }, iter: 50, threads: 1);

    [Fact]
    public void Execute_AResumeWithAnyChange_IsRefused()
    {
        using var prior = Epoch.Boot();
        var leaves = Tree.Leaves(0, 5);
        prior.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        prior.Append(0, leaves);
        var checkpoint = new Checkpoint(Epoch.Demo, 5, Tree.Root(leaves));
        var good = prior.ToResume(leaves) with
        {
            WitnessLines = Witnesses.Lines(checkpoint, Epoch.Start + 4, "a", "b"),
        };
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 20_000], Gen.Int[1, 255]).Sample((field, at, bits) =>
        {
            using var next = Epoch.Boot(Epoch.Start + 1, Witnesses.Demand(2));
            next.Ask<BeginOpenReply>(new BeginOpenRequest(Epoch.Demo));
            next.Advance(TimeSpan.FromSeconds(3));
            return next.Machine.Execute(next.Writer, Changed(good, field, at, (byte)bits)) is RefusedReply;
        }, iter: 150, threads: 1);
    }

    private static bool IsAnswered(Epoch epoch, SessionRole session, EnclaveRequest request)
    {
        var reply = epoch.Machine.Execute(session, request);
        var writer = new System.Formats.Cbor.CborWriter();
        ReplyCodec.Encode(writer, 1, reply);
        ReplyCodec.Decode(writer.Encode());
        return reply is not RefusedReply { Refusal.Reason: EnclaveRefusalReason.Internal }
            && (reply as AppendReply)?.Results.Any(
                result => result.Refusal?.Reason == EnclaveRefusalReason.Internal) != true;
    }

    private static ResumeRequest Changed(ResumeRequest good, int field, int at, byte bits)
    {
        switch (field)
        {
            case 0:
                return good with { Cosignature = Flipped(good.Cosignature, at, bits) };
            case 1:
                return good with { Document = Flipped(good.Document, at, bits) };
            case 2:
                var text = good.Checkpoint.ToCharArray();
                text[at % text.Length] = (char)(text[at % text.Length] ^ (bits & 0x7f | 1));
                return good with { Checkpoint = new string(text) };
            case 3:
                return good with { Time = good.Time ^ bits };
            case 4:
                var lines = good.WitnessLines.ToCharArray();
                lines[at % lines.Length] = (char)(lines[at % lines.Length] ^ (bits & 0x7f | 1));
                return good with { WitnessLines = new string(lines) };
            default:
                var hashes = good.CompactRange.ToArray();
                var changed = Flipped(hashes[at % hashes.Length].Bytes.ToArray(), at, bits);
                hashes[at % hashes.Length] = Hash.Read(changed.Span);
                return good with { CompactRange = hashes };
        }
    }

    private static ReadOnlyMemory<byte> Flipped(ReadOnlyMemory<byte> bytes, int at, byte bits)
    {
        var changed = bytes.ToArray();
        changed[at % changed.Length] ^= bits;
        return changed;
    }
}
