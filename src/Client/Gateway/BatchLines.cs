using System.Buffers;
using System.Text.Json;

namespace Sequencer.Client;

/// <summary>The NDJSON of a batch, both ways.</summary>
internal static class BatchLines
{
    public const string ContentType = "application/x-ndjson";

    /// <summary>One line for each transaction: its bytes in base64.</summary>
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ReadOnlyMemory<byte>> transactions)
    {
        var lines = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(lines);
        foreach (var transaction in transactions)
        {
            json.WriteStartObject();
            json.WriteBase64String("data_base64", transaction.Span);
            json.WriteEndObject();
            json.Flush();
            lines.Write("\n"u8);
            json.Reset();
        }

        return lines.WrittenMemory;
    }

    /// <summary>The batch's own line and one line for each transaction.</summary>
    /// <exception cref="SequencerClientException">
    /// When there are more or fewer lines, or other ones.
    /// </exception>
    public static (BatchAnswer Batch, IReadOnlyList<TransactionAnswer> Transactions) Read(
        byte[] body, int count)
    {
        BatchAnswer? batch = null;
        var transactions = new List<TransactionAnswer>(count);
        foreach (var range in body.AsSpan().TrimEnd((byte)'\n').Split((byte)'\n'))
        {
            var line = body.AsSpan(range);
            if (batch is null)
                batch = GatewayJson.Read(line, GatewayJson.Default.BatchAnswer);
            else
                transactions.Add(GatewayJson.Read(line, GatewayJson.Default.TransactionAnswer));
        }

        if (batch is null || batch.Count != count || transactions.Count != count)
        {
            throw GatewayJson.BadAnswer(
                $"a batch of {count} transactions was answered with {transactions.Count} receipts");
        }

        return (batch, transactions);
    }
}
