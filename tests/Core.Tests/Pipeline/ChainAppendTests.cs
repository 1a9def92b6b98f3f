using System.Text;

namespace Sequencer.Core.Tests.Pipeline;

public sealed class ChainAppendTests
{
    /// <summary>
    /// An append that was sent in vain, and then takes a later one along in its lane, is signed with it: the
    /// callers of the later one are told that it was.
    /// </summary>
    [Fact]
    public void Add_AfterItsLeavesWereSentOnce_HasTheLaterOnesToo()
    {
        var id = CoreFixture.Chain();
        var chain = new Chain(id, "log/demo", new ChainLimits(), TimeProvider.System);
        var append = new ChainAppend(Run(chain, 0, "a", "b"));
        var later = new ChainAppend(Run(chain, 2, "c"));
        append.ToItem().Leaves.Length.Should().Be(2 * 32);

        append.Add(later.Runs);

        append.ToItem().Leaves.ToArray().Should().Equal(
            new ChainAppend(Run(chain, 0, "a", "b", "c")).ToItem().Leaves.ToArray());
        append.Submissions.Should().HaveCount(3);
    }

    private static ChainRun Run(Chain chain, ulong first, params string[] texts)
    {
        var run = new ChainRun(chain, first);
        foreach (var text in texts)
        {
            var submission = new Submission { Chain = chain.Id, Entries = [Encoding.UTF8.GetBytes(text)] };
            run.Submissions.Add(new PendingSubmission(submission, text.Length));
        }

        return run;
    }
}
