namespace Sequencer.Gateway;

/// <summary>What the program can be asked to do.</summary>
internal enum Verb
{
    Serve,
    ShowKey,
    MakeConfiguration,
    ShowUsage,
    ShowVersion,
}
