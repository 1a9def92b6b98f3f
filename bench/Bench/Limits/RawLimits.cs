using System.Diagnostics;
using System.Security.Cryptography;
using NSec.Cryptography;

namespace Sequencer.Bench.Limits;

/// <summary>What this machine can do at most, measured in the run that is compared with it.</summary>
internal static class RawLimits
{
    private const int MessageBytes = 64;
    private const int CountsAtOnce = 256;

    /// <summary>
    /// Until the loop around the call is compiled for good: a limit that is too low flatters a ratio.
    /// </summary>
    private const double WarmUpSecondsMin = .5;

    /// <summary>SHA-256 of 64-byte messages by the framework's one call for it, all processors, a second.</summary>
    public static double Sha256PerSecond(double seconds) => OnAllProcessors(seconds, () =>
    {
        var message = new byte[MessageBytes];
        var digest = new byte[SHA256.HashSizeInBytes];
        return () => SHA256.HashData(message, digest);
    });

    /// <summary>Ed25519 signatures of 64-byte messages, all processors, a second.</summary>
    public static double SignaturesPerSecond(double seconds) => OnAllProcessors(seconds, () =>
    {
        var key = Key.Create(SignatureAlgorithm.Ed25519);
        var message = new byte[MessageBytes];
        var signature = new byte[SignatureAlgorithm.Ed25519.SignatureSize];
        return () => SignatureAlgorithm.Ed25519.Sign(key, message, signature);
    });

    /// <summary>Ed25519 verifications, one processor, a second.</summary>
    public static double VerificationsPerSecond(double seconds)
    {
        using var key = Key.Create(SignatureAlgorithm.Ed25519);
        var message = new byte[MessageBytes];
        var signature = SignatureAlgorithm.Ed25519.Sign(key, message);
        return Rate(seconds, () => SignatureAlgorithm.Ed25519.Verify(key.PublicKey, message, signature));
    }

    /// <summary>How often an action runs in a second, on this thread, after warming up.</summary>
    public static double Rate(double seconds, Action action)
    {
        Count(Math.Max(seconds / 5, WarmUpSecondsMin), action);
        var started = Stopwatch.GetTimestamp();
        var count = Count(seconds, action);
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static long Count(double seconds, Action action)
    {
        var started = Stopwatch.GetTimestamp();
        long count = 0;
        do
        {
            for (var i = 0; i < CountsAtOnce; i++)
                action();
            count += CountsAtOnce;
        }
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds);
        return count;
    }

    private static double OnAllProcessors(double seconds, Func<Action> prepare)
    {
        var rates = new double[Environment.ProcessorCount];
        var threads = Enumerable.Range(0, rates.Length)
            .Select(number => new Thread(() => rates[number] = Rate(seconds, prepare()))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return rates.Sum();
    }
}
