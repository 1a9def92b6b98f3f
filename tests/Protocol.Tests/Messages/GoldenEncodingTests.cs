namespace Sequencer.Protocol.Tests;

/// <summary>
/// The bytes of every message, as in Data/golden-messages.txt: they are what two builds of different ages
/// exchange, and change only together with the protocol's version.
/// </summary>
public sealed class GoldenEncodingTests
{
    private static readonly Dictionary<string, string> Golden = File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "golden-messages.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(": "))
        .ToDictionary(parts => parts[0], parts => parts[1]);

    public static TheoryData<string> RequestNames => [.. SampleMessages.Requests.Keys];

    public static TheoryData<string> ReplyNames => [.. SampleMessages.Replies.Keys];

    [Theory]
    [MemberData(nameof(RequestNames))]
    public void Request_HasItsGoldenBytes_AndComesBackFromThem(string name)
    {
        var bytes = Cbor.Encode(SampleMessages.Requests[name]);
        Convert.ToHexStringLower(bytes).Should().Be(Golden["request, " + name]);
        var (id, request) = RequestCodec.Decode(bytes);
        id.Should().Be(SampleMessages.Id);
        request.Should().BeOfType(SampleMessages.Requests[name].GetType());
        Cbor.Encode(request).Should().Equal(bytes);
    }

    [Theory]
    [MemberData(nameof(ReplyNames))]
    public void Reply_HasItsGoldenBytes_AndComesBackFromThem(string name)
    {
        var bytes = Cbor.Encode(SampleMessages.Replies[name]);
        Convert.ToHexStringLower(bytes).Should().Be(Golden["reply, " + name]);
        var (id, reply) = ReplyCodec.Decode(bytes);
        id.Should().Be(SampleMessages.Id);
        reply.Should().BeOfType(SampleMessages.Replies[name].GetType());
        Cbor.Encode(reply).Should().Equal(bytes);
    }

    [Fact]
    public void Golden_NamesEveryMessageOnce() =>
        Golden.Keys.Should().BeEquivalentTo(
            SampleMessages.Requests.Keys.Select(name => "request, " + name)
                .Concat(SampleMessages.Replies.Keys.Select(name => "reply, " + name)));

    [Fact]
    public void EveryKindOfMessage_HasASample()
    {
        var kinds = typeof(EnclaveRequest).Assembly.GetTypes();
        SampleMessages.Requests.Values.Select(sample => sample.GetType()).Distinct()
            .Should().BeEquivalentTo(kinds.Where(kind => kind.IsSubclassOf(typeof(EnclaveRequest))));
        SampleMessages.Replies.Values.Select(sample => sample.GetType()).Distinct()
            .Should().BeEquivalentTo(kinds.Where(kind => kind.IsSubclassOf(typeof(EnclaveReply))));
    }

    [Fact]
    public void Decode_KeepsWhatIsEmptyApartFromWhatIsAbsent()
    {
        var empty = RequestCodec.Decode(Cbor.Encode(new AttestRequest(ReadOnlyMemory<byte>.Empty)));
        ((AttestRequest)empty.Request).Nonce.Should().NotBeNull();
        var absent = RequestCodec.Decode(Cbor.Encode(new AttestRequest(null)));
        ((AttestRequest)absent.Request).Nonce.Should().BeNull();
    }
}
