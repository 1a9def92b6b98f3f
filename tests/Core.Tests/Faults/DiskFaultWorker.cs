using System.Globalization;

namespace Sequencer.Core.Tests.Faults;

/// <summary>
/// The process whose disk the tests break: a core over RocksDB with an enclave beside it, and a client that
/// submits entries one after another and retries each until it has its receipt.
/// </summary>
internal static class DiskFaultWorker
{
    private const int EntryBytes = 8_000;

    /// <summary>The n-th entry: bytes that do not compress.</summary>
    public static byte[] Entry(int n)
    {
        var entry = new byte[EntryBytes];
        new Random(n).NextBytes(entry);
        return entry;
    }

    /// <summary>
    /// Runs; prints <c>ack N SIZE ROOT</c> for a receipt, <c>refused CODE</c> and <c>state STATE</c>.
    /// </summary>
    /// <param name="folder">The ledger's folder.</param>
    /// <param name="count">How many entries to submit.</param>
    /// <param name="ballast">A file that is deleted, to make room, once submissions are refused.</param>
    public static async Task<int> RunAsync(string folder, int count, string ballast)
    {
        await using var enclave = new EnclaveFixture();
        await using var core = await CoreFixture.StartAsync(
            new RocksLedgerSource(folder, "ledger-1", initialise: true), enclave);
        for (var n = 0; n < count; n++)
        {
            for (var refusals = 0; !await TrySubmitAsync(core, n); refusals++)
            {
                if (core.Core.Completion.IsFaulted)
                {
                    Console.WriteLine($"stopped {core.Core.Status.Reason}");
                    return 3;
                }

                if (refusals == 3 && File.Exists(ballast))
                {
                    File.Delete(ballast);
                    Console.WriteLine("room");
                }

                // What Retry-After asks of a client, in short.
                await Task.Delay(50);
            }
        }

        return 0;
    }

    private static async Task<bool> TrySubmitAsync(CoreFixture core, int n)
    {
        var outcome = await core.Core.SubmitAsync(
            new Submission { Chain = CoreFixture.Chain(), Entries = [Entry(n)], IdempotencyKey = $"key {n}" },
            CancellationToken.None);
        if (outcome is SubmitOutcome.Sequenced(var range))
        {
            var note = System.Text.Encoding.UTF8.GetString(range.Checkpoint.Span).Split('\n');
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"ack {range.FirstIndex} {note[1]} {note[2]}"));
            return range.FirstIndex == (ulong)n
                ? true
                : throw new InvalidOperationException($"Entry {n} was given the index {range.FirstIndex}.");
        }

        Console.WriteLine($"refused {((SubmitOutcome.Refused)outcome).Refusal.Code} {core.Core.Status.State}");
        return false;
    }
}
