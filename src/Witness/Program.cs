using Sequencer.Witness;

if (CommandLine.Parse(args, out var wrong) is not { } command)
{
    await Console.Error.WriteLineAsync($"sequencer-witness: {wrong}.\n\n{CommandLine.Usage}");
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
            return WitnessHost.ShowKey(command, Console.Out);
        case Verb.MakeConfiguration:
            return await DevelopmentSetup.MakeAsync(command, Console.Out);
        default:
            return await WitnessHost.RunAsync(command);
    }
}
catch (SettingsException refused)
{
    await Console.Error.WriteLineAsync($"sequencer-witness: {refused.Message}");
    return ExitCodes.Failed;
}
