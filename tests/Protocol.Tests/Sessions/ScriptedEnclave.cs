namespace Sequencer.Protocol.Tests;

/// <summary>The other end of a session, which answers what the test says and when it says it.</summary>
internal sealed class ScriptedEnclave : IAsyncDisposable
{
    private readonly PipeTransport _transport;
    private readonly FrameConnection _frames;

    private ScriptedEnclave(PipeTransport transport, Stream stream)
    {
        _transport = transport;
        _frames = new FrameConnection(stream, TimeProvider.System);
    }

    /// <summary>Opens a session with a scripted enclave, which has answered the hello.</summary>
    public static async Task<(EnclaveSession Session, ScriptedEnclave Enclave)> OpenAsync(TimeProvider time)
    {
        var (opening, enclave) = await ConnectAsync(time);
        var (id, _) = await enclave.ReadAsync();
        await enclave.ReplyAsync(id, new HelloReply(Limits.Version));
        return (await opening, enclave);
    }

    /// <summary>Begins to open a session; the hello is still to be read and answered.</summary>
    public static async Task<(Task<EnclaveSession> Opening, ScriptedEnclave Enclave)> ConnectAsync(
        TimeProvider time)
    {
        var transport = new PipeTransport();
        var opening = EnclaveSession.OpenAsync(transport, generation: 1, time, default);
        return (opening, new ScriptedEnclave(transport, await transport.AcceptAsync(default)));
    }

    public async Task<(uint Id, EnclaveRequest Request)> ReadAsync() => RequestCodec.Decode(
        await _frames.ReadAsync(default) ?? throw new EndOfStreamException("The session hung up."));

    /// <summary>Whether the session has hung up.</summary>
    public async Task<bool> IsHungUpAsync() => await _frames.ReadAsync(default) is null;

    public async Task ReplyAsync(uint id, EnclaveReply reply) => await _frames.WriteAsync(
        (id, reply), static (writer, state) => ReplyCodec.Encode(writer, state.id, state.reply), default);

    /// <summary>Sends a frame that is no reply.</summary>
    public async Task SendNonsenseAsync() =>
        await _frames.WriteAsync(0, static (writer, _) => writer.WriteTextString("?"), default);

    public async ValueTask DisposeAsync()
    {
        await _frames.DisposeAsync();
        await _transport.DisposeAsync();
    }
}
