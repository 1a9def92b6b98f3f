using System.Net;
using System.Text;
using Sequencer.Core.Tests.Witnesses;
using Sequencer.Tlog;

namespace Sequencer.Gateway.Tests;

/// <summary>The real gateway, asking witnesses over HTTP: one dead, one lying, one silent, two right.</summary>
public sealed class WitnessedGatewayTests : IAsyncLifetime
{
    private const string Chain = "demo";

    private readonly List<ScriptedServer> _servers = [];
    private readonly List<ModelWitness> _witnesses;
    private readonly string _policyFile = Path.GetTempFileName();
    private TestGateway _gateway = null!;

    public WitnessedGatewayTests() =>
        _witnesses = [.. Enumerable.Range(1, 5).Select(i => new ModelWitness($"w{i}", LogKeyOf, TimeProvider.System))];

    public async Task InitializeAsync()
    {
        var lie = NoteSignature.Cosignature(_witnesses[1].Key, 1, new byte[64]).ToLine();
        _servers.Add(new ScriptedServer(ScriptedServer.Answer("200 OK", "text/plain", Latin1(lie))));
        _servers.Add(new ScriptedServer());
        _servers.Add(new ScriptedServer(request => ScriptedWitness.AnswerAsync(_witnesses[3], request)));
        _servers.Add(new ScriptedServer(request => ScriptedWitness.AnswerAsync(_witnesses[4], request)));
        string[] urls = ["http://127.0.0.1:1/", .. _servers.Select(server => server.Url)];
        var lines = _witnesses.Zip(urls, (witness, url) => $"witness {witness.Name} {witness.Key} {url}\n");
        await File.WriteAllTextAsync(
            _policyFile, string.Concat(lines) + "group two 2 w1 w2 w3 w4 w5\nquorum two\n");
        _gateway = await TestGateway.StartAsync(
            ("witnesses:policy_file", _policyFile), ("witnesses:interval_ms", "0"), ("witnesses:timeout_ms", "300"),
            ("chain_defaults:public", "true"), ("sequencer:outcome_timeout_seconds", "20"));
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
        File.Delete(_policyFile);
    }

    [Fact]
    public async Task WitnessedFinality_ComesFromTheRightOnes_WhateverTheOthersDo()
    {
        for (var i = 0; i < 5; i++)
        {
            var response = await _gateway.PostJsonAsync(
                "/sequence", Chain, $"{{\"data\":\"entry {i}\"}}", ("Prefer", "finality=witnessed"));
            response.StatusCode.Should().Be(HttpStatusCode.OK);
            response.Headers.GetValues("Preference-Applied").Should().Equal("finality=witnessed");
            var receipt = (await response.JsonAsync()).Text("attestation");
            var proof = receipt.ShouldProve(_gateway, Chain, (ulong)i, Encoding.UTF8.GetBytes($"entry {i}"));
            ShouldHaveQuorum(proof.Checkpoint);
        }

        var read = (await (await _gateway.GetAsync("/sequence/0", Chain)).JsonAsync()).Text("attestation");
        ShouldHaveQuorum(read.ShouldProve(_gateway, Chain, 0, "entry 0"u8).Checkpoint);
        ShouldHaveQuorum(await _gateway.Http.GetStringAsync($"/log/{Chain}/checkpoint"));
        var metrics = await _gateway.Http.GetStringAsync("/metrics");
        metrics.Should().Contain("sequencer_witness_answers").And.Contain("sequencer_witnessed_age_seconds");
    }

    [Fact]
    public async Task WitnessedFinality_OfABatch_CoversAllOfIt()
    {
        var response = await _gateway.PostJsonAsync(
            "/sequence/batch", Chain, "[\"a\",\"b\",\"c\"]", ("Prefer", "finality=witnessed"));

        response.Headers.GetValues("Preference-Applied").Should().Equal("finality=witnessed");
        var note = (await response.JsonAsync()).Text("checkpoint");
        ShouldHaveQuorum(note);
        Checkpoint.Parse(SignedNote.Parse(note).Text).Size.Should().BeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task Checkpoint_Latest_IsTheNewestOfAll()
    {
        await _gateway.PostJsonAsync("/sequence", Chain, "{\"data\":\"a\"}", ("Prefer", "finality=enclave"));

        var latest = await _gateway.Http.GetStringAsync($"/log/{Chain}/checkpoint?latest");
        Checkpoint.Parse(SignedNote.Parse(latest).Text).Size.Should().Be(1);
    }

    [Fact]
    public async Task Checkpoint_WhileTheNewestLacksItsQuorum_IsTheOlderWitnessedOne_AndLatestTheNewer()
    {
        TestGateway? started = null;
        await using var witness = new ScriptedWitness("w6", origin =>
            VerifierKey.Create(origin, SignatureType.Ed25519, started!.LogPublicKey.Span));
        await File.WriteAllTextAsync(_policyFile, witness.PolicyLine + "quorum w6\n");
        await using var alone = await TestGateway.StartAsync(
            ("witnesses:policy_file", _policyFile), ("witnesses:interval_ms", "0"),
            ("chain_defaults:public", "true"));
        started = alone;
        await alone.PostJsonAsync("/sequence", Chain, "{\"data\":\"a\"}", ("Prefer", "finality=witnessed"));
        witness.Hold();
        await alone.PostJsonAsync("/sequence", Chain, "{\"data\":\"b\"}", ("Prefer", "finality=enclave"));

        (await SizeAsync($"/log/{Chain}/checkpoint")).Should().Be(1);
        (await SizeAsync($"/log/{Chain}/checkpoint?latest")).Should().Be(2);

        async Task<ulong> SizeAsync(string path) =>
            Checkpoint.Parse(SignedNote.Parse(await alone.Http.GetStringAsync(path)).Text).Size;
    }

    [Fact]
    public async Task Heartbeat_NamesWitnessesQuorumAndInterval()
    {
        var configuration = (await (await _gateway.GetAsync("/heartbeat")).JsonAsync())["configuration"]!;
        configuration["witnesses"]!.ToJsonString().Should().Be(
            "{\"names\":[\"w1\",\"w2\",\"w3\",\"w4\",\"w5\"],\"quorum\":\"two\",\"interval_ms\":0}");
    }

    [Fact]
    public async Task NoQuorum_TellsTheIndex_AndServesNoCheckpointAsWitnessed()
    {
        await File.WriteAllTextAsync(
            _policyFile, $"witness w1 {_witnesses[0].Key} http://127.0.0.1:1/\nquorum w1\n");
        await using var alone = await TestGateway.StartAsync(
            ("witnesses:policy_file", _policyFile), ("sequencer:outcome_timeout_seconds", "3"),
            ("chain_defaults:public", "true"), ("chain_defaults:finality", "witnessed"));

        var response = await alone.PostJsonAsync("/sequence", Chain, "{\"data\":\"a\"}");

        (await response.ShouldBeProblemAsync(503, "witness_timeout")).Number("idx").Should().Be(0);
        response.Headers.RetryAfter.Should().BeNull("without a key the same request would take another place");
        var checkpoint = await alone.GetAsync($"/log/{Chain}/checkpoint");
        await checkpoint.ShouldBeProblemAsync(404, "checkpoint_unwitnessed");
        (await alone.GetAsync($"/log/{Chain}/checkpoint?latest")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await (await alone.GetAsync("/sequence/0", Chain)).JsonAsync()).Text("data").Should().Be("a");
        var unwitnessed = await alone.PostJsonAsync(
            "/sequence", Chain, "{\"data\":\"b\"}", ("Prefer", "finality=enclave"));
        unwitnessed.StatusCode.Should().Be(HttpStatusCode.OK);
        unwitnessed.Headers.GetValues("Preference-Applied").Should().Equal("finality=enclave");
    }

    private VerifierKey LogKeyOf(string origin) =>
        VerifierKey.Create(origin, SignatureType.Ed25519, _gateway.LogPublicKey.Span);

    private void ShouldHaveQuorum(string note)
    {
        var cosigners = SignedNote.Parse(note).Verify([.. _witnesses.Select(witness => witness.Key)]).Keys;
        cosigners.Select(key => key.Name).Should().BeEquivalentTo("w4", "w5");
    }

    private static string Latin1(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
