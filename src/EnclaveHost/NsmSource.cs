using Sequencer.Attestation;

namespace Sequencer.EnclaveHost;

/// <summary>
/// Where attestation comes from: the machine's Nitro Secure Module, under the root of AWS. This program has
/// no other.
/// </summary>
internal sealed class NsmSource : IDisposable
{
    private NsmSource()
    {
    }

    /// <summary>Whether this program may take a machine over, as its first process.</summary>
    public static bool IsMachine => true;

    /// <summary>Options of the command line that this takes; each needs a file's name.</summary>
    public static IReadOnlyList<string> Options => [];

    public INsm Nsm { get; } = NsmDevice.Open();

    /// <summary>The root that prior epochs' documents must chain to.</summary>
    public TrustedRoot Root { get; } = TrustedRoot.Aws;

    /// <exception cref="NsmException">When there is no NSM here.</exception>
    public static NsmSource Open(HostArguments _) => new();

    public void Dispose() => Nsm.Dispose();
}
