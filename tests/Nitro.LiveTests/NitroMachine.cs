using System.Diagnostics;
using Sequencer.Protocol;

namespace Sequencer.Nitro.LiveTests;

/// <summary>
/// An emulated enclave: QEMU's nitro-enclave machine, which checks the image, measures it into an emulated
/// NSM and boots it; and the parent's side of its vsock, on Unix sockets. Without KVM, without AWS.
/// </summary>
internal sealed class NitroMachine : IAsyncDisposable
{
    public const string InstanceId = "i-0123456789abcdef0";
    public const string ModuleId = InstanceId + "-enc0123456789abcdef";

    private const uint EnclavePort = 5005;
    private const uint HeartbeatPort = 9000;
    private const string MemorySize = "512M";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nitro-");
    private LiveProcess? _vsock;
    private LiveProcess? _qemu;
    private long _started;

    private NitroMachine()
    {
    }

    /// <summary>How long a machine may take until its heartbeat, or until it refuses an image.</summary>
    public static TimeSpan BootTimeout => TimeSpan.FromSeconds(60);

    /// <summary>From QEMU's start to the heartbeat.</summary>
    public TimeSpan BootTime { get; private set; }

    /// <summary>What the kernel and the enclave program wrote on the serial console.</summary>
    public string Console => _qemu!.Output;

    /// <summary>The socket that is connected to the enclave's port, one connection to one.</summary>
    public string EnclaveSocket => Path.Combine(_folder.FullName, "enclave");

    public IEnclaveTransport Transport => new UnixTransport(EnclaveSocket);

    /// <summary>Boots an image and returns after its heartbeat, which the parent demands.</summary>
    public static async Task<NitroMachine> BootAsync(string image)
    {
        var machine = await StartAsync(image);
        try
        {
            await machine.AwaitHeartbeatAsync();
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a machine and waits for nothing: nobody answers its heartbeat.</summary>
    public static async Task<NitroMachine> StartAsync(string image)
    {
        var machine = new NitroMachine();
        await machine.PowerUpAsync(image);
        return machine;
    }

    /// <summary>
    /// Ends the machine as <c>nitro-cli terminate-enclave</c> does, and boots an image where it was.
    /// </summary>
    public async Task RebootAsync(string image)
    {
        await PowerDownAsync();
        foreach (var socket in _folder.GetFiles())
            socket.Delete();
        await PowerUpAsync(image);
        await AwaitHeartbeatAsync();
    }

    /// <summary>Waits until the machine ends by itself.</summary>
    public Task<int> WaitForExitAsync() => _qemu!.WaitForExitAsync(BootTimeout);

    public async ValueTask DisposeAsync()
    {
        await PowerDownAsync();
        _folder.Delete(recursive: true);
    }

    private async Task PowerUpAsync(string image)
    {
        var control = Path.Combine(_folder.FullName, "vhost");
        _vsock = LiveProcess.Start(
            "python3", NitroFiles.VhostVsock, "--socket", control,
            "--accept", $"{HeartbeatPort}={Path.Combine(_folder.FullName, "heartbeat")}",
            "--forward", $"{EnclavePort}={EnclaveSocket}");
        await _vsock.WaitForAsync("ready", BootTimeout);
        _qemu = LiveProcess.Start(
            Path.Combine(NitroFiles.QemuFolder, "qemu-nitro"),
            "-L", Path.Combine(NitroFiles.QemuFolder, "data"),
            "-M", $"nitro-enclave,vsock=c,id={ModuleId},parent-id={InstanceId}", "-kernel", image,
            "-chardev", $"socket,id=c,path={control}", "-m", MemorySize, "-cpu", "max", "-smp", "1",
            "-accel", "tcg,thread=multi", "-nographic", "-nodefaults", "-serial", "stdio", "-no-reboot");
        _started = Stopwatch.GetTimestamp();
    }

    private async Task PowerDownAsync()
    {
        if (_qemu is not null)
            await _qemu.DisposeAsync();
        if (_vsock is not null)
            await _vsock.DisposeAsync();
    }

    private async Task AwaitHeartbeatAsync()
    {
        using var heartbeat = new HeartbeatListener(Path.Combine(_folder.FullName, "heartbeat"));
        using var limit = new CancellationTokenSource(BootTimeout);
        var beat = heartbeat.AnswerAsync(limit.Token);
        var ended = _qemu!.WaitForExitAsync(BootTimeout);
        if (await Task.WhenAny(beat, ended) == ended)
            throw new InvalidOperationException($"The machine ended before its heartbeat:\n{Console}");
        await beat;
        BootTime = Stopwatch.GetElapsedTime(_started);
    }
}
