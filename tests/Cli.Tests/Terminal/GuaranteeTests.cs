using Sequencer.Cli.Verify;
using Sequencer.Client;
using Sequencer.Client.Tests.Fixtures;

namespace Sequencer.Cli.Tests.Terminal;

/// <summary>What is printed of each guarantee; only real enclaves reach the stronger ones.</summary>
public sealed class GuaranteeTests : IDisposable
{
    private readonly TestLog _log = new(5);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void WithinTheEpoch_SaysWhatItRestsOnAndWhatIsNotEstablished() =>
        Printed(Guarantee.WithinEpoch)
            .Should().StartWith("VALID within the epoch: index 1 of sequencer.example/log/demo ")
            .And.Contain("AWS Nitro and the image with PCR0 ")
            .And.Contain("Not established across epochs: the policy demands no witnesses.");

    [Fact]
    public void WithinTheEpochThoughWitnessed_SaysWhyTheWitnessesDoNotSuffice() =>
        Printed(Guarantee.WithinEpoch, "W0").Should().Contain("reached twice without a common witness");

    [Fact]
    public void AcrossEpochs_NamesTheWitnesses() =>
        Printed(Guarantee.AcrossEpochs, "W0", "W1")
            .Should().StartWith("VALID across epochs: ").And.Contain("W0, W1");

    private string Printed(Guarantee guarantee, params string[] witnesses)
    {
        var verified =
            new ReceiptVerifier(_log.Policy, _log.Enclaves).Verify(_log.Receipt(1), TestLog.Entry(1));
        using var output = new StringWriter { NewLine = "\n" };
        VerificationPrinter.PrintGuarantee(output,
            verified with { Guarantee = guarantee, Witnesses = witnesses });
        return output.ToString();
    }
}
