using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sequencer.Witness.Tests;

public sealed class WitnessHttpTests
{
    private readonly TestLog _log = new("log.example/chain");

    [Fact]
    public async Task Monitoring_ShowsTheNewestWithBothSignatures_OnceThereIsOne()
    {
        await using var witness = await StartAsync();
        var path = $"/{StateStore.NameOf(_log.Origin)}/checkpoint";
        (await witness.Http.GetAsync(path)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        await witness.PostAsync(_log.Request(0, 3).ToString());
        await witness.PostAsync(_log.Request(3, 5).ToString());
        var answer = await witness.Http.GetAsync(path);
        answer.Content.Headers.ContentType!.ToString().Should().Be("text/plain; charset=utf-8");
        var note = SignedNote.Parse(await answer.Content.ReadAsStringAsync()).Verify([_log.Key, witness.Key]);
        note.Keys.Should().Equal(_log.Key, witness.Key);
        Checkpoint.Parse(note.Text).Should().Be(_log.At(5));
        var upper = StateStore.NameOf(_log.Origin).ToUpperInvariant();
        (await witness.Http.GetAsync($"/{upper}/checkpoint")).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Root_IsTheWitnessesKey_BehindThePathPrefixToo()
    {
        await using var witness = await StartAsync(("server:path_prefix", "/wit"));
        (await witness.Http.GetStringAsync("/wit/")).Should().Be($"{witness.Key}\n");
        (await witness.PostAsync(_log.Request(0, 3).ToString(), "/wit/add-checkpoint"))
            .StatusCode.Should().Be(HttpStatusCode.OK);
        (await witness.PostAsync(_log.Request(3, 4).ToString())).StatusCode
            .Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Refusals_HaveTheirStatusAndASentence()
    {
        await using var witness = await StartAsync();
        await witness.PostAsync(_log.Request(0, 3).ToString());
        var fork = new TestLog(_log.Origin, forkedFrom: 0, fork: "other");
        await ExpectAsync(witness, "nonsense", 400, "old <decimal>");
        await ExpectAsync(
            witness, new AddCheckpointRequest(9, [], _log.Note(4)).ToString(), 400, "never shrinks");
        await ExpectAsync(
            witness, new TestLog(_log.Origin, seed: 2).Request(3, 4).ToString(), 403, "log's key");
        await ExpectAsync(
            witness, new TestLog("other").Request(0, 3).ToString(), 404, "does not cosign the log other");
        await ExpectAsync(witness, _log.Request(0, 4).ToString(), 409, "3\n");
        await ExpectAsync(witness, fork.Request(3, 4).ToString(), 422, "consistency proof");
    }

    [Fact]
    public async Task OtherPathsAndMethods_AreRefused()
    {
        await using var witness = await StartAsync();
        (await witness.Http.GetAsync("/add-checkpoint")).StatusCode
            .Should().Be(HttpStatusCode.MethodNotAllowed);
        (await witness.Http.GetAsync("/nothing/here")).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await witness.Http.GetStringAsync("/health/live")).Should().Be("live\n");
        (await witness.Http.GetStringAsync("/health/ready")).Should().Be("ready\n");
    }

    [Fact]
    public async Task Body_LongerThanARequestMayBe_Is413()
    {
        await using var witness = await StartAsync();
        var longest = "old 0\n\n" + new string('x', AddCheckpointRequest.MaxSizeBytes - 7);
        await ExpectAsync(witness, longest, 400, "at most");
        await ExpectAsync(witness, longest + "x", 413, "at most");
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/add-checkpoint")
        {
            Content = new StringContent(longest + "xx"),
        };
        chunked.Headers.TransferEncodingChunked = true;
        ((int)(await witness.Http.SendAsync(chunked)).StatusCode).Should().Be(413);
    }

    [Fact]
    public async Task Body_ThatDoesNotArrive_Is408()
    {
        await using var witness = await StartAsync(("server:body_timeout_seconds", "1"));
        using var client = new TcpClient();
        await client.ConnectAsync(witness.Http.BaseAddress!.Host, witness.Http.BaseAddress.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nold"));
        using var reader = new StreamReader(client.GetStream());
        (await reader.ReadToEndAsync())
            .Should().StartWith("HTTP/1.1 408 ").And.Contain("body_timeout_seconds");
    }

    [Fact]
    public async Task ClientThatAsksTooOften_Is429()
    {
        await using var witness = await StartAsync(
            ("server:requests_per_second", "1"), ("server:burst", "3"));
        var statuses = new List<int>();
        // On a slow machine more than the burst is answered: each second gives another.
        do
            statuses.Add((int)(await witness.Http.GetAsync("/")).StatusCode);
        while (statuses[^1] == 200);
        statuses.Should().HaveCountGreaterThan(3).And.EndWith(429);
        (await witness.Http.GetAsync("/health/live")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task RequestLog_TellsTheOutcomeAndNoBody()
    {
        await using var witness = await StartAsync();
        var request = _log.Request(0, 3).ToString();
        await witness.PostAsync(request);
        await witness.PostAsync("a secret that is no request");
        // A request's line follows its answer, but comes before the next request on the same connection: once this one
        // is answered, those of the others are there.
        await witness.Http.GetAsync("/?query=secret");
        witness.Log.Text.Should().Contain("POST /add-checkpoint 200 in")
            .And.Contain("cosigned log.example/chain at 3")
            .And.Contain("POST /add-checkpoint 400 in").And.Contain(": Malformed")
            .And.NotContain("secret").And.NotContain(request.Split('\n')[4]);
    }

    /// <summary>
    /// Forks of one log race over real connections: whatever the order, the cosigned checkpoints are one
    /// history.
    /// </summary>
    [Fact]
    public async Task ManyClientsOnOneLog_NeverTwoRootsForOneSize()
    {
        const int Clients = 8, Rounds = 25;
        await using var witness = await StartAsync();
        var forks = Enumerable.Range(0, Clients)
            .Select(i => new TestLog(_log.Origin, forkedFrom: 10 * (i / 2), fork: $"{i / 2}-")).ToList();
        var cosigned = await Task.WhenAll(forks.Select((fork, i) => RaceAsync(witness, fork, i, Rounds)));
        var bySize = cosigned.SelectMany(list => list).GroupBy(checkpoint => checkpoint.Size).ToList();
        bySize.Should().NotBeEmpty();
        bySize.Should().OnlyContain(same => same.Distinct().Count() == 1);
        // And every one of them is in the history of the fork that won.
        var newest = bySize.MaxBy(same => same.Key)!.First();
        var winner = forks.First(fork => fork.At(newest.Size) == newest);
        foreach (var same in bySize)
            same.First().Should().Be(winner.At(same.Key));
    }

    private static async Task<List<Checkpoint>> RaceAsync(
        TestWitness witness, TestLog fork, int client, int rounds)
    {
        using var http = new HttpClient { BaseAddress = witness.Http.BaseAddress };
        var chance = new Random(client);
        var cosigned = new List<Checkpoint>();
        var from = 0UL;
        for (var round = 0; round < rounds; round++)
        {
            var to = from + (ulong)chance.Next(4);
            using var answer = await http.PostAsync(
                "/add-checkpoint", new StringContent(fork.Request(from, to).ToString()));
            var body = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                SignedNote.Create(fork.At(to).ToNoteText(), NoteSignature.ParseLine(body.TrimEnd('\n')))
                    .Verify([witness.Key]);
                cosigned.Add(fork.At(to));
                from = to;
            }
            else if (answer.StatusCode == HttpStatusCode.Conflict)
            {
                from = AddCheckpointAnswer.ParseSize(Encoding.UTF8.GetBytes(body));
            }
            else
            {
                ((int)answer.StatusCode).Should().Be(422, body);
            }
        }

        return cosigned;
    }

    private Task<TestWitness> StartAsync(params (string, string)[] settings) =>
        TestWitness.StartAsync(_log.Key.ToString(), settings);

    private static async Task ExpectAsync(TestWitness witness, string body, int status, string sentence)
    {
        using var answer = await witness.PostAsync(body);
        ((int)answer.StatusCode).Should().Be(status);
        (await answer.Content.ReadAsStringAsync()).Should().Contain(sentence).And.EndWith("\n");
    }
}
