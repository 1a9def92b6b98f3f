using Sequencer.Core;
using Sequencer.Gateway;

if (CommandLine.Parse(args, out var wrong) is not { } command)
{
    await Console.Error.WriteLineAsync($"sequencer-gateway: {wrong}.\n\n{CommandLine.Usage}");
    return ExitCodes.Usage;
}

if (command.ShowsUsage)
{
    Console.WriteLine(CommandLine.Usage);
    return ExitCodes.Stopped;
}

try
{
    return command.MakesConfiguration
        ? await DevelopmentSetup.MakeAsync(command.ConfigFile, Console.Out)
        : await GatewayHost.RunAsync(command);
}
catch (Exception refused) when (refused is SettingsException or EnclaveFencedException)
{
    await Console.Error.WriteLineAsync($"sequencer-gateway: {refused.Message}");
    return refused is EnclaveFencedException ? ExitCodes.Fenced : ExitCodes.Failed;
}
