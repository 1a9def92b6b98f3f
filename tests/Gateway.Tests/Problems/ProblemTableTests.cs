using Sequencer.Testing;

namespace Sequencer.Gateway.Tests;

public class ProblemTableTests
{
    [Fact]
    public void ErrorsDocument_ListsEveryCodeWithItsStatus_AndNoOther()
    {
        var rows = File.ReadLines(Path.Combine(SharedData.RepositoryRoot, "docs", "errors.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (Code: cells[1].Trim('`'), Status: cells[2]));
        var table = Enum.GetValues<ProblemCode>()
            .Select(code => (Code: ProblemTable.NameOf(code), Status: $"{ProblemTable.StatusOf(code)}"));
        rows.Should().Equal(table);
    }

    [Fact]
    public void EveryRefusalOfTheCore_HasAProblem()
    {
        foreach (var code in Enum.GetValues<Core.RefusalCode>())
            new Core.Refusal(code, "Why.").ToProblem().Status.Should().BeInRange(400, 503);
    }
}
