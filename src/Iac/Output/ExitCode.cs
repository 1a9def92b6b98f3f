namespace Sequencer.Iac.Output;

/// <summary>What the process ends with. Scripts rely on the numbers; docs/iac.md lists them.</summary>
internal enum ExitCode
{
    Done = 0,

    /// <summary>
    /// The tool refused (also what it did not make), the wait ran out, or the work failed on this machine.
    /// </summary>
    Failed = 1,

    /// <summary>The command line, an environment variable or the configuration file is wrong.</summary>
    Usage = 2,

    /// <summary>What the command is about is not there.</summary>
    NotFound = 3,

    /// <summary>What the command would make is there already.</summary>
    AlreadyThere = 4,

    /// <summary>AWS refused, could not be reached, or no credentials for it were found.</summary>
    Aws = 5,
}
