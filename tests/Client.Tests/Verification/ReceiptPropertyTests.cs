using System.Text;
using CsCheck;
using Sequencer.Client.Tests.Fixtures;

namespace Sequencer.Client.Tests.Verification;

public sealed class ReceiptPropertyTests : IDisposable
{
    private readonly TestLog _log = new(70);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Verify_AnyOneByteChanged_NeverHolds()
    {
        var verifier = new ReceiptVerifier(_log.Policy, _log.Enclaves);
        var receipt = Encoding.UTF8.GetBytes(_log.Receipt(33));

        Gen.Select(Gen.Int[0, receipt.Length - 1], Gen.Byte[1, 255]).Sample((at, change) =>
        {
            var changed = receipt.ToArray();
            changed[at] ^= change;
            var report = verifier.Check(Encoding.UTF8.GetString(changed), TestLog.Entry(33));
            report.IsValid.Should().BeFalse($"byte {at} was changed");
        }, iter: 150);
    }

    [Fact]
    public void Check_AnyText_IsRefusedAndNeverThrows()
    {
        var verifier = new ReceiptVerifier(_log.Policy, _log.Enclaves);
        var pieces = new[]
        {
            "c2sp.org/tlog-proof@v1\n", "index 0\n", "extra AAAA\n", "\n", "AAAA=\n",
            TestLog.LogOrigin + "\n", "1\n", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "— " + TestLog.LogOrigin + " AAAAAAAA\n",
        };

        var piece = Gen.OneOf(Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]), Gen.String);
        piece.Array[0, 12].Select(string.Concat).Sample(
            text => verifier.Check(text, TestLog.Entry(0), new byte[] { 0x84 }).IsValid.Should().BeFalse(),
            iter: 2_000);
    }
}
