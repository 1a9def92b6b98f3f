namespace Sequencer.Tlog.Tests;

/// <summary>Keys from fixed seeds, so that every signature of the tests is the same on every run.</summary>
internal static class TestKeys
{
    public static NoteSigner Signer(byte seed) =>
        NoteSigner.FromSeed([.. Enumerable.Repeat(seed, NoteSigner.SeedSizeBytes)]);

    public static VerifierKey Key(string name, SignatureType type, byte seed)
    {
        using var signer = Signer(seed);
        return VerifierKey.Create(name, type, signer.PublicKey.Span);
    }

    public static VerifierKey LogKey(string name = "log.example", byte seed = 1) =>
        Key(name, SignatureType.Ed25519, seed);

    public static VerifierKey WitnessKey(string name = "witness.example", byte seed = 2) =>
        Key(name, SignatureType.CosignatureEd25519, seed);

    public static NoteSignature Sign(string text, VerifierKey key, byte seed = 1)
    {
        using var signer = Signer(seed);
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        signer.Sign(System.Text.Encoding.UTF8.GetBytes(text), signature);
        return NoteSignature.Ed25519(key, signature);
    }

    public static NoteSignature Cosign(string text, VerifierKey key, ulong time, byte seed = 2)
    {
        using var signer = Signer(seed);
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        signer.Sign(Cosignature.Message(time, text), signature);
        return NoteSignature.Cosignature(key, time, signature);
    }
}
