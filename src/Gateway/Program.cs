using Sequencer.Gateway;

// 0: done or stopped in good order. 1: could not start, or stopped by itself. 2: usage.
if (CommandLine.Parse(args, out var wrong) is not { } command)
{
    await Console.Error.WriteLineAsync($"sequencer-gateway: {wrong}.\n\n{CommandLine.Usage}");
    return 2;
}

if (command.ShowsUsage)
{
    Console.WriteLine(CommandLine.Usage);
    return 0;
}

try
{
    return command.MakesConfiguration
        ? DevelopmentSetup.Make(command.ConfigFile, Console.Out)
        : await GatewayHost.RunAsync(command);
}
catch (SettingsException setting)
{
    await Console.Error.WriteLineAsync($"sequencer-gateway: {setting.Message}");
    return 1;
}
