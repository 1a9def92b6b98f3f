using System.Security.Cryptography;

namespace Sequencer.Gateway;

/// <summary>Makes the <see cref="ISigningKeys"/> that the settings ask for.</summary>
internal static class KeySource
{
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);

    /// <exception cref="SettingsException">When a key file cannot be used.</exception>
    public static FixedKeys FromPem(string path)
    {
        try
        {
            return new FixedKeys(PemKeys.Parse(SettingsFile.Text("auth.public_key_file", path)));
        }
        catch (Exception malformed) when (malformed is CryptographicException or FormatException)
        {
            throw new SettingsException($"auth.public_key_file: {path}: {malformed.Message.TrimEnd('.')}.");
        }
    }

    /// <exception cref="SettingsException">When the settings name a file that holds no key set.</exception>
    public static RotatingKeys FromJwks(
        AuthSettings settings, TimeProvider time, ILogger<RotatingKeys> logger)
    {
        if (settings.JwksFile is not { } path)
            return new RotatingKeys(
                cancellation => FetchAsync(settings.JwksUrl!, cancellation), settings, time, logger);
        try
        {
            Jwks.Parse(Read(path));
        }
        catch (Exception unusable)
            when (unusable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"auth.jwks_file: {path}: {unusable.Message.TrimEnd('.')}.");
        }

        return new RotatingKeys(_ => Task.FromResult(Read(path)), settings, time, logger);
    }

    private static byte[] Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > Jwks.BytesMax)
            throw new IOException($"the file has {file.Length} bytes; a key set has at most {Jwks.BytesMax}");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>
    /// A client for each fetch: they are minutes apart, and a kept one would never see a DNS change.
    /// </summary>
    private static async Task<byte[]> FetchAsync(Uri url, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler)
        {
            MaxResponseContentBufferSize = Jwks.BytesMax,
            Timeout = FetchTimeout,
        };
        try
        {
            return await client.GetByteArrayAsync(url, cancellation);
        }
        catch (TaskCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"{url.Host} did not answer within {FetchTimeout.TotalSeconds} s", late);
        }
    }
}
