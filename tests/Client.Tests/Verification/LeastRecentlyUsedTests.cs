namespace Sequencer.Client.Tests.Verification;

public class LeastRecentlyUsedTests
{
    [Fact]
    public void Add_BeyondCapacity_ForgetsTheOneLongestNotAskedFor()
    {
        var memory = new LeastRecentlyUsed<int, string>(2);
        memory.Add(1, "one");
        memory.Add(2, "two");
        memory.Find(1).Should().Be("one");
        memory.Add(3, "three");

        memory.Find(1).Should().Be("one");
        memory.Find(2).Should().BeNull();
        memory.Find(3).Should().Be("three");
    }

    [Fact]
    public void Add_SameKeyAgain_ReplacesTheValueAndForgetsNothing()
    {
        var memory = new LeastRecentlyUsed<int, string>(2);
        memory.Add(1, "one");
        memory.Add(2, "two");
        memory.Add(2, "deux");

        memory.Find(1).Should().Be("one");
        memory.Find(2).Should().Be("deux");
    }
}
