using Sequencer.EnclaveHost;
using Sequencer.Nitro.Guest;

// The only process of a machine made for a test: it must never run on a real one, where it would end it.
if (Environment.ProcessId != 1)
{
    await Console.Error.WriteLineAsync("nitro-guest is the first process of a test machine, nothing else.");
    return 2;
}

try
{
    LinuxCalls.Mount("devtmpfs", "/dev", 0);
    LinuxCalls.Mount("proc", "/proc", 0);
    KernelModules.Load(KernelModules.Folder, File.ReadAllText("/proc/cmdline"));
    await TransportChecks.RunAsync();
}
catch (Exception exception)
{
    Console.WriteLine($"FAIL boot: {exception}");
}

Console.WriteLine(LinuxCalls.Restart().Message);
return 1;
