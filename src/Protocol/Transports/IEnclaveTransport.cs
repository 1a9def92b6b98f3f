namespace Sequencer.Protocol;

/// <summary>The core's side of a way to an enclave.</summary>
public interface IEnclaveTransport
{
    /// <summary>Opens one stream to the enclave.</summary>
    /// <exception cref="IOException">When the enclave cannot be reached.</exception>
    ValueTask<Stream> ConnectAsync(CancellationToken cancellation);
}

/// <summary>The enclave's side: accepts streams until it is disposed.</summary>
public interface IEnclaveListener : IAsyncDisposable
{
    /// <summary>Waits for the next stream.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">When there can be none any more.</exception>
    ValueTask<Stream> AcceptAsync(CancellationToken cancellation);
}
