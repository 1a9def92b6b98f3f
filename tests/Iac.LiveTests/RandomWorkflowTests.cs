using System.Globalization;
using Xunit.Abstractions;

namespace Sequencer.Iac.LiveTests;

/// <summary>
/// A hundred workflows of random command lines on a few names, each line with the exit code that a small
/// model predicts; at the end of each workflow AWS and the disk must hold what the model holds.
/// </summary>
[Collection(OneAws.Name)]
public sealed class RandomWorkflowTests(Aws aws, ITestOutputHelper output)
{
    /// <summary>Repeats a run that failed.</summary>
    private const string SeedVariable = "SEQUENCER_IAC_LIVE_SEED";

    private const int Batches = 10;
    private const int WorkflowsPerBatch = 10;
    private const int StepsLeast = 3;
    private const int StepsMost = 7;

    /// <summary>Workflows at one time: the machines that run this have few cores.</summary>
    private const int AtOnce = 2;

    private static readonly int Seed =
        Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Environment.TickCount & 0xFFFF;

    public static TheoryData<int> Numbers() => [.. Enumerable.Range(0, LiveTarget.IsAws ? 1 : Batches)];

    [LiveTheory]
    [MemberData(nameof(Numbers))]
    public async Task TenRandomWorkflows_EndAsTheModelSays(int batch)
    {
        output.WriteLine($"{SeedVariable}={Seed}, batch {batch}");
        var options = new ParallelOptions { MaxDegreeOfParallelism = LiveTarget.IsAws ? 1 : AtOnce };
        var first = batch * WorkflowsPerBatch;
        await Parallel.ForAsync(
            first, first + WorkflowsPerBatch, options, async (number, _) => await RunOneAsync(number));
    }

    private async Task RunOneAsync(int number)
    {
        var random = new Random((Seed * 1_000) + number);
        using var work = new Workspace(aws);
        var model = new Model(work);
        var history = new List<string> { $"{SeedVariable}={Seed}, workflow {number}:" };
        for (var step = random.Next(StepsLeast, StepsMost + 1); step > 0; step--)
        {
            var (line, expected) = model.Next(random);
            var outcome = line.StartsWith("rm ", StringComparison.Ordinal)
                ? await work.BashAsync(line)
                : await work.RunAsync(line);
            history.Add($"{line} -> {outcome.ExitCode}");
            outcome.ExitCode.Should().Be(
                expected, "{0}\n{1}{2}", string.Join('\n', history), outcome.Error, outcome.Output);
        }

        var because = string.Join('\n', history);
        var state = await State.AskAsync(aws, work.Prefix);
        state.Keys.Should().Equal(model.Keys, because);
        state.Groups.Should().Equal(model.Groups, because);
        state.Instances.Should().Equal(model.Instances, because);
        Directory.GetFiles(work.PathOf("secrets"), "*.pem*")
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .Should().BeEquivalentTo(model.Files, because);
        await state.DeleteAllAsync(aws);
        (await State.AskAsync(aws, work.Prefix)).IsEmpty.Should().BeTrue(because);
    }
}
