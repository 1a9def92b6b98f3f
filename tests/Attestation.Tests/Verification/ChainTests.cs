using System.Security.Cryptography;

namespace Sequencer.Attestation.Tests;

/// <summary>
/// From the pinned root to the leaf: every way in which a chain can be wrong, one at a time.
/// </summary>
public class ChainTests
{
    private const int Root = 0;
    private const int Instance = 3;
    private const int Leaf = 4;

    [Fact]
    public void Verify_GoodChain_IsAccepted()
    {
        var forge = new DocumentForge();
        var verified = AttestationVerifier.Verify(forge.Build(), forge.Policy(), Refusal.OwnTime);
        verified.Chain.Select(certificate => certificate.Subject).Should().Equal(
            ForgedChain.GoodRecipes().Select(recipe => $"CN={recipe.CommonName}"));
        verified.Chain[^1].NotAfter
            .Should().Be(ForgedChain.GoodRecipes()[Leaf].NotAfter.AddMilliseconds(-250));
        verified.RootSha256
            .Should().Be(Convert.ToHexStringLower(SHA256.HashData(forge.Chain.Certificates[0])));
        XChain.Accepts(forge.Chain, ForgedChain.Now).Should().BeTrue();
    }

    [Fact]
    public void Verify_AnotherRootOfTheSameName_IsRefused()
    {
        var stranger = ForgedChain.Make(ForgedChain.GoodRecipes());
        var forge = new DocumentForge(stranger);
        Refusal.Of(forge.Build(), new DocumentForge().Policy(), Refusal.OwnTime)
            .Should().Be(AttestationError.RootNotTrusted);
    }

    /// <summary>The trusted root stands first, but the chain below is a stranger's.</summary>
    [Fact]
    public void Verify_RootSwappedForThePinnedOne_IsRefused()
    {
        var stranger = ForgedChain.Make(ForgedChain.GoodRecipes());
        var bundle = new[] { ForgedChain.Good.Certificates[Root] }.Concat(stranger.Certificates[1..^1]);
        var forge = new DocumentForge(stranger).Bundle([.. bundle]);
        Refusal.Of(forge.Build(), new DocumentForge().Policy(), Refusal.OwnTime)
            .Should().Be(AttestationError.ChainBroken);
    }

    [Fact]
    public void Verify_SimulatedChainUnderTheAwsRoot_IsRefused()
    {
        var policy = new AttestationPolicy { Root = TrustedRoot.Aws, Images = DocumentForge.Images };
        Refusal.Of(new DocumentForge().Build(), policy, Refusal.OwnTime)
            .Should().Be(AttestationError.RootNotTrusted);
    }

    [Fact]
    public void Verify_AwsRootInFrontOfAForgedChain_IsRefused()
    {
        byte[][] bundle = [TrustedRoot.Aws.Der.ToArray(), .. ForgedChain.Good.Certificates[1..^1]];
        var policy = new AttestationPolicy { Root = TrustedRoot.Aws, Images = DocumentForge.Images };
        Refusal.Of(new DocumentForge().Bundle(bundle).Build(), policy, Refusal.OwnTime)
            .Should().Be(AttestationError.ChainBroken);
    }

    /// <summary>A certificate that vouches for itself, alone and behind the true root.</summary>
    [Fact]
    public void Verify_SelfSignedLeaf_IsRefused()
    {
        var attester = ForgedChain.GoodLeaf() with { CommonName = "SIMULATED self-signed attester" };
        var alone = ForgedChain.Make([attester]);
        var forge = new DocumentForge(alone).Bundle(alone.Certificates);
        Refusal.Of(forge.Build(), new DocumentForge().Policy(), Refusal.OwnTime)
            .Should().Be(AttestationError.RootNotTrusted);
        var behind = new DocumentForge(alone).Bundle(ForgedChain.Good.Certificates[..^1]);
        Refusal.Of(behind.Build(), new DocumentForge().Policy(), Refusal.OwnTime)
            .Should().Be(AttestationError.ChainBroken);
    }

    [Fact]
    public void Verify_BundleInAnotherOrderOrIncomplete_IsRefused()
    {
        var good = ForgedChain.Good.Certificates;
        OfBundle(good[0], good[2], good[1], good[3]).Should().NotBeNull();
        OfBundle(good[3], good[2], good[1], good[0]).Should().Be(AttestationError.RootNotTrusted);
        OfBundle(good[0], good[1], good[3]).Should().Be(AttestationError.ChainBroken);
        OfBundle(good[1], good[2], good[3]).Should().Be(AttestationError.RootNotTrusted);
        OfBundle(good[0]).Should().Be(AttestationError.ChainBroken);
        OfBundle(good[0], good[1], good[2], good[3], good[3]).Should().NotBeNull();

        static AttestationError? OfBundle(params byte[][] bundle) =>
            Refusal.Of(new DocumentForge().Bundle(bundle));
    }

    /// <summary>The root alone may issue a leaf: the number of authorities is Nitro's own business.</summary>
    [Fact]
    public void Verify_ShorterChain_IsAccepted()
    {
        CertificateRecipe[] recipes = [ForgedChain.GoodRecipes()[Root], ForgedChain.GoodLeaf()];
        Refusal.Of(new DocumentForge(ForgedChain.Make(recipes)))
            .Should().BeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Verify_CertificateSignedByAnotherKey_IsRefused(int index)
    {
        Refusal.OfChain(index, recipe => recipe with { SignedByStranger = true })
            .Should().Be(AttestationError.ChainBroken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Verify_CertificateThatNamesAnotherIssuer_IsRefused(int index)
    {
        Refusal.OfChain(index, recipe => recipe with { IssuerName = "somebody else" })
            .Should().Be(AttestationError.ChainBroken);
    }

    /// <summary>The owner of one enclave's leaf must not be able to make a leaf for another.</summary>
    [Fact]
    public void Verify_LeafIssuedByALeaf_IsRefused()
    {
        CertificateRecipe[] recipes =
            [.. ForgedChain.GoodRecipes(), ForgedChain.GoodLeaf() with { CommonName = "i-victim" }];
        Refusal.Of(new DocumentForge(ForgedChain.Make(recipes)))
            .Should().Be(AttestationError.BasicConstraints);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    public void Verify_MoreIssuersThanThePathLengthAllows_IsRefused(int index, int pathLength)
    {
        Refusal.OfChain(index, recipe => recipe with { PathLength = pathLength })
            .Should().Be(AttestationError.PathLength);
    }

    [Fact]
    public void Verify_InstanceThatIssuedAnAuthority_IsRefused()
    {
        var recipes = ForgedChain.GoodRecipes().ToList();
        recipes.Insert(Leaf, recipes[Instance] with { CommonName = "one authority more" });
        Refusal.Of(new DocumentForge(ForgedChain.Make(recipes))).Should().Be(AttestationError.PathLength);
    }
}
