namespace Sequencer.Protocol;

/// <summary>Makes the transport that an endpoint names.</summary>
public static class EnclaveTransports
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The core's side of an endpoint outside of this process.</summary>
    /// <exception cref="FormatException">When the endpoint is not one that can be connected to.</exception>
    public static IEnclaveTransport Connect(EnclaveEndpoint endpoint, TimeProvider time) => endpoint switch
    {
        EnclaveEndpoint.Unix unix => new UnixTransport(unix.Path),
        EnclaveEndpoint.Vsock { Cid: not EnclaveEndpoint.Vsock.AnyCid } vsock =>
            new VsockTransport(vsock.Cid, vsock.Port, ConnectTimeout, time),
        _ => throw new FormatException(
            $"{endpoint} cannot be connected to; use unix:///absolute/path or vsock://cid:port."),
    };

    /// <summary>The enclave's side of an endpoint outside of this process.</summary>
    /// <exception cref="FormatException">When the endpoint is not one to listen on.</exception>
    /// <exception cref="IOException">When it is taken, or cannot be used.</exception>
    public static IEnclaveListener Listen(EnclaveEndpoint endpoint) => endpoint switch
    {
        EnclaveEndpoint.Unix unix => new UnixListener(unix.Path),
        EnclaveEndpoint.Vsock { Cid: EnclaveEndpoint.Vsock.AnyCid } vsock => new VsockListener(vsock.Port),
        _ => throw new FormatException(
            $"{endpoint} cannot be listened on; use unix:///absolute/path or vsock://any:port."),
    };
}
