using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Sequencer.Simulation;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>A folder of its own with the keys of one test set-up; gone when disposed.</summary>
internal sealed class TestSecrets : IDisposable
{
    private readonly ECDsa _tokenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestSecrets()
    {
        Folder = Directory.CreateTempSubdirectory("gateway-test-").FullName;
        File.WriteAllText(PathOf("jwt.pub"), _tokenKey.ExportSubjectPublicKeyInfoPem());
        using var logKey = PrivateKeyText.Generate(TestGateway.LogPrefix);
        File.WriteAllText(PathOf("log.key"), logKey.Export() + "\n");
        using var witness = NoteSigner.Generate();
        var vkey = VerifierKey.Create("w1", SignatureType.CosignatureEd25519, witness.PublicKey.Span);
        File.WriteAllText(PathOf("witnesses.policy"), $"witness w1 {vkey} http://127.0.0.1:1/\nquorum w1\n");
        using var root = SimulatedRoot.Create(TimeProvider.System);
        root.Save(PathOf("root.pem"), PathOf("root.key"));
        Tokens = new TestTokens(_tokenKey);
    }

    public string Folder { get; }

    public TestTokens Tokens { get; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>The settings of a test set-up, with the given ones over them.</summary>
    public IConfigurationRoot Configuration(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["server:listen"] = "http://127.0.0.1:0",
            ["auth:public_key_file"] = PathOf("jwt.pub"),
            ["log:key_file"] = PathOf("log.key"),
            ["enclave:simulated_root_file"] = PathOf("root.pem"),
            ["enclave:simulated_root_key_file"] = PathOf("root.key"),
            ["ledger:id"] = "test",
        };
        foreach (var (key, value) in settings)
            values[key] = value;
        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }

    public void Dispose()
    {
        _tokenKey.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
