namespace Sequencer.Core.Tests;

public sealed class BackoffTests
{
    [Fact]
    public void Next_DoublesUpToTheLongest()
    {
        var pauses = new Backoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(350));

        Enumerable.Range(0, 5).Select(_ => pauses.Next().TotalMilliseconds).Should().Equal(50, 100, 200, 350, 350);
    }
}
