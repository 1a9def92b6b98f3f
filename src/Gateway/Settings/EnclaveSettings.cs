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

    /// <summary>
    /// C2SP policy of the witnesses that the simulated enclave demands, as the image of a real one would;
    /// empty for none.
    /// </summary>
    public required string SimulatedWitnessPolicyFile { get; init; }

    /// <summary>
    /// Ids of the chains that are of witnessed finality in the simulated enclave; "*" for all.
    /// </summary>
    public required IReadOnlyList<string> SimulatedWitnessedChains { get; init; }

    public static EnclaveSettings Read(SettingsReader reader)
    {
        var address = reader.Text("enclave:address", "in-process");
        var settings = new EnclaveSettings
        {
            Address = Parse(reader, address),
            SimulatedRootFile = reader.Text("enclave:simulated_root_file", "secrets/simulated-root.pem"),
            SimulatedRootKeyFile = reader.Text(
                "enclave:simulated_root_key_file", "secrets/simulated-root.key"),
            SimulatedWitnessPolicyFile = reader.Text("enclave:simulated_witness_policy_file", ""),
            SimulatedWitnessedChains = reader.List("enclave:simulated_witnessed_chains"),
        };
        if (settings.Address is EnclaveEndpoint.InProcess)
        {
            SettingsFile.Existing(reader, "enclave:simulated_root_file", settings.SimulatedRootFile);
            SettingsFile.Existing(reader, "enclave:simulated_root_key_file", settings.SimulatedRootKeyFile);
            if (settings.SimulatedWitnessPolicyFile.Length > 0)
            {
                SettingsFile.Existing(
                    reader, "enclave:simulated_witness_policy_file", settings.SimulatedWitnessPolicyFile);
            }
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
