using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Sequencer.Protocol;

namespace Sequencer.Nitro.Guest;

/// <summary>
/// The vsock transport over the kernel's loopback (context id 1). Prints one line for each check, PASS or
/// FAIL, a FIGURE line for each measurement, and a line DONE at the end.
/// </summary>
internal static class TransportChecks
{
    private const uint LoopbackCid = 1;
    private const uint FirstPort = 5_000;
    private const uint UnusedPort = 59_999;
    private const uint UnusedCid = 77;

    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static uint _nextPort = FirstPort;
    private static int _passed;
    private static int _failed;

    public static async Task RunAsync()
    {
        await CheckAsync("Bytes go both ways", BytesGoBothWaysAsync);
        await CheckAsync("The largest frame arrives whole", LargestFrameAsync);
        await CheckAsync("Closing one end ends the other's reads", CloseEndsReadsAsync);
        await CheckAsync("A pending read can be cancelled, and the stream lives on", CancelledReadAsync);
        await CheckAsync("Eight connections at once do not mix", ParallelAsync);
        await CheckAsync("A port without a listener is refused by name", RefusedPortAsync);
        await CheckAsync("A machine that is not there is refused by name", AbsentMachineAsync);
        await CheckAsync("A port that is taken is refused by name", TakenPortAsync);
        await CheckAsync("Disposing a listener ends its accept", DisposedListenerAsync);
        await CheckAsync("Figures", FiguresAsync);
        Say($"DONE {_passed} passed, {_failed} failed");
    }

    private static async Task CheckAsync(string name, Func<Task> check)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            await check().WaitAsync(CheckTimeout);
            _passed++;
            Say($"PASS {name} ({watch.ElapsedMilliseconds} ms)");
        }
        catch (Exception e)
        {
            _failed++;
            Say($"FAIL {name}: {e.GetType().Name}: {e.Message} {e.StackTrace?.ReplaceLineEndings(" ")}");
        }
    }

    private static async Task BytesGoBothWaysAsync()
    {
        var (near, far) = await ConnectAsync();
        await using (near)
        await using (far)
        {
            await PingAsync(near, far, 1);
            await PingAsync(far, near, 100_000);
        }
    }

    private static async Task LargestFrameAsync()
    {
        var (near, far) = await ConnectAsync();
        await using var sender = new FrameConnection(near, TimeProvider.System);
        await using var receiver = new FrameConnection(far, TimeProvider.System);
        var content = RandomNumberGenerator.GetBytes(Limits.FrameBytesMax - 5);
        var received = receiver.ReadAsync(default);
        await sender.WriteAsync(content, static (cbor, bytes) => cbor.WriteByteString(bytes), default);
        Require((await received)!.AsSpan(5).SequenceEqual(content), "the frame's bytes differ");
    }

    private static async Task CloseEndsReadsAsync()
    {
        var (near, far) = await ConnectAsync();
        await using (far)
        {
            await near.DisposeAsync();
            Require(await far.ReadAsync(new byte[1]) == 0, "a byte came from a closed stream");
        }
    }

    private static async Task CancelledReadAsync()
    {
        var (near, far) = await ConnectAsync();
        await using (near)
        await using (far)
        {
            using var cancellation = new CancellationTokenSource();
            var pending = far.ReadAsync(new byte[8], cancellation.Token);
            Require(!pending.IsCompleted, "a read without data must wait");
            await cancellation.CancelAsync();
            await RefusedAsync<OperationCanceledException>(async () => await pending);
            await PingAsync(near, far, 10);
        }
    }

    private static async Task ParallelAsync()
    {
        await using var listener = new VsockListener(_nextPort);
        var transport = Transport(_nextPort++);
        var pairs = new List<(Stream Near, Stream Far)>();
        for (var i = 0; i < 8; i++)
            pairs.Add(await PairAsync(transport, listener));
        await Task.WhenAll(pairs.Select(pair => Task.Run(async () =>
        {
            for (var round = 0; round < 100; round++)
                await PingAsync(pair.Near, pair.Far, 100);
            await pair.Near.DisposeAsync();
            await pair.Far.DisposeAsync();
        })));
    }

    private static Task RefusedPortAsync() =>
        RefusedAsync<IOException>(async () => await Transport(UnusedPort).ConnectAsync(default));

    private static Task AbsentMachineAsync() => RefusedAsync<IOException>(async () =>
        await new VsockTransport(UnusedCid, FirstPort, ConnectTimeout, TimeProvider.System)
            .ConnectAsync(default));

    private static async Task TakenPortAsync()
    {
        await using var first = new VsockListener(_nextPort);
        await RefusedAsync<IOException>(() =>
        {
            _ = new VsockListener(_nextPort);
            return Task.CompletedTask;
        });
        _nextPort++;
    }

    private static async Task DisposedListenerAsync()
    {
        var listener = new VsockListener(_nextPort++);
        var accept = listener.AcceptAsync(default).AsTask();
        await listener.DisposeAsync();
        await RefusedAsync<System.Net.Sockets.SocketException>(async () => await accept);
    }

    private static async Task FiguresAsync()
    {
        var (near, far) = await ConnectAsync();
        await using (near)
        await using (far)
        {
            foreach (var (size, rounds) in new[] { (256, 2_000), (65_536, 200) })
            {
                var watch = Stopwatch.StartNew();
                for (var i = 0; i < rounds; i++)
                {
                    await SendAsync(near, far, size);
                    await SendAsync(far, near, size);
                }

                Say($"FIGURE round trips of {size} bytes: {rounds / watch.Elapsed.TotalSeconds:0}/s");
            }

            const int total = 64 << 20;
            var clock = Stopwatch.StartNew();
            await SendAsync(near, far, total);
            Say($"FIGURE one way: {total / clock.Elapsed.TotalSeconds / 1e6:0} MB/s");
        }
    }

    private static VsockTransport Transport(uint port) =>
        new(LoopbackCid, port, ConnectTimeout, TimeProvider.System);

    private static async Task<(Stream Near, Stream Far)> ConnectAsync()
    {
        await using var listener = new VsockListener(_nextPort);
        return await PairAsync(Transport(_nextPort++), listener);
    }

    private static async Task<(Stream Near, Stream Far)> PairAsync(
        VsockTransport transport, VsockListener listener)
    {
        var far = listener.AcceptAsync(default);
        var near = await transport.ConnectAsync(default);
        return (near, await far);
    }

    private static async Task PingAsync(Stream from, Stream to, int size)
    {
        var sent = RandomNumberGenerator.GetBytes(size);
        var received = new byte[size];
        var reading = to.ReadExactlyAsync(received);
        await from.WriteAsync(sent);
        await reading;
        Require(received.AsSpan().SequenceEqual(sent), "the bytes differ");
    }

    private static async Task SendAsync(Stream from, Stream to, int size)
    {
        var buffer = new byte[Math.Min(size, 1 << 20)];
        var reading = Task.Run(async () =>
        {
            var sink = new byte[buffer.Length];
            for (var left = size; left > 0;)
                left -= await to.ReadAsync(sink.AsMemory(0, Math.Min(left, sink.Length)));
        });
        for (var left = size; left > 0; left -= buffer.Length)
            await from.WriteAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)));
        await reading;
    }

    private static async Task RefusedAsync<TException>(Func<Task> action)
        where TException : Exception
    {
        try
        {
            await action();
        }
        catch (TException e)
        {
            Say($"  refused: {e.Message}");
            return;
        }

        throw new InvalidOperationException($"no {typeof(TException).Name} was thrown");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidOperationException(otherwise);
    }

    private static void Say(FormattableString line) =>
        Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
