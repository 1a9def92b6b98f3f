using Sequencer.Cli;
using Sequencer.Cli.Terminal;

return await SequencerCli.RunAsync(args, CliEnvironment.OfProcess());
