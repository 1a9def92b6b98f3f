using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sequencer.Attestation.Tests;

/// <summary>
/// A chain made from recipes, root first, with the keys of all its members. It shares no code with the
/// product, so that a mistake there does not cancel itself out.
/// </summary>
internal sealed class ForgedChain
{
    private readonly Lock _lock = new();
    private readonly ECDsa _leafKey;

    private ForgedChain(byte[][] certificates, ECDsa leafKey)
    {
        Certificates = certificates;
        _leafKey = leafKey;
    }

    public static DateTimeOffset Now { get; } = new(2026, 11, 22, 12, 0, 0, 250, TimeSpan.Zero);

    /// <summary>A chain as Nitro's, good at <see cref="Now"/>; made once.</summary>
    public static ForgedChain Good { get; } = Make(GoodRecipes());

    /// <summary>DER, root first, leaf last.</summary>
    public byte[][] Certificates { get; }

    public TrustedRoot Root => TrustedRoot.Simulated(Certificates[0]);

    /// <summary>Root, regional, zonal, instance, leaf: lifetimes and extensions as in real chains.</summary>
    public static CertificateRecipe[] GoodRecipes() =>
    [
        new("SIMULATED aws.nitro-enclaves", Now.AddYears(-7), Now.AddYears(23)),
        new("8d5dc75b9861bf17.test-1.aws.nitro-enclaves", Now.AddDays(-5), Now.AddDays(15))
        {
            PathLength = 2,
        },
        new("884ba65a7e151b5.zonal.test-1.aws.nitro-enclaves", Now.AddDays(-2), Now.AddDays(4))
        {
            PathLength = 1,
        },
        new("i-0123456789abcdef0.test-1.aws.nitro-enclaves", Now.AddHours(-9), Now.AddHours(15))
        {
            PathLength = 0,
            KeyUsage = X509KeyUsageFlags.KeyCertSign,
        },
        GoodLeaf(),
    ];

    public static CertificateRecipe GoodLeaf() =>
        new("i-0123456789abcdef0-enc0123456789abcdef.test-1.aws", Now.AddHours(-1), Now.AddHours(2))
        {
            IsAuthority = false,
            KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation,
        };

    /// <summary>A good chain with one member changed.</summary>
    public static ForgedChain With(int index, Func<CertificateRecipe, CertificateRecipe> change)
    {
        var recipes = GoodRecipes();
        recipes[index] = change(recipes[index]);
        return Make(recipes);
    }

    public static ForgedChain Make(IReadOnlyList<CertificateRecipe> recipes)
    {
        var certificates = new byte[recipes.Count][];
        var issuerName = recipes[0].CommonName;
        var key = ECDsa.Create(recipes[0].Curve);
        var issuerKey = key;
        for (var i = 0; i < recipes.Count; i++)
        {
            if (i > 0)
            {
                issuerName = recipes[i - 1].CommonName;
                issuerKey = key;
                key = ECDsa.Create(recipes[i].Curve);
            }
            certificates[i] = Issue(recipes[i], key, issuerName, issuerKey);
        }

        return new ForgedChain(certificates, key);
    }

    /// <summary>Signs as the leaf: r ‖ s. Tests run in parallel and share the good chain.</summary>
    public byte[] Sign(byte[] bytes)
    {
        lock (_lock)
        {
            return _leafKey.SignData(
                bytes, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    private static byte[] Issue(
        CertificateRecipe recipe, ECDsa key, string issuerName, ECDsa issuerKey)
    {
        using var rsa = recipe.IsRsa ? RSA.Create(2048) : null;
        var name = new X500DistinguishedName($"CN={recipe.CommonName}");
        var request = rsa is null
            ? new CertificateRequest(name, key, recipe.Hash)
            : new CertificateRequest(name, rsa, recipe.Hash, RSASignaturePadding.Pkcs1);
        if (recipe.IsAuthority is { } isAuthority)
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
                isAuthority, recipe.PathLength is not null, recipe.PathLength ?? 0,
                recipe.BasicConstraintsCritical));
        }

        if (recipe.KeyUsage is { } usage)
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, recipe.IsAuthority == true));
        if (recipe.Extra is { } extra)
            request.CertificateExtensions.Add(extra);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var certificate = request.Create(
            new X500DistinguishedName($"CN={recipe.IssuerName ?? issuerName}"),
            X509SignatureGenerator.CreateForECDsa(recipe.SignedByStranger ? stranger : issuerKey),
            recipe.NotBefore,
            recipe.NotAfter,
            RandomNumberGenerator.GetBytes(16));
        return certificate.RawData;
    }
}
