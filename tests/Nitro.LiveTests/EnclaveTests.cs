using System.Diagnostics;
using System.Security.Cryptography;
using Sequencer.Attestation;
using Sequencer.Eif;
using Sequencer.Protocol;
using Xunit.Abstractions;

namespace Sequencer.Nitro.LiveTests;

/// <summary>
/// The image that `make eif` built, unchanged, in an emulated enclave: what it says of itself, and its whole
/// protocol over the vsock, with the parent's heartbeat enforced.
/// </summary>
[Trait("Category", "nitro")]
public class EnclaveTests(BootedEnclave enclave, ITestOutputHelper output) : IClassFixture<BootedEnclave>
{
    private const int RoundTrips = 2_000;
    private const int ManyEntries = 100_000;
    private const int EntriesPerFrame = 10_000;

    [NitroFact]
    public async Task Describe_BootedImage_IsNitroUnderTheMeasuredPrefix()
    {
        var boot = enclave.Machine.BootTime.TotalSeconds;
        output.WriteLine($"figure: boot, from QEMU's start to the heartbeat: {boot:0.0} s");
        output.WriteLine(enclave.Machine.Console);
        await using var session = await enclave.OpenAsync(generation: null);
        var description = await DescribeAsync(session);
        description.Mode.Should().Be(EnclaveMode.Nitro);
        description.Cosigner.Should().Be(description.LogPrefix + "/_enclave");
        description.PublicKey.Length.Should().Be(32);
    }

    [NitroFact]
    public async Task Attest_WithANonce_BindsImageKeyAndNonceInAnEmulatedDocument()
    {
        await using var session = await enclave.OpenAsync(generation: null);
        var description = await DescribeAsync(session);
        var nonce = RandomNumberGenerator.GetBytes(Limits.NonceBytesMax);
        var reply = await session.SendAsync<AttestReply>(new AttestRequest(nonce), default);
        var document = AttestationDocument.ParseFromOwnNsm(reply.Document);
        var measurements = EifMeasurements.Of(EifFile.Parse(File.ReadAllBytes(NitroFiles.Image)));
        document.Pcrs[0].ToArray().Should().Equal(measurements.Pcr0.ToArray());
        document.Pcrs[1].ToArray().Should().Equal(measurements.Pcr1.ToArray());
        document.Pcrs[2].ToArray().Should().Equal(measurements.Pcr2.ToArray());
        document.ModuleId.Should().Be(NitroMachine.ModuleId);
        document.Nonce!.Value.ToArray().Should().Equal(nonce);
        document.PublicKey!.Value.ToArray().Should().Equal(description.PublicKey.ToArray());
        SequencerBinding.Parse(document.UserData!.Value).Should().Be(
            new SequencerBinding(description.Cosigner, Limits.Version));
    }

    /// <summary>The emulated module signs nothing: to accept its document is to accept anybody's.</summary>
    [NitroFact]
    public async Task Attest_EmulatedDocument_IsRefusedByTheVerifier()
    {
        await using var session = await enclave.OpenAsync(generation: null);
        var reply = await session.SendAsync<AttestReply>(new AttestRequest(null), default);
        var image = EifFile.Parse(File.ReadAllBytes(NitroFiles.Image));
        var accepted = AcceptedImages.Parse(EifDescription.Of(image).ToJson());
        var policy = new AttestationPolicy { Root = TrustedRoot.Aws, Images = accepted };
        var verify = () => AttestationVerifier.Verify(
            reply.Document, policy, new VerificationTime.DocumentTimestamp());
        verify.Should().Throw<AttestationException>()
            .Which.Reason.Should().Be(AttestationError.WrongAlgorithm);
    }

    [NitroFact]
    public async Task Append_ToANewChain_IsCosignedOverTheRightTree()
    {
        await using var session = await enclave.OpenAsync();
        var chain = await TestChain.CreateAsync(session);
        await chain.AppendAsync(session, 3);
        await chain.AppendAsync(session, 5);
        chain.Size.Should().Be(8);
    }

    [NitroFact]
    public async Task Reconnect_AfterAnAbruptEnd_FindsTheChainWhereItWas()
    {
        var chain = await AppendAndHangUpAsync(7);
        await using var session = await enclave.OpenAsync();
        var heads = await session.SendAsync<HeadsReply>(new HeadsRequest([chain.Origin]), default);
        heads.Heads.Should().ContainSingle().Which.Size.Should().Be(7);
        await chain.AppendAsync(session, 1);
    }

    [NitroFact]
    public async Task Append_AfterALostReply_GetsTheSameAnswerAgain()
    {
        var chain = await AppendAndHangUpAsync(7);
        await using var session = await enclave.OpenAsync();
        await chain.RepeatAsync(session);
    }

    [NitroFact]
    public async Task Open_NewerGeneration_FencesTheOlderSession()
    {
        await using var older = await enclave.OpenAsync();
        var chain = await TestChain.CreateAsync(older);
        await using var newer = await enclave.OpenAsync();
        await Refused(() => chain.AppendAsync(older, 1), EnclaveRefusalReason.Fenced);
        await chain.AppendAsync(newer, 1);
        await Refused(() => enclave.OpenAsync(enclave.Generation), EnclaveRefusalReason.Fenced);
        await Refused(() => enclave.OpenAsync(enclave.Generation - 1), EnclaveRefusalReason.Fenced);
        await chain.AppendAsync(newer, 1);
    }

    [NitroFact]
    public async Task Append_AHundredThousandEntries_GivesTheRootOfAllOfThem()
    {
        await using var session = await enclave.OpenAsync();
        var chain = await TestChain.CreateAsync(session);
        var watch = new Stopwatch();
        while (chain.Size < ManyEntries)
            await chain.AppendAsync(session, EntriesPerFrame, watch);
        chain.Size.Should().Be(ManyEntries);
        output.WriteLine(
            $"figure: entries, {EntriesPerFrame} in a frame: {ManyEntries / watch.Elapsed.TotalSeconds:0}/s");
    }

    [NitroFact]
    public async Task RoundTrips_OneAfterTheOther_AreCounted()
    {
        await using var session = await enclave.OpenAsync();
        var chain = await TestChain.CreateAsync(session);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < RoundTrips; i++)
            await DescribeAsync(session);
        output.WriteLine($"figure: round trips (describe): {RoundTrips / watch.Elapsed.TotalSeconds:0}/s");
        var appending = new Stopwatch();
        for (var i = 0; i < RoundTrips; i++)
            await chain.AppendAsync(session, 1, appending);
        output.WriteLine(
            $"figure: round trips (append of one): {RoundTrips / appending.Elapsed.TotalSeconds:0}/s");
    }

    private async Task<TestChain> AppendAndHangUpAsync(int entries)
    {
        var session = await enclave.OpenAsync();
        var chain = await TestChain.CreateAsync(session);
        await chain.AppendAsync(session, entries);
        await session.DisposeAsync();
        return chain;
    }

    private static Task<DescribeReply> DescribeAsync(EnclaveSession session) =>
        session.SendAsync<DescribeReply>(new DescribeRequest(), default);

    private static async Task Refused(Func<Task> action, EnclaveRefusalReason reason) =>
        (await action.Should().ThrowAsync<EnclaveRefusedException>())
        .Which.Refusal.Reason.Should().Be(reason);
}
