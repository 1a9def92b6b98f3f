using System.Text;
using System.Text.Json;
using Sequencer.Bench.Limits;
using Sequencer.Bench.Report;
using Sequencer.Client;
using Sequencer.Tlog;

namespace Sequencer.Bench.Figures;

/// <summary>Verifies the receipts that the open-loop sender kept, and measures how fast that goes.</summary>
internal static class ReceiptFigures
{
    /// <summary>Verifies every receipt of a sample.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="VerificationException">When one does not hold.</exception>
    public static async Task<long> MeasureAsync(Stage stage, string sampleFile)
    {
        var receipts = File.ReadLines(sampleFile).Chunk(2)
            .Select(pair => (Transaction: Encoding.UTF8.GetBytes(pair[0]), Receipt: ReceiptOf(pair[1]))).ToList();
        if (receipts.Count == 0)
            throw new BenchException("The open-loop sender kept no receipt to verify.");
        var (trust, document) = await ServiceTrust.ReadAsync(stage.Service, SingleFigures.Chain);
        var verifier = new ReceiptVerifier(
            TlogPolicy.Parse(trust.PolicyText()), new EnclaveVerifier(trust.Images, trust.SimulatedRoot));
        foreach (var (transaction, receipt) in receipts)
            verifier.Verify(receipt, transaction, document);

        var turn = 0;
        var rate = RawLimits.Rate(stage.Scope.LimitSeconds, () =>
        {
            var (transaction, receipt) = receipts[turn++ % receipts.Count];
            verifier.Verify(receipt, transaction, document);
        });
        stage.Add(new Figure
        {
            Name = "receipts verified by the library, one processor",
            Value = rate,
            Unit = "receipts/s",
            LimitName = "Ed25519 verifications ÷ 2",
            Limit = stage.Limits.VerificationsPerSecond / 2,
            Goal = .70,
        });
        return receipts.Count;
    }

    private static string ReceiptOf(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("attestation").GetString()!;
    }
}
