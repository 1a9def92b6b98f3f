using Sequencer.Attestation;
using Sequencer.Simulation;

namespace Sequencer.EnclaveHost;

/// <summary>
/// Where attestation comes from in this program, which is for development: an NSM simulated in this very
/// process, under a local root that is made on first use.
/// </summary>
internal sealed class NsmSource : IDisposable
{
    private const string CertificateOption = "--root-certificate";
    private const string KeyOption = "--root-key";

    private readonly SimulatedRoot _root;

    private NsmSource(SimulatedRoot root)
    {
        _root = root;
        Nsm = new SimulatedNsm(root, TimeProvider.System);
    }

    /// <summary>Whether this program may take a machine over: no container's, for one.</summary>
    public static bool IsMachine => false;

    /// <summary>Options of the command line that this takes; each needs a file's name.</summary>
    public static IReadOnlyList<string> Options => [CertificateOption, KeyOption];

    public INsm Nsm { get; }

    /// <summary>The root that prior epochs' documents must chain to.</summary>
    public TrustedRoot Root => _root.Trusted;

    /// <summary>Loads the root; makes it where neither of its files exists.</summary>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="FormatException">The files are not a simulated root and its key.</exception>
    public static NsmSource Open(HostArguments arguments)
    {
        var (certificate, key) = (arguments.Nsm[CertificateOption], arguments.Nsm[KeyOption]);
        if (!File.Exists(certificate) && !File.Exists(key))
        {
            using var made = SimulatedRoot.Create(TimeProvider.System);
            made.Save(certificate, key);
            HostLog.Line($"made a simulated root: {certificate} and its key {key}");
        }

        HostLog.Line("SIMULATED: what this program attests and signs is worth as much as this machine");
        return new NsmSource(SimulatedRoot.Load(certificate, key));
    }

    public void Dispose()
    {
        Nsm.Dispose();
        _root.Dispose();
    }
}
