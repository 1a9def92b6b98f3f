using System.IO.Pipelines;
using System.Threading.Channels;

namespace Sequencer.Protocol;

/// <summary>Both ends of an in-process way to an enclave: each connection is a pair of pipes.</summary>
public sealed class PipeTransport : IEnclaveTransport, IEnclaveListener
{
    private const int BacklogMax = 8;

    private readonly Channel<Stream> _backlog = Channel.CreateBounded<Stream>(BacklogMax);

    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var toEnclave = new Pipe();
        var toCore = new Pipe();
        try
        {
            await _backlog.Writer.WriteAsync(new PipeStream(toEnclave.Reader, toCore.Writer), cancellation);
        }
        catch (ChannelClosedException exception)
        {
            throw new IOException("The in-process enclave has stopped.", exception);
        }

        return new PipeStream(toCore.Reader, toEnclave.Writer);
    }

    public ValueTask<Stream> AcceptAsync(CancellationToken cancellation) =>
        _backlog.Reader.ReadAsync(cancellation);

    public ValueTask DisposeAsync()
    {
        _backlog.Writer.TryComplete();
        // Whoever connected and was never accepted must see that nobody is there.
        while (_backlog.Reader.TryRead(out var stream))
            stream.Dispose();
        return ValueTask.CompletedTask;
    }
}
