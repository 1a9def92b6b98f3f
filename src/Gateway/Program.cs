using Sequencer.Core;
using Sequencer.Gateway;

if (CommandLine.Parse(args, out var wrong) is not { } command)
{
    await Console.Error.WriteLineAsync($"sequencer-gateway: {wrong}.\n\n{CommandLine.Usage}");
    return ExitCodes.Usage;
}

try
{
    switch (command.Verb)
    {
        case Verb.ShowUsage:
            Console.WriteLine(CommandLine.Usage);
            return ExitCodes.Stopped;
        case Verb.ShowVersion:
            Console.WriteLine(ServerVersion.Text);
            return ExitCodes.Stopped;
        case Verb.ShowKey:
            return await LogKeyPrinter.PrintAsync(command, Console.Out);
        case Verb.MakeConfiguration:
            return await DevelopmentSetup.MakeAsync(command.ConfigFile, Console.Out);
        default:
            return await GatewayHost.RunAsync(command);
    }
}
catch (Exception refused) when (refused is SettingsException or EnclaveFencedException)
{
    await Console.Error.WriteLineAsync($"sequencer-gateway: {refused.Message}");
    return refused is EnclaveFencedException ? ExitCodes.Fenced : ExitCodes.Failed;
}
