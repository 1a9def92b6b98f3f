using System.Globalization;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// Brings verified entries of one feed, over as many connections as it takes. What came over a connection
/// that was lost and had not been verified is asked for again. Owned by one follower.
/// </summary>
internal sealed class FeedSource(
    SequencerClient client, ChainId chain, FeedCheck check, FeedOptions options, bool witnessed)
    : IAsyncDisposable
{
    private readonly TimeProvider _time = client.Transport.Time;
    private FeedConnection? _connection;
    private long _connectedAt;
    private int _failures;

    /// <summary>The next entries that are verified, at least one.</summary>
    /// <exception cref="FeedException">When the feed is not to be believed.</exception>
    /// <exception cref="SequencerClientException">When it was refused, or stays away too long.</exception>
    public async Task<VerifiedEntries> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var line = await ReadLineAsync(cancellation).ConfigureAwait(false);
            var entries = await check.TakeAsync(line, cancellation).ConfigureAwait(false);
            if (entries is { Entries.Count: > 0 })
            {
                _failures = 0;
                return entries;
            }
        }
    }

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The next line, over a new connection where the last one broke off.</summary>
    private async Task<FeedLine> ReadLineAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                _connection ??= await ConnectAsync(cancellation).ConfigureAwait(false);
                return await _connection.ReadAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException)
            {
                await PauseAsync(GatewayFailure.Broken(client.Transport.Address, broken), cancellation)
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task<FeedConnection> ConnectAsync(CancellationToken cancellation)
    {
        while (true)
        {
            switch (await client.Transport.OpenAsync(Request(), cancellation).ConfigureAwait(false))
            {
                case Attempt<HttpResponseMessage>.Succeeded(var answer):
                    _connectedAt = _time.GetTimestamp();
                    var silence = TimeSpan.FromMilliseconds(options.SilenceMs);
                    return await FeedConnection.CreateAsync(answer, silence, _time, cancellation)
                        .ConfigureAwait(false);
                case Attempt<HttpResponseMessage>.Failed(var failure):
                    await PauseAsync(failure, cancellation).ConfigureAwait(false);
                    break;
            }
        }
    }

    private GatewayRequest Request() => new()
    {
        Path = $"log/{chain}/feed?form=base64{(witnessed ? "&finality=witnessed" : "")}",
        Accept = BatchLines.ContentType,
        LastEventId = check.Next == 0 ? null : (check.Next - 1).ToString(CultureInfo.InvariantCulture),
        AnswerBytesMax = int.MaxValue,
    };

    /// <summary>Waits before the next connection, unless there is to be none.</summary>
    private async Task PauseAsync(GatewayFailure failure, CancellationToken cancellation)
    {
        if (_connection is { } lost)
        {
            _connection = null;
            await lost.DisposeAsync().ConfigureAwait(false);
            check.Drop();
            // One that lasted is no sign of trouble, even if nothing was sequenced meanwhile.
            if (_time.GetElapsedTime(_connectedAt).TotalMilliseconds > options.PauseMaxMs)
                _failures = 0;
        }

        var isLast = options.AttemptsMax > 0 && _failures + 1 >= options.AttemptsMax;
        var isTooFarOff = failure.RetryAfter?.TotalMilliseconds > options.RetryAfterMaxMs;
        if (!failure.IsPassing || isLast || isTooFarOff)
            throw failure.ToException(Request(), _failures + 1, uncertain: false);
        options.BeforePause?.Invoke(failure.ToException(Request(), attempts: 1, uncertain: false));
        var pause = Backoff.Pause(options.PauseMs, _failures++, options.PauseMaxMs);
        await Task.Delay(failure.RetryAfter > pause ? failure.RetryAfter.Value : pause, _time, cancellation)
            .ConfigureAwait(false);
    }
}
