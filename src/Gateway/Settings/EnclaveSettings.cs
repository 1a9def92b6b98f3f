using Sequencer.Protocol;

namespace Sequencer.Gateway;

/// <summary>Where the enclave is: <c>[enclave]</c>.</summary>
internal sealed record EnclaveSettings
{
    /// <summary>in-process (simulated), unix:///path or vsock://cid:port.</summary>
    public required EnclaveEndpoint Address { get; init; }

    /// <summary>Certificate of the local root that signs simulated attestation documents; PEM.</summary>
    public required string SimulatedRootFile { get; init; }

    /// <summary>Private key of that root; PEM.</summary>
    public required string SimulatedRootKeyFile { get; init; }

    public static EnclaveSettings Read(SettingsReader reader)
    {
        var address = reader.Text("enclave:address", "in-process");
        var settings = new EnclaveSettings
        {
            Address = Parse(reader, address),
            SimulatedRootFile = reader.Text("enclave:simulated_root_file", "secrets/simulated-root.pem"),
            SimulatedRootKeyFile = reader.Text(
                "enclave:simulated_root_key_file", "secrets/simulated-root.key"),
        };
        if (settings.Address is EnclaveEndpoint.InProcess)
        {
            SettingsFile.Existing("enclave.simulated_root_file", settings.SimulatedRootFile);
            SettingsFile.Existing("enclave.simulated_root_key_file", settings.SimulatedRootKeyFile);
        }

        return settings;
    }

    private static EnclaveEndpoint Parse(SettingsReader reader, string address)
    {
        try
        {
            return EnclaveEndpoint.Parse(address);
        }
        catch (FormatException)
        {
            throw reader.Wrong(
                "enclave:address", address, "in-process, unix:///absolute/path or vsock://cid:port");
        }
    }
}
