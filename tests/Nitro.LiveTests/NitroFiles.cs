namespace Sequencer.Nitro.LiveTests;

/// <summary>What <c>make test-nitro</c> and <c>make test-vsock</c> prepare and name in variables.</summary>
internal static class NitroFiles
{
    /// <summary>Variables that <c>make test-nitro</c> sets.</summary>
    public static readonly string[] ForNitro = ["NITRO_EIF", "NITRO_QEMU", "NITRO_GATEWAY", "NITRO_CLI"];

    /// <summary>Variables that <c>make test-vsock</c> sets.</summary>
    public static readonly string[] ForVsock = ["VSOCK_GUEST", "VSOCK_KERNEL"];

    /// <summary>The image, as <c>make eif</c> wrote it.</summary>
    public static string Image => Read(ForNitro[0]);

    /// <summary>The folder of QEMU with its nitro-enclave machine.</summary>
    public static string QemuFolder => Read(ForNitro[1]);

    /// <summary>The gateway's program.</summary>
    public static string Gateway => Read(ForNitro[2]);

    /// <summary>The command line's program.</summary>
    public static string CommandLine => Read(ForNitro[3]);

    /// <summary>The folder to be packed as the ramdisk of the guest that checks the transport.</summary>
    public static string GuestFolder => Read(ForVsock[0]);

    /// <summary>The kernel for that guest.</summary>
    public static string GuestKernel => Read(ForVsock[1]);

    public static string VhostVsock => Path.Combine(AppContext.BaseDirectory, "tools", "vhost_vsock.py");

    /// <summary>The first of these variables that is not set, or null.</summary>
    public static string? FirstMissing(string[] variables) =>
        variables.FirstOrDefault(name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));

    private static string Read(string variable) =>
        Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException($"{variable} is not set.");
}

/// <summary>A test in an emulated enclave; skipped, saying so, outside of <c>make test-nitro</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NitroFactAttribute : FactAttribute
{
    public NitroFactAttribute()
    {
        if (NitroFiles.FirstMissing(NitroFiles.ForNitro) is { } missing)
            Skip = $"{missing} is not set: run make test-nitro.";
    }
}

/// <summary>A theory in an emulated enclave; skipped, saying so, outside of it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NitroTheoryAttribute : TheoryAttribute
{
    public NitroTheoryAttribute()
    {
        if (NitroFiles.FirstMissing(NitroFiles.ForNitro) is { } missing)
            Skip = $"{missing} is not set: run make test-nitro.";
    }
}

/// <summary>A test in a guest; skipped, saying so, outside of <c>make test-vsock</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VsockFactAttribute : FactAttribute
{
    public VsockFactAttribute()
    {
        if (NitroFiles.FirstMissing(NitroFiles.ForVsock) is { } missing)
            Skip = $"{missing} is not set: run make test-vsock.";
    }
}
