using Sequencer.Client;

namespace Sequencer.Witness;

/// <summary>
/// Fetches the epochs of logs, bounded in size, time, number and rate: whatever a checkpoint holds, the log's
/// service is asked once at a time for a log and seldom enough. Safe for concurrent use.
/// </summary>
internal sealed class EpochSource(HttpMessageInvoker http, FetchBudget budget, TimeProvider time)
{
    /// <summary>Longest answer that is read, in bytes: some thousand epochs.</summary>
    public const int AnswerMaxBytes = 16 * 1024 * 1024;

    /// <summary>Longest wait for a whole answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();

    /// <summary>
    /// Fetches under way, by origin; who asks meanwhile waits for the same. Guarded by the lock.
    /// </summary>
    private readonly Dictionary<string, Task<Checked<LogEpochs>>> _underWay = new(StringComparer.Ordinal);

    /// <summary>The log's epochs, unverified, or why they cannot be had now.</summary>
    public Task<Checked<LogEpochs>> FetchAsync(
        CosignRequest request, EnclaveRule rule, CancellationToken cancellation)
    {
        var origin = request.Checkpoint.Origin;
        lock (_lock)
        {
            if (_underWay.TryGetValue(origin, out var same))
                return same.WaitAsync(cancellation);
            switch (budget.Take(origin))
            {
                case FetchBudget.Decision.FetchedJustNow:
                    return Task.FromResult(Refused(RefusalReason.NotSignedByEnclave,
                        "No accepted enclave signed the checkpoint: none of its signatures is by a key that "
                        + "is known to be one's, and the log's epochs were fetched less than a second ago."));
                // Nothing is known of the signer: that is no word against it.
                case FetchBudget.Decision.FailedJustNow:
                    return Task.FromResult(Unavailable("fetching them failed less than a second ago; try again"));
                case FetchBudget.Decision.Exhausted:
                    return Task.FromResult(Unavailable("they were asked for too often; try again"));
            }

            var fetching = FetchOnceAsync(origin, AddressOf(request, rule));
            _underWay.Add(origin, fetching);
            return fetching.WaitAsync(cancellation);
        }
    }

    /// <summary>Where a log's epochs are.</summary>
    private static Uri AddressOf(CosignRequest request, EnclaveRule rule)
    {
        var chain = request.Rule.ChainOf(request.Checkpoint.Origin);
        return new Uri(
            rule.Address.AbsoluteUri.TrimEnd('/') + (chain is null ? "" : "/" + chain) + "/epochs");
    }

    private async Task<Checked<LogEpochs>> FetchOnceAsync(string origin, Uri address)
    {
        // Off the caller's lock, so that a fetch is entered before it can be over.
        await Task.Yield();
        try
        {
            using var patience = new CancellationTokenSource(Timeout, time);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var response = await http.SendAsync(request, patience.Token);
            if (!response.IsSuccessStatusCode)
                return Unavailable($"{address} answered {(int)response.StatusCode}");
            if (await BoundedBody.ReadAsync(response.Content, AnswerMaxBytes, patience.Token) is not { } body)
                return Unavailable($"{address} answered more than {AnswerMaxBytes} bytes");
            var epochs = LogEpochs.Parse(body.Span);
            budget.Succeed(origin);
            return epochs;
        }
        catch (OperationCanceledException)
        {
            return Unavailable($"{address} did not answer within {Timeout.TotalSeconds:0} s");
        }
        catch (Exception failure)
            when (failure is HttpRequestException or IOException or SequencerClientException)
        {
            return Unavailable($"{address}: {failure.Message}");
        }
        finally
        {
            lock (_lock)
                _underWay.Remove(origin);
        }
    }

    private static Checked<LogEpochs> Unavailable(string why) => Refused(RefusalReason.EpochsUnavailable,
        "The enclave's key is not known yet, and the log's epochs, which show its image, cannot be had: "
        + $"{why}.");

    private static Checked<LogEpochs> Refused(RefusalReason reason, string sentence) =>
        new Verdict.Refused(reason, sentence);
}
