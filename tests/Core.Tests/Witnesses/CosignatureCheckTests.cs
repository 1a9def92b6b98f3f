using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Core.Tests.Witnesses;

public sealed class CosignatureCheckTests : IDisposable
{
    private const string Text = "sequencer.test/log/demo\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

    private readonly NoteSigner _signer = NoteSigner.FromSeed(Enumerable.Repeat((byte)7, 32).ToArray());

    public void Dispose() => _signer.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(253_402_300_799)]
    public void Find_TimeUpToTheYear9999_IsTheWitnesssLine(ulong time) =>
        Find(time).Claims(Key).Should().BeTrue();

    [Theory]
    [InlineData(0)]
    [InlineData(253_402_300_800)]
    public void Find_TimeThatCannotBe_IsRefused(ulong time) =>
        FluentActions.Invoking(() => Find(time)).Should().Throw<TlogException>()
            .Which.Reason.Should().Be(TlogError.TimeOutOfRange);

    private VerifierKey Key =>
        VerifierKey.Create("w1.test", SignatureType.CosignatureEd25519, _signer.PublicKey.Span);

    private NoteSignature Find(ulong time)
    {
        var signature = new byte[VerifierKey.SignatureSizeBytes];
        _signer.Sign(Cosignature.Message(time, Text), signature);
        var line = NoteSignature.Cosignature(Key, time, signature).ToLine();
        return CosignatureCheck.Find(Encoding.UTF8.GetBytes(line), Text, Key);
    }
}
