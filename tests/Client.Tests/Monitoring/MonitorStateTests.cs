using System.Text.Json.Nodes;
using CsCheck;
using Sequencer.Client.Tests.Fixtures;
using Sequencer.Testing;
using Sequencer.Tlog;

namespace Sequencer.Client.Tests.Monitoring;

public sealed class MonitorStateTests : IAsyncLifetime, IDisposable
{
    private readonly MonitorFixture _m = new(300, 100);
    private readonly TempFolder _folder = new();
    private string _json = "";

    private string Path => _folder.Under("state.json");

    public async Task InitializeAsync()
    {
        await _m.LookAsync();
        _json = _m.Monitor.State!.ToJson();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _m.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ToJson_ReadAgain_IsTheSame() => MonitorState.Parse(_json).ToJson().Should().Be(_json);

    [Fact]
    public void ToJson_IsForPeopleToRead() =>
        _json.Should().StartWith("{\n  \"format\": \"sequencer-monitor-state/v1\",\n")
            .And.Contain("\"origin\": \"sequencer.example/log/demo\"")
            .And.Contain("— sequencer.example/log/demo ").And.Contain("\"tile/0/001.p/44\": ");

    [Theory]
    [InlineData("format", "sequencer-monitor-state/v2", "its format is 'sequencer-monitor-state/v2'")]
    [InlineData("origin", "elsewhere.example/log/demo", "not of one log")]
    [InlineData("log_key", "nonsense", "verifier key is malformed")]
    [InlineData("checkpoint", "nonsense", "signed note is malformed")]
    [InlineData("checkpoint", null, "not of the agreed form")]
    [InlineData("edge", null, "not of the agreed form")]
    [InlineData("unheard_of", "x", "not of the agreed form")]
    public void Parse_MemberDamaged_SaysWhat(string member, string? value, string why)
    {
        var json = JsonNode.Parse(_json)!.AsObject();
        json[member] = value is null ? null : JsonValue.Create(value);

        Refused(json.ToJsonString()).Should().Contain(why).And.Contain("Restore it from a copy");
    }

    [Fact]
    public void Parse_EdgeOfOtherHashes_IsDamaged()
    {
        var json = JsonNode.Parse(_json)!.AsObject();
        json["edge"]!["tile/0/001.p/44"] = Convert.ToBase64String(new byte[44 * 32]);
        Refused(json.ToJsonString()).Should().Contain("does not give the root");

        json["edge"]!.AsObject().Remove("tile/0/001.p/44");
        Refused(json.ToJsonString()).Should().Contain("does not give the root");
    }

    [Fact]
    public void Parse_AnyChange_IsReadAsTheSameLogOrRefused() =>
        Gen.Select(Gen.Int[0, _json.Length - 1], Gen.Char[' ', '~']).Sample((at, letter) =>
        {
            var changed = $"{_json[..at]}{letter}{_json[(at + 1)..]}";
            try
            {
                MonitorState.Parse(changed).Checkpoint.Should().Be(_m.Log.CheckpointAt(300));
            }
            catch (MonitorStateException refused)
            {
                refused.Message.Should().StartWith("The state is damaged: ");
            }
        }, iter: 300);

    [Fact]
    public void File_SavedAndLoaded_IsTheSame()
    {
        using (var file = MonitorStateFile.Open(Path))
        {
            file.Load(MonitorFixture.Chain, _m.Log.Policy).Should().BeNull();
            file.Save(_m.Monitor.State!);
        }

        using var again = MonitorStateFile.Open(Path);
        again.Load(MonitorFixture.Chain, _m.Log.Policy)!.ToJson().Should().Be(_json);
        File.Exists(Path + ".new").Should().BeFalse();
    }

    [Fact]
    public void File_DraftOfACrash_IsNotTheState()
    {
        using var file = MonitorStateFile.Open(Path);
        file.Save(_m.Monitor.State!);
        File.WriteAllText(Path + ".new", _json[..100]);

        file.Load(MonitorFixture.Chain, null)!.ToJson().Should().Be(_json);
        file.Save(_m.Monitor.State!);
        File.ReadAllText(Path).Should().Be(_json);
    }

    [Fact]
    public void File_OfAnotherChainOrLog_IsRefusedByName()
    {
        using var file = MonitorStateFile.Open(Path);
        file.Save(_m.Monitor.State!);
        ChainId.TryParse("other", out var other).Should().BeTrue();
        using var key = PrivateKeyText.Generate(TestLog.LogOrigin);
        var policy = TlogPolicy.Parse($"log {key.VerifierKey}\nquorum none\n");

        file.Invoking(f => f.Load(other, null)).Should().Throw<MonitorStateException>()
            .WithMessage("*not of the chain other*");
        file.Invoking(f => f.Load(MonitorFixture.Chain, policy)).Should().Throw<MonitorStateException>()
            .WithMessage("*which the policy does not name*");
    }

    [Fact]
    public void File_InUse_IsRefused()
    {
        using var file = MonitorStateFile.Open(Path);

        FluentActions.Invoking(() => MonitorStateFile.Open(Path)).Should().Throw<MonitorStateException>()
            .WithMessage("*Only one monitor*");
    }

    [Fact]
    public void File_InAFolderThatIsMissing_SaysSoAndNothingOfOtherMonitors() =>
        FluentActions.Invoking(() => MonitorStateFile.Open($"{Path}.d/state"))
            .Should().Throw<MonitorStateException>()
            .Which.Message.Should().EndWith($": the folder {Path}.d does not exist.");

    private static string Refused(string json) => FluentActions.Invoking(() => MonitorState.Parse(json))
        .Should().Throw<MonitorStateException>().Which.Message;
}
