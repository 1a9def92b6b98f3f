using System.Text;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Verifies receipts offline: no network, no clock, no state but the memory of documents. Safe for concurrent
/// use; make one for each policy and keep it.
/// </summary>
/// <param name="policy">The logs that are accepted, and the witnesses that are demanded.</param>
/// <param name="enclaves">The images and the root that are accepted.</param>
public sealed class ReceiptVerifier(TlogPolicy policy, EnclaveVerifier enclaves)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>
    /// Verifies that a receipt is for a transaction, under the policy and by an accepted enclave.
    /// </summary>
    /// <param name="receipt">The tlog-proof text, with or without the attestation document.</param>
    /// <param name="transaction">The transaction's bytes.</param>
    /// <param name="attestationDocument">The enclave's document, needed for a bare receipt; unless empty it
    /// takes the place of the receipt's own.</param>
    /// <exception cref="VerificationException">When any check fails.</exception>
    public VerifiedReceipt Verify(
        string receipt, ReadOnlySpan<byte> transaction, ReadOnlyMemory<byte> attestationDocument = default)
    {
        var run = new ReceiptRun(policy, enclaves);
        run.Execute(() => TlogProof.Parse(receipt), transaction, attestationDocument);
        return run.Failures.Count == 0 ? run.Verified() : throw new VerificationException(run.Failures);
    }

    /// <summary>
    /// The same with every check told, passed or not, for a person to read; never throws for a bad receipt.
    /// </summary>
    public VerificationReport Check(
        string receipt, ReadOnlySpan<byte> transaction, ReadOnlyMemory<byte> attestationDocument = default) =>
        Report(() => TlogProof.Parse(receipt), transaction, attestationDocument);

    /// <summary>The same of a receipt's bytes: those that are no UTF-8 are a receipt of no form.</summary>
    public VerificationReport Check(
        ReadOnlyMemory<byte> receipt, ReadOnlySpan<byte> transaction,
        ReadOnlyMemory<byte> attestationDocument = default) =>
        Report(() => TlogProof.Parse(Decode(receipt.Span)), transaction, attestationDocument);

    private VerificationReport Report(
        Func<TlogProof> parse, ReadOnlySpan<byte> transaction, ReadOnlyMemory<byte> attestationDocument)
    {
        var run = new ReceiptRun(policy, enclaves);
        run.Execute(parse, transaction, attestationDocument);
        return ReceiptReporter.Report(run, policy, enclaves);
    }

    private static string Decode(ReadOnlySpan<byte> receipt)
    {
        try
        {
            return StrictUtf8.GetString(receipt);
        }
        catch (DecoderFallbackException bad)
        {
            throw new TlogException(
                TlogError.InvalidUtf8, $"The receipt is not UTF-8: bad byte at {bad.Index}.", bad);
        }
    }
}
