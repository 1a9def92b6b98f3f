using System.Text;
using CsCheck;

namespace Sequencer.Testing;

/// <summary>Broken inputs: random bytes, and valid samples changed in a few places.</summary>
public static class Mutation
{
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\n", "\n\n", " ", "\t", "+", "=", "==", "— ", "\r\n", "\0", "/", "x000", ".p/", "#", "none", "0",
            "-1",
            "18446744073709551616", "99999999999999999999999999", "\u2028", "\u00a0", "\ufeff", "AAAA",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Bytes made from one or two of the samples by one to five changes.</summary>
    public static Gen<byte[]> Of(IReadOnlyList<byte[]> samples)
    {
        var sample = Gen.Int[0, samples.Count - 1].Select(i => samples[i]);
        var change = Gen.Select(Gen.Int[0, 6], Gen.UInt, Gen.UInt, Gen.Byte);
        var mutated = Gen.Select(sample, sample, change.Array[1, 5]).Select((first, second, changes) =>
            changes.Aggregate(first, (bytes, c) => Apply(bytes, second, c.Item1, c.Item2, c.Item3, c.Item4)));
        return Gen.Frequency((1, Gen.Byte.Array[0, 300]), (9, mutated));
    }

    public static Gen<byte[]> Of(params string[] samples) => Of([.. samples.Select(Encoding.UTF8.GetBytes)]);

    private static byte[] Apply(byte[] bytes, byte[] other, int kind, uint a, uint b, byte value)
    {
        var at = (int)(a % (uint)(bytes.Length + 1));
        var length = (int)(b % 40);
        var end = Math.Min(at + length, bytes.Length);
        return kind switch
        {
            0 when at < bytes.Length =>
                [.. bytes[..at], (byte)(bytes[at] ^ (1 << (value & 7))), .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], value, .. bytes[at..]],
            2 => [.. bytes[..at], .. bytes[end..]],
            3 => [.. bytes[..end], .. bytes[at..]],
            4 => bytes[..at],
            5 => [.. bytes[..at], .. other[Math.Min(at, other.Length)..]],
            _ => [.. bytes[..at], .. Tokens[b % Tokens.Length], .. bytes[at..]],
        };
    }
}
