namespace Sequencer.Attestation.Tests;

/// <summary>What the policy demands of a document whose chain and signature are good.</summary>
public class PolicyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Verify_PcrOfTheImageMissing_IsRefused(int index)
    {
        Refusal.Of(new DocumentForge().Pcr(index, null)).Should().Be(AttestationError.PcrMissing);
    }

    /// <summary>
    /// A debug enclave's PCR3 and PCR4 are real, so that "all zero" would be the wrong test.
    /// </summary>
    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void Verify_PcrOfTheImageAllZero_IsRefusedAsDebug(bool pcr0, bool pcr1, bool pcr2)
    {
        var pcrs = DocumentForge.GoodPcrs();
        foreach (var (index, isZero) in new[] { pcr0, pcr1, pcr2 }.Index())
        {
            if (isZero)
                pcrs[index] = new byte[48];
        }

        var forge = new DocumentForge().Pcrs(pcrs);
        Refusal.Of(forge).Should().Be(AttestationError.DebugMode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Verify_OnePcrOfTheImageDiffers_IsRefused(int index)
    {
        var value = DocumentForge.GoodPcrs()[index];
        value[47] ^= 1;
        Refusal.Of(new DocumentForge().Pcr(index, value)).Should().Be(AttestationError.ImageNotAccepted);
    }

    /// <summary>PCRs of two accepted images do not add up to a third.</summary>
    [Fact]
    public void Verify_MixOfTwoAcceptedImages_IsRefused()
    {
        var pcrs = DocumentForge.GoodPcrs();
        var other = new ImageMeasurement(Filled(0xa0), Filled(0xa1), Filled(0xa2));
        var images = new AcceptedImages([.. DocumentForge.Images.Images, new AcceptedImage(other)]);
        Of(pcrs[0], pcrs[1], pcrs[2]).Should().BeNull();
        Of(Filled(0xa0), Filled(0xa1), Filled(0xa2)).Should().BeNull();
        Of(pcrs[0], pcrs[1], Filled(0xa2)).Should().Be(AttestationError.ImageNotAccepted);
        Of(Filled(0xa0), pcrs[1], pcrs[2]).Should().Be(AttestationError.ImageNotAccepted);

        AttestationError? Of(byte[] pcr0, byte[] pcr1, byte[] pcr2)
        {
            var forge = new DocumentForge().Pcrs(new Dictionary<int, byte[]>
            {
                [0] = pcr0,
                [1] = pcr1,
                [2] = pcr2,
            });
            return Refusal.Of(forge.Build(), forge.Policy() with { Images = images }, Refusal.OwnTime);
        }
    }

    [Fact]
    public void Verify_Pcr8_IsDemandedWhereTheAcceptedImageNamesIt()
    {
        var image = DocumentForge.Images.Images[0].Measurement;
        var signed = new AcceptedImages([new AcceptedImage(image, Filled(8))]);
        Of(Filled(8), signed).Should().BeNull();
        Of(Filled(9), signed).Should().Be(AttestationError.ImageNotAccepted);
        Of(new byte[48], signed).Should().Be(AttestationError.ImageNotAccepted);
        Of(null, signed).Should().Be(AttestationError.ImageNotAccepted);
        Of(null, DocumentForge.Images).Should().BeNull();
        Of(Filled(9), DocumentForge.Images).Should().BeNull();

        static AttestationError? Of(byte[]? pcr8, AcceptedImages images)
        {
            var forge = new DocumentForge().Pcr(8, pcr8);
            return Refusal.Of(forge.Build(), forge.Policy() with { Images = images }, Refusal.OwnTime);
        }
    }

    [Theory]
    [InlineData("nonce", AttestationError.NonceMismatch)]
    [InlineData("public_key", AttestationError.PublicKeyMismatch)]
    [InlineData("user_data", AttestationError.UserDataMismatch)]
    public void Verify_DemandedField_MustBeThereAndEqual(string field, AttestationError reason)
    {
        Of(new DocumentForge().Bytes(field, [1, 2, 3]), [1, 2, 3]).Should().BeNull();
        Of(new DocumentForge().Bytes(field, [1, 2, 4]), [1, 2, 3]).Should().Be(reason);
        Of(new DocumentForge().Bytes(field, [1, 2]), [1, 2, 3]).Should().Be(reason);
        Of(new DocumentForge().Bytes(field, []), [1, 2, 3]).Should().Be(reason);
        Of(new DocumentForge(), [1, 2, 3]).Should().Be(reason);
        Of(new DocumentForge(), []).Should().Be(reason, "an absent field is not an empty one");
        Of(new DocumentForge().Bytes(field, []), []).Should().BeNull();

        AttestationError? Of(DocumentForge forge, byte[] wanted)
        {
            var policy = field switch
            {
                "nonce" => forge.Policy() with { Nonce = wanted },
                "public_key" => forge.Policy() with { PublicKey = wanted },
                _ => forge.Policy() with { UserData = wanted },
            };
            return Refusal.Of(forge.Build(), policy, Refusal.OwnTime);
        }
    }

    [Fact]
    public void Verify_FieldThatNobodyDemands_MayBeAnything()
    {
        Refusal.Of(new DocumentForge().Bytes("nonce", [1]).Bytes("user_data", [2]).Bytes("public_key", [3]))
            .Should().BeNull();
    }

    private static byte[] Filled(byte value)
    {
        var pcr = new byte[48];
        Array.Fill(pcr, value);
        return pcr;
    }
}
