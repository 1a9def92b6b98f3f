namespace Sequencer.Nitro.LiveTests;

/// <summary>What <c>make test-nitro</c> and <c>make test-vsock</c> prepare and name in variables.</summary>
internal static class NitroFiles
{
    /// <summary>The image, as <c>make eif</c> wrote it; its measurements are in a file beside it.</summary>
    public static string Image => Required("NITRO_EIF", "make test-nitro");

    /// <summary>The folder of QEMU with its nitro-enclave machine.</summary>
    public static string QemuFolder => Required("NITRO_QEMU", "make test-nitro");

    /// <summary>The ramdisk with the guest that checks the transport, packed as a folder.</summary>
    public static string GuestFolder => Required("VSOCK_GUEST", "make test-vsock");

    /// <summary>The kernel for that guest.</summary>
    public static string GuestKernel => Required("VSOCK_KERNEL", "make test-vsock");

    public static string VhostVsock => Path.Combine(AppContext.BaseDirectory, "tools", "vhost_vsock.py");

    private static string Required(string variable, string target) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException(
                $"{variable} is not set. These tests need what '{target}' prepares: run that.");
}
