using Sequencer.Protocol;

namespace Sequencer.Nitro.LiveTests;

/// <summary>One booted enclave for all tests of a class; each test takes the write role anew.</summary>
public sealed class BootedEnclave : IAsyncLifetime
{
    private ulong _generation;

    internal NitroMachine Machine { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // Where the tests are skipped there is nothing to boot.
        if (NitroFiles.FirstMissing(NitroFiles.ForNitro) is null)
            Machine = await NitroMachine.BootAsync(NitroFiles.Image);
    }

    public async Task DisposeAsync()
    {
        if (Machine is not null)
            await Machine.DisposeAsync();
    }

    /// <summary>A session with the write role; the one before it is fenced.</summary>
    internal Task<EnclaveSession> OpenAsync() => OpenAsync(++_generation);

    internal Task<EnclaveSession> OpenAsync(ulong? generation) =>
        EnclaveSession.OpenAsync(Machine.Transport, generation, TimeProvider.System, default);

    /// <summary>The generation that holds the write role.</summary>
    internal ulong Generation => _generation;
}
