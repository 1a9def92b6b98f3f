using Sequencer.Nitro.Guest;

// The only process of a machine made for a test: it must never run on a real one, where it would end it.
if (Environment.ProcessId != 1)
{
    await Console.Error.WriteLineAsync("nitro-guest runs as the first process of a test machine, nowhere else.");
    return 2;
}

try
{
    GuestBoot.Mount();
    GuestBoot.LoadModules();
    await TransportChecks.RunAsync();
}
catch (Exception e)
{
    Console.WriteLine($"FAIL boot: {e}");
}

LinuxCalls.PowerOff();
return 1;
