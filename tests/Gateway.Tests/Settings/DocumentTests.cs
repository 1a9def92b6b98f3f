using System.Text;
using System.Text.RegularExpressions;
using RocksDbSharp;
using Sequencer.Core;
using Sequencer.Enclave;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>What an operator copies from the documents, or decides by them, is what the programs take.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void TheExampleOfAWitnessPolicy_BootsWithRealKeys()
    {
        var example = JsonBlock().Match(Read("enclave.md")).Groups[1].Value;
        var keys = 0;
        var json = ElidedKey().Replace(example, match => VerifierKey.Create(
            match.Groups[1].Value, SignatureType.CosignatureEd25519, Key(++keys)).ToString());

        var configuration = EnclaveConfiguration.Parse(Encoding.UTF8.GetBytes(json));

        configuration.LogPrefix.Should().Be("sequencer.example/log");
        configuration.Witnesses!.Policy.Witnesses.Should().HaveCount(3).And.HaveCount(keys);
        configuration.Witnesses.IsWitnessed("deeds").Should().BeTrue();
        configuration.Witnesses.IsWitnessed("demo").Should().BeFalse();
    }

    [Fact]
    public async Task TheLedgerFormat_IsTheOneThatTheRefusalOfAnotherNames()
    {
        using var folder = new TempFolder();
        using (var database = RocksDb.Open(new DbOptions().SetCreateIfMissing(), folder.Path))
            database.Put("Mformat"u8, new byte[sizeof(ulong)]);
        var open = async () => await new RocksLedgerSource(folder.Path, "id", initialise: false)
            .OpenAsync(CancellationToken.None);

        var refusal = (await open.Should().ThrowAsync<LedgerException>()).Which.Message;

        var format = FormatRead().Match(refusal).Groups[1].Value;
        Read("reliability.md").Should().Contain($"reads one ledger format, now {format}.");
    }

    private static byte[] Key(int number)
    {
        var key = new byte[32];
        key[0] = (byte)number;
        return key;
    }

    private static string Read(string document) =>
        File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", document));

    [GeneratedRegex("```json\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();

    /// <summary>A vkey as the documents show it: its name, a key id, and the beginning of the rest.</summary>
    [GeneratedRegex("""([\w.]+)\+[0-9a-f]{8}\+\w+…""")]
    private static partial Regex ElidedKey();

    [GeneratedRegex("""this version reads format (\d+)""")]
    private static partial Regex FormatRead();
}
