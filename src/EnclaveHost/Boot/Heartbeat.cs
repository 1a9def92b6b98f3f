using Sequencer.Protocol;

namespace Sequencer.EnclaveHost;

/// <summary>
/// Tells the parent that the enclave is up: one byte to its port 9000, the same byte back. The parent ends an
/// enclave from which it hears nothing.
/// </summary>
internal static class Heartbeat
{
    public const byte Beat = 0xb7;

    private const uint ParentCid = 3;
    private const uint ParentPort = 9000;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <exception cref="IOException">When the parent does not answer as it should.</exception>
    public static Task SendAsync() => SendAsync(
        EnclaveTransports.Connect(new EnclaveEndpoint.Vsock(ParentCid, ParentPort), TimeProvider.System),
        TimeProvider.System);

    internal static async Task SendAsync(IEnclaveTransport parent, TimeProvider time)
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout, time);
        try
        {
            await using var stream = await parent.ConnectAsync(timeout.Token);
            await stream.WriteAsync(new[] { Beat }, timeout.Token);
            var answer = new byte[1];
            await stream.ReadExactlyAsync(answer, timeout.Token);
            if (answer[0] != Beat)
                throw new IOException($"The parent answered 0x{answer[0]:x2} to the heartbeat 0x{Beat:x2}.");
        }
        catch (OperationCanceledException exception)
        {
            throw new IOException(
                $"The parent answered no heartbeat within {AnswerTimeout.TotalSeconds:0} s.", exception);
        }
    }
}
