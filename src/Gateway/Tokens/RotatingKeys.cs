namespace Sequencer.Gateway;

/// <summary>
/// A JSON Web Key Set from a file or a URL that is read again when a token names an unknown key, at most once in
/// <see cref="AuthSettings.JwksReloadMinSeconds"/>, and in any case every
/// <see cref="AuthSettings.JwksReloadMaxSeconds"/>; until there is one, as often as may be. A reading that fails
/// leaves the last good set in force.
/// </summary>
internal sealed partial class RotatingKeys(
    Func<CancellationToken, Task<byte[]>> fetch, AuthSettings settings, TimeProvider time,
    ILogger<RotatingKeys> logger)
    : BackgroundService, ISigningKeys
{
    private const int LeftOutShown = 8;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile SigningKeySet _current = SigningKeySet.Empty;
    private DateTimeOffset _readAt = DateTimeOffset.MinValue; // Owned by the holder of _reading.
    private string _leftOut = ""; // Likewise.

    public SigningKeySet Current => _current;

    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (time.GetUtcNow() - _readAt < TimeSpan.FromSeconds(settings.JwksReloadMinSeconds))
                return;
            await ReadAsync();
            // The end of it: callers who waited meanwhile must not wait in turn for an issuer that hangs.
            _readAt = time.GetUtcNow();
        }
        finally
        {
            _reading.Release();
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _reading.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            // Without keys the service is not ready, so that no token may come to ask for them.
            var seconds = _current.IsEmpty ? settings.JwksReloadMinSeconds : settings.JwksReloadMaxSeconds;
            await Task.Delay(TimeSpan.FromSeconds(seconds), time, stoppingToken);
            await RefreshAsync(stoppingToken);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            // Not the caller's token: callers who give up must not keep new keys from being seen.
            _current = Jwks.Parse(await fetch(CancellationToken.None), out var leftOut);
            TellLeftOut(leftOut);
        }
        catch (Exception failure)
        {
            // Whatever it was: what an issuer sends must not end this service, nor its tokens.
            if (_current.IsEmpty)
                LogNoKeys(failure.Message);
            else
                LogKeptOld(failure.Message);
        }
    }

    /// <summary>One line when it changes, not one for each reading.</summary>
    private void TellLeftOut(IReadOnlyList<string> keys)
    {
        var told = string.Join("; ", keys.Take(LeftOutShown));
        if (told == _leftOut)
            return;
        _leftOut = told;
        if (keys.Count > 0)
            LogLeftOut(keys.Count, told);
    }

    [LoggerMessage(LogLevel.Warning,
        "{Count} keys of the JSON Web Key Set cannot be used and are left out: {Keys}")]
    private partial void LogLeftOut(int count, string keys);

    [LoggerMessage(LogLevel.Warning,
        "The JSON Web Key Set could not be read; the last good one stays in force: {Reason}")]
    private partial void LogKeptOld(string reason);

    [LoggerMessage(LogLevel.Warning,
        "The JSON Web Key Set could not be read; every token is refused until it can be: {Reason}")]
    private partial void LogNoKeys(string reason);
}
