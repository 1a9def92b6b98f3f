using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>Witnesses that cosign whatever a test asks them to, and policies that name them.</summary>
internal sealed class TestWitnesses : IDisposable
{
    private readonly Dictionary<string, (NoteSigner Signer, VerifierKey Key)> _witnesses = [];

    public TestWitnesses(params string[] names)
    {
        foreach (var name in names)
        {
            var signer = NoteSigner.Generate();
            _witnesses.Add(name, (signer, VerifierKey.Create(
                $"{name}.witness.test", SignatureType.CosignatureEd25519, signer.PublicKey.Span)));
        }
    }

    /// <summary>A policy of all of them, of whom so many are a quorum.</summary>
    public string Policy(int quorum) =>
        Policy($"group q {quorum} {string.Join(' ', _witnesses.Keys)}\nquorum q\n");

    /// <summary>A policy of all of them with groups and a quorum of its own.</summary>
    public string Policy(string rest) =>
        string.Concat(_witnesses.Select(witness => $"witness {witness.Key} {witness.Value.Key}\n")) + rest;

    /// <summary>A configuration that demands a quorum of them.</summary>
    public EnclaveConfiguration Demand(int quorum, params string[] witnessedChains) =>
        Epoch.Configuration with { Witnesses = WitnessDemand.Parse(Policy(quorum), witnessedChains) };

    /// <summary>The lines of cosignatures by those named.</summary>
    public string Lines(Checkpoint checkpoint, ulong time, params string[] names) =>
        string.Concat(names.Select(name => Line(name, checkpoint, time).ToLine()));

    public NoteSignature Line(string name, Checkpoint checkpoint, ulong time)
    {
        var (signer, key) = _witnesses[name];
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        signer.Sign(Cosignature.Message(time, checkpoint.ToNoteText()), signature);
        return NoteSignature.Cosignature(key, time, signature);
    }

    public void Dispose()
    {
        foreach (var (signer, _) in _witnesses.Values)
            signer.Dispose();
    }
}
