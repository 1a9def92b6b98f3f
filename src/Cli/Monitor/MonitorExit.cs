using Sequencer.Client;

namespace Sequencer.Cli.Monitor;

/// <summary>The exit codes of <c>sequencer monitor</c>; the first two and usage are as everywhere.</summary>
internal static class MonitorExit
{
    /// <summary>Everything was checked and holds.</summary>
    public const int Sound = 0;

    /// <summary>The log contradicted itself, and that is proven.</summary>
    public const int Proven = 1;

    /// <summary>Something could not be checked: not reached, withheld, or too old.</summary>
    public const int NotChecked = 3;

    /// <summary>Something is wrong, without evidence of who did it.</summary>
    public const int Wrong = 4;

    /// <summary>The monitor itself failed, and no contradiction was proven until then.</summary>
    public const int Fault = 5;

    /// <summary>The exit code of a monitor that failed, after events of which these are the gravest.</summary>
    public static int OfFault(MonitorSeverity gravest) =>
        gravest == MonitorSeverity.Critical ? Proven : Fault;

    /// <summary>The exit code after events of which these are the gravest.</summary>
    public static int Of(MonitorSeverity gravest) => gravest switch
    {
        MonitorSeverity.Info => Sound,
        MonitorSeverity.Warning => NotChecked,
        MonitorSeverity.Error => Wrong,
        _ => Proven,
    };
}
