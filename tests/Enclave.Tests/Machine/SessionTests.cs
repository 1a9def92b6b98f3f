using Sequencer.Protocol;

namespace Sequencer.Enclave.Tests;

/// <summary>Hello, and who holds the write role.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly Epoch _epoch = Epoch.Boot();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 9)]
    [InlineData(9, 0)]
    public void Hello_WithoutACommonVersion_IsRefusedAndChangesNothing(int min, int max)
    {
        var session = EnclaveMachine.OpenSession();
        _epoch.Refused(session, new HelloRequest(min, max, 9))
            .Reason.Should().Be(EnclaveRefusalReason.Version);
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo))
            .Head.Size.Should().Be(0, "the writer was not fenced");
        _epoch.Ask<HelloReply>(session, new HelloRequest(0, 9, 2)).Version.Should().Be(2);
    }

    [Fact]
    public void BeforeHello_NothingIsAnswered()
    {
        var session = EnclaveMachine.OpenSession();
        foreach (var request in EveryRequest())
            _epoch.Refused(session, request).Reason.Should().Be(EnclaveRefusalReason.HelloExpected);
    }

    [Fact]
    public void Hello_Twice_IsRefused() =>
        _epoch.Refused(new HelloRequest(Limits.Version, Limits.Version, 5)).Reason
            .Should().Be(EnclaveRefusalReason.HelloExpected);

    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul)]
    public void Hello_OfAGenerationThatIsNotNewer_IsFenced_AndMayTryAgain(ulong generation)
    {
        var session = EnclaveMachine.OpenSession();
        _epoch.Refused(session, new HelloRequest(Limits.Version, Limits.Version, generation))
            .Reason.Should().Be(EnclaveRefusalReason.Fenced);
        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
        _epoch.Ask<HelloReply>(session, new HelloRequest(Limits.Version, Limits.Version, 2));
    }

    [Fact]
    public void ANewerSession_FencesTheOlder_WhichIsThenRefusedEverything()
    {
        var newer = _epoch.Open(2);
        foreach (var request in EveryRequest().Where(request => request is not AttestRequest))
            _epoch.Refused(request).Reason.Should().Be(EnclaveRefusalReason.Fenced);
        _epoch.Ask<OpenReply>(newer, new CreateRequest(Epoch.Demo));
        _epoch.Open(ulong.MaxValue);
        _epoch.Refused(newer, new DescribeRequest()).Reason.Should().Be(EnclaveRefusalReason.Fenced);
    }

    [Fact]
    public void AReadingSession_ReadsAndNothingElse()
    {
        var reader = _epoch.Open(null);
        _epoch.Ask<DescribeReply>(reader, new DescribeRequest());
        _epoch.Ask<AttestReply>(reader, new AttestRequest(null));
        _epoch.Ask<HeadsReply>(reader, new HeadsRequest([Epoch.Demo])).Heads.Should().BeEmpty();
        foreach (var request in EveryRequest().Where(
                     request => request is not (DescribeRequest or AttestRequest or HeadsRequest)))
        {
            _epoch.Refused(reader, request).Reason.Should().Be(EnclaveRefusalReason.ReadOnlySession);
        }

        _epoch.Ask<OpenReply>(new CreateRequest(Epoch.Demo));
    }

    [Fact]
    public void Describe_SaysWhoSigns()
    {
        var reply = _epoch.Ask<DescribeReply>(new DescribeRequest());
        reply.Cosigner.Should().Be(Epoch.Prefix + "/_simulated-enclave");
        reply.PublicKey.ToArray().Should().Equal(_epoch.Machine.Cosigner.PublicKey.ToArray());
        (reply.Version, reply.Mode, reply.LogPrefix)
            .Should().Be((Limits.Version, EnclaveMode.Simulated, Epoch.Prefix));
    }

    public void Dispose() => _epoch.Dispose();

    private static IEnumerable<EnclaveRequest> EveryRequest() =>
    [
        new DescribeRequest(),
        new AttestRequest(null),
        new AttestRequest(new byte[3]),
        new HeadsRequest([Epoch.Demo]),
        new BeginOpenRequest(Epoch.Demo),
        new CreateRequest(Epoch.Demo),
        new ResumeRequest(Epoch.Demo, "", 0, new byte[64], new byte[1], []),
        new AppendRequest([]),
        new SealRequest(Epoch.Demo, 1, ""),
        new RetireRequest(Epoch.Demo),
    ];
}
