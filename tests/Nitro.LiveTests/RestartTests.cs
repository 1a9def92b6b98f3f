using Sequencer.Protocol;
using Xunit.Abstractions;

namespace Sequencer.Nitro.LiveTests;

/// <summary>An enclave that is killed takes its key with it; the next one is another epoch.</summary>
[Trait("Category", "nitro")]
public class RestartTests(ITestOutputHelper output)
{
    /// <summary>
    /// Resuming needs the dead epoch's attestation document. A real one verifies; an emulated one must not,
    /// and the enclave of this image, which trusts AWS's root alone, refuses it by that name. The handover
    /// that follows when the document verifies is shown over simulated modules in the tests of the enclave.
    /// </summary>
    [NitroFact]
    public async Task Kill_ThenBoot_IsANewEpochThatRefusesAnEmulatedPast()
    {
        TestChain chain;
        ReadOnlyMemory<byte> document, oldKey;
        await using (var first = await NitroMachine.BootAsync(NitroFiles.Image))
        {
            await using var session = await OpenAsync(first);
            chain = await TestChain.CreateAsync(session);
            await chain.AppendAsync(session, 1_000);
            document = (await session.SendAsync<AttestReply>(new AttestRequest(null), default)).Document;
            oldKey = await KeyAsync(session);
        }

        await using var second = await NitroMachine.BootAsync(NitroFiles.Image);
        output.WriteLine($"figure: second boot: {second.BootTime.TotalSeconds:0.0} s");
        await using var next = await OpenAsync(second);
        (await KeyAsync(next)).ToArray().Should().NotEqual(oldKey.ToArray());
        var heads = await next.SendAsync<HeadsReply>(new HeadsRequest([chain.Origin]), default);
        heads.Heads.Should().BeEmpty("an enclave keeps nothing over its end");
        var resume = new ResumeRequest(
            chain.Origin, chain.Checkpoint, chain.Last.Time, chain.Last.Cosignature, document,
            chain.CompactRange);
        var refused = await FluentActions.Awaiting(() => next.SendAsync<OpenReply>(resume, default))
            .Should().ThrowAsync<EnclaveRefusedException>();
        refused.Which.Refusal.Reason.Should().Be(EnclaveRefusalReason.ResumeDocument);
        await (await TestChain.CreateAsync(next)).AppendAsync(next, 1);
    }

    private static Task<EnclaveSession> OpenAsync(NitroMachine machine) =>
        EnclaveSession.OpenAsync(machine.Transport, generation: 1, TimeProvider.System, default);

    private static async Task<ReadOnlyMemory<byte>> KeyAsync(EnclaveSession session) =>
        (await session.SendAsync<DescribeReply>(new DescribeRequest(), default)).PublicKey;
}
