namespace Sequencer.Tlog.Tests;

public sealed class PrivateKeyTextTests
{
    // The example key of Go's note package: a published test key, not a secret.
    private const string Neumann =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

    [Fact]
    public void Parse_GoKey_GivesItsVerifierKeyAndExportsTheSameText()
    {
        using var key = PrivateKeyText.Parse(Neumann);

        key.Name.Should().Be("PeterNeumann");
        key.VerifierKey.ToString()
            .Should().Be("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        key.Export().Should().Be(Neumann);
        PrivateKeyText.Parse(Neumann + "\n").Export().Should().Be(Neumann);
    }

    [Fact]
    public void Generate_ParsedAgain_SignsForTheSameVerifierKey()
    {
        using var made = PrivateKeyText.Generate("log.example/log/demo");
        using var parsed = PrivateKeyText.Parse(made.Export());
        using var signer = parsed.CreateSigner();
        var signature = new byte[64];
        signer.Sign("m"u8, signature);

        parsed.VerifierKey.Should().Be(made.VerifierKey);
        made.VerifierKey.Verify("m"u8, signature);
    }

    [Fact]
    public void FromSeed_IsTheKeyOfThatSeed()
    {
        using var key = PrivateKeyText.FromSeed("log.example", [.. Enumerable.Repeat((byte)1, 32)]);
        key.VerifierKey.Should().Be(TestKeys.LogKey());
    }

    [Fact]
    public void ToString_AndEveryRefusal_KeepTheSecret()
    {
        using var key = PrivateKeyText.Parse(Neumann);
        const string secret = "AYEKFALVFGyNhPJEMzD1QIDr";

        key.ToString().Should().NotContain(secret).And.Contain(key.VerifierKey.ToString());
        var mismatched = Neumann.Replace("c74f", "c74e", StringComparison.Ordinal);
        foreach (var broken in new[] { Neumann + "=", mismatched, Neumann[1..] })
            Refusal.ExceptionOf(() => PrivateKeyText.Parse(broken)).ToString().Should().NotContain(secret);
    }

    [Theory]
    [InlineData("", TlogError.MalformedPrivateKey)]
    [InlineData("PRIVATE+KEY+", TlogError.MalformedPrivateKey)]
    [InlineData("PRIVATE+KEY+PeterNeumann", TlogError.MalformedPrivateKey)]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a3", TlogError.MalformedPrivateKey)]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a3+", TlogError.MalformedPrivateKey)]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr", TlogError.MalformedPrivateKey)]
    [InlineData("PRIVATE+KEX+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        TlogError.MalformedPrivateKey)]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20A3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        TlogError.MalformedPrivateKey)]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n\n",
        TlogError.MalformedPrivateKey)]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a3+BIEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        TlogError.UnsupportedKeyType)]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        TlogError.KeyIdMismatch)]
    [InlineData("PRIVATE+KEY++c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        TlogError.InvalidKeyName)]
    public void Parse_Malformed_IsRefused(string text, TlogError reason) =>
        Refusal.Of(() => PrivateKeyText.Parse(text)).Should().Be(reason);
}
