using System.Security.Cryptography.X509Certificates;
using Sequencer.Attestation;
using Sequencer.Client;
using Sequencer.Tlog;
using FeedOptions = Sequencer.Client.FeedOptions;

namespace Sequencer.Gateway.Tests;

/// <summary>The examples of docs/sdk.md, each the body of a method.</summary>
internal static class SdkExamples
{
    public static async Task<ulong> SubmitAsync(Uri gateway, string token, byte[] transaction, string archive)
    {
        using var http = new HttpClient { BaseAddress = gateway };
        var client = new SequencerClient(http, new SequencerClientOptions { Token = token });

        // Keep the key with the transaction before it is sent: both, sent again after a crash, get the same index.
        var key = SequencerClient.NewIdempotencyKey();
        var sequenced = await client.SubmitAsync(transaction, key);

        // With the enclave's attestation document in it, the receipt is verified without the gateway.
        var bundle = await client.BundleAsync(sequenced.Receipt);
        await File.WriteAllTextAsync($"{archive}/{sequenced.Index}.tlog-proof", bundle);
        await File.WriteAllBytesAsync($"{archive}/{sequenced.Index}", transaction);
        return sequenced.Index;
    }

    public static async Task<Guarantee> VerifyAsync(
        string trust, TrustedRoot? simulatedRoot, string archive, ulong index)
    {
        var policy = TlogPolicy.Parse(await File.ReadAllTextAsync($"{trust}/policy"));
        var images = AcceptedImages.Parse(await File.ReadAllTextAsync($"{trust}/images.json"));
        var verifier = new ReceiptVerifier(policy, new EnclaveVerifier(images, simulatedRoot));

        var bundle = await File.ReadAllTextAsync($"{archive}/{index}.tlog-proof");
        var transaction = await File.ReadAllBytesAsync($"{archive}/{index}");
        try
        {
            var verified = verifier.Verify(bundle, transaction);
            Console.WriteLine(
                $"{verified.Origin} has it at {verified.Index} since {verified.CosignedAt:u}: {verified.Guarantee}");
            return verified.Guarantee;
        }
        catch (VerificationException refused)
        {
            foreach (var failure in refused.Failures)
                Console.Error.WriteLine($"{failure.Step}: {failure.Message}");
            throw;
        }
    }

    public static TrustedRoot ReadRoot(string trust)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText($"{trust}/simulated-root.pem"));
        return TrustedRoot.Simulated(certificate.RawData);
    }

    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(
        SequencerClient client, ReceiptVerifier verifier, string origin, ulong index)
    {
        if (await client.FindAsync(index, bundle: true) is not { } found)
            return null;
        var verified = verifier.Verify(found.Receipt, found.Data.Span);
        return verified.Index == index && verified.Origin == origin
            ? found.Data
            : throw new InvalidDataException("It is another entry.");
    }

    public static async Task FollowAsync(
        SequencerClient client, ChainId chain, EnclaveVerifier enclaves, TlogPolicy policy, string positionFile,
        Func<ulong, ReadOnlyMemory<byte>, Task> store, CancellationToken cancellation)
    {
        var options = new FeedOptions { BeforePause = why => Console.Error.WriteLine(why.Message) };
        var follower = new LogFollower(client, chain, enclaves, policy, options);
        var start = File.Exists(positionFile)
            ? FeedPosition.Parse(await File.ReadAllTextAsync(positionFile, cancellation))
            : FeedPosition.Start;
        await foreach (var entry in follower.FollowAsync(start, cancellation))
        {
            await store(entry.Index, entry.Data);
            await File.WriteAllTextAsync($"{positionFile}.new", follower.Position.ToString(), cancellation);
            File.Move($"{positionFile}.new", positionFile, overwrite: true);
        }
    }
}
