namespace Sequencer.Witness;

/// <summary>What the program ends with, for whoever supervises it.</summary>
internal static class ExitCodes
{
    /// <summary>Done, or stopped in good order because it was told to.</summary>
    public const int Stopped = 0;

    /// <summary>It could not start.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;
}
