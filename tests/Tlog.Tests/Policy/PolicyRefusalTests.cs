using System.Globalization;
using System.Text;

namespace Sequencer.Tlog.Tests;

/// <summary>Policies that are refused, each for its reason.</summary>
public sealed class PolicyRefusalTests
{
    private static readonly VerifierKey Log = TestKeys.LogKey();
    private static readonly VerifierKey[] Keys =
        [TestKeys.WitnessKey("witness.example/0", 10), TestKeys.WitnessKey("witness.example/1", 11)];

    public static TheoryData<string, TlogError> Broken() => new()
    {
        { "", TlogError.MalformedPolicy },
        { "# only a comment\n", TlogError.MalformedPolicy },
        { "quorum\n", TlogError.MalformedPolicy },
        { "quorum none none\n", TlogError.MalformedPolicy },
        { "quorum none # comment\n", TlogError.MalformedPolicy },
        { "Quorum none\n", TlogError.MalformedPolicy },
        { "witnesses 3\nquorum none\n", TlogError.MalformedPolicy },
        { "log\nquorum none\n", TlogError.MalformedPolicy },
        { $"log {Log} url more\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness {Keys[0]}\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness W {Keys[0]} url more\nquorum none\n", TlogError.MalformedPolicy },
        { "quorum none\nquorum none\n", TlogError.DuplicateInPolicy },
        { $"witness W {Keys[0]}\nquorum none\nquorum W\n", TlogError.DuplicateInPolicy },
        { "quorum W\n", TlogError.UnknownNameInPolicy },
        { $"quorum W\nwitness W {Keys[0]}\n", TlogError.UnknownNameInPolicy },
        { $"log {Log}\nlog {Log}\nquorum none\n", TlogError.DuplicateInPolicy },
        { $"log {Log}\nlog {TestKeys.LogKey("renamed")}\nquorum none\n", TlogError.DuplicateInPolicy },
        { $"witness A {Keys[0]}\nwitness B {Keys[0]}\nquorum none\n", TlogError.DuplicateInPolicy },
        {
            $"witness A {Keys[0]}\nwitness B {TestKeys.WitnessKey("renamed", 10)}\nquorum none\n",
            TlogError.DuplicateInPolicy
        },
        { $"witness A {Keys[0]}\nwitness A {Keys[1]}\nquorum none\n", TlogError.DuplicateInPolicy },
        { $"witness none {Keys[0]}\nquorum none\n", TlogError.DuplicateInPolicy },
        { $"log {Keys[0]}\nquorum none\n", TlogError.UnsupportedKeyType },
        { $"witness W {Log}\nquorum none\n", TlogError.UnsupportedKeyType },
        { $"witness W {Keys[0].ToString()[1..]}\nquorum none\n", TlogError.KeyIdMismatch },
        { "log log.example+ARpc\nquorum none\n", TlogError.MalformedVerifierKey },
        { $"witness A {Keys[0]}\ngroup G all\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness A {Keys[0]}\ngroup G A\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness A {Keys[0]}\ngroup G 0 A\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness A {Keys[0]}\ngroup G 2 A\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness A {Keys[0]}\ngroup G 01 A\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness A {Keys[0]}\ngroup G +1 A\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness A {Keys[0]}\ngroup G -1 A\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness A {Keys[0]}\ngroup G most A\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness A {Keys[0]}\ngroup G 99999999999999999999 A\nquorum none\n", TlogError.MalformedPolicy },
        { $"witness A {Keys[0]}\ngroup G all A none\nquorum none\n", TlogError.UnknownNameInPolicy },
        { $"witness A {Keys[0]}\ngroup G all G\nquorum none\n", TlogError.UnknownNameInPolicy },
        { $"group G all A\nwitness A {Keys[0]}\nquorum none\n", TlogError.UnknownNameInPolicy },
        { $"witness A {Keys[0]}\ngroup G all A A\nquorum none\n", TlogError.DuplicateInPolicy },
        { $"witness A {Keys[0]}\ngroup A all A\nquorum none\n", TlogError.DuplicateInPolicy },
        { $"witness A {Keys[0]}\ngroup none all A\nquorum none\n", TlogError.DuplicateInPolicy },
        { $"witness A {Keys[0]}\ngroup G all A\ngroup H all A\nquorum none\n", TlogError.DuplicateInPolicy },
        { "quorum none\r\n", TlogError.ControlCharacter },
        { "quorum none\n# \0\n", TlogError.ControlCharacter },
        { "quorum none\n# \x7f\n", TlogError.ControlCharacter },
        { "quorum\vnone\n", TlogError.ControlCharacter },
        { new string('#', TlogPolicy.MaxLength + 1), TlogError.TooLarge },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Parse_Broken_IsRefused(string text, TlogError reason) =>
        Refusal.Of(() => TlogPolicy.Parse(text)).Should().Be(reason);

    [Fact]
    public void Parse_LoneSurrogate_IsRefused() =>
        Refusal.Of(() => TlogPolicy.Parse("quorum none\n# \ud800\n")).Should().Be(TlogError.InvalidUtf8);

    [Fact]
    public void Parse_Broken_NamesTheLine() =>
        Refusal.ExceptionOf(() => TlogPolicy.Parse($"# one\nlog {Log}\nwitness W nonsense\nquorum W\n"))
            .Message.Should().StartWith("Line 3 of the policy:").And.Contain("verifier key");

    [Fact]
    public void Parse_AsManyAsTheLimitOfEachKind_IsTakenAndOneMoreIsNot()
    {
        var text = new StringBuilder();
        for (var i = 0; i < TlogPolicy.MaxPerKind; i++)
        {
            var (log, witness) = (TestKeys.LogKey("l", (byte)i), TestKeys.WitnessKey("w", (byte)i));
            var below = i > 0 ? $" g{i - 1}" : "";
            text.Append(CultureInfo.InvariantCulture, $"log {log}\nwitness w{i} {witness}\n");
            text.Append(CultureInfo.InvariantCulture, $"group g{i} any w{i}{below}\n");
        }

        var policy = TlogPolicy.Parse($"{text}quorum g{TlogPolicy.MaxPerKind - 1}\n");
        policy.Evaluate([policy.Witnesses[0].Key]).IsSatisfied.Should().BeTrue();
        policy.QuorumsIntersect.Should().BeFalse();

        using var another = NoteSigner.Generate();
        var publicKey = another.PublicKey.Span;
        var oneMoreLog = VerifierKey.Create("l", SignatureType.Ed25519, publicKey);
        var oneMoreWitness = VerifierKey.Create("w", SignatureType.CosignatureEd25519, publicKey);
        foreach (var line in new[] { $"log {oneMoreLog}", $"witness w {oneMoreWitness}", "group g any w0" })
        {
            Refusal.Of(() => TlogPolicy.Parse($"{text}{line}\nquorum none\n"))
                .Should().Be(TlogError.PolicyTooComplex);
        }
    }
}
