using CsCheck;

namespace Sequencer.Attestation.Tests;

/// <summary>
/// Whatever the bytes, the outcome is an acceptance or an <see cref="AttestationException"/>; and of a good
/// document no other bytes are accepted. CsCheck prints the seed of a failure.
/// </summary>
public class VerifierFuzzTests
{
    private static readonly byte[] Good = new DocumentForge().Build();
    private static readonly AttestationPolicy Policy = new DocumentForge().Policy();

    [Fact]
    public void Parse_RandomBytes_NeverFailsOtherwise()
    {
        Gen.Byte.Array[0, 400].Sample(bytes => { Refusal.OfParse(bytes); }, iter: 20_000);
    }

    /// <summary>Past the fixed beginning, where random bytes alone would never come.</summary>
    [Fact]
    public void Parse_RandomPayload_NeverFailsOtherwise()
    {
        Gen.Byte.Array[0, 200].Sample(
            payload => { Refusal.OfParse(new DocumentForge { Tamper = _ => payload }.Build()); }, iter: 300);
    }

    [Fact]
    public void Parse_RandomFieldValues_NeverFailsOtherwise()
    {
        var field = Gen.OneOf(
            "module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle", "nonce", "something");
        Gen.Select(field, Gen.Byte.Array[1, 40]).Sample(
            (key, value) => { Refusal.OfParse(new DocumentForge().SetEncoded(key, value).Build()); },
            iter: 300);
    }

    [Fact]
    public void Parse_MutatedDocument_NeverFailsOtherwise()
    {
        Mutations.Sample(mutation => { Refusal.OfParse(mutation(Good)); }, iter: 20_000);
    }

    [Fact]
    public void Verify_OneBitFlipped_IsAlwaysRefused()
    {
        Gen.Int[0, (Good.Length * 8) - 1].Sample(bit =>
        {
            var changed = Good.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Refusal.Of(changed, Policy, Refusal.OwnTime).Should().NotBeNull("bit {0} was flipped", bit);
        }, iter: 250);
    }

    /// <summary>The signature is good, so that the certificates' own rules are reached.</summary>
    [Fact]
    public void Verify_MutatedCertificate_IsAlwaysRefused()
    {
        Gen.Select(Gen.Int[0, 4], Mutations).Sample((index, mutation) =>
        {
            var good = ForgedChain.Good.Certificates[index];
            var changed = mutation(good);
            if (changed.AsSpan().SequenceEqual(good) || changed.Length is 0 or > 1024)
                return;
            var bundle = ForgedChain.Good.Certificates[..^1].ToArray();
            var forge = new DocumentForge();
            if (index == 4)
            {
                forge.Bytes("certificate", changed);
            }
            else
            {
                bundle[index] = changed;
                forge.Bundle(bundle);
            }

            Refusal.Of(forge.Build(), Policy, Refusal.OwnTime).Should().NotBeNull();
        }, iter: 250);
    }

    [Fact]
    public void Check_MutatedDocument_AgreesWithVerify()
    {
        Mutations.Sample(mutation =>
        {
            var changed = mutation(Good);
            var report = AttestationVerifier.Check(changed, Policy, Refusal.OwnTime);
            var reason = Refusal.Of(changed, Policy, Refusal.OwnTime);
            report.Accepted.Should().Be(reason is null);
            report.Checks.FirstOrDefault(check => check.Outcome == CheckOutcome.Failed)?.Error
                .Should().Be(reason);
        }, iter: 150);
    }

    /// <summary>One to four changes: a byte set, taken out, put in, or a piece repeated or cut off.</summary>
    private static Gen<Func<byte[], byte[]>> Mutations { get; } =
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, int.MaxValue - 1], Gen.Byte).Array[1, 4].Select(
            steps => new Func<byte[], byte[]>(bytes => steps.Aggregate(bytes, Apply)));

    private static byte[] Apply(byte[] bytes, (int Kind, int Place, byte Value) step)
    {
        if (bytes.Length == 0)
            return [step.Value];
        var at = step.Place % bytes.Length;
        return step.Kind switch
        {
            0 => [.. bytes[..at], step.Value, .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], .. bytes[(at + 1)..]],
            2 => [.. bytes[..at], step.Value, .. bytes[at..]],
            3 => [.. bytes[..at], .. bytes[..Math.Min(at, (int)step.Value)], .. bytes[at..]],
            _ => bytes[..Math.Max(at, bytes.Length - step.Value)],
        };
    }
}
