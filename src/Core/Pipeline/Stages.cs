namespace Sequencer.Core;

/// <summary>What an engine waits for while it runs.</summary>
internal static class Stages
{
    /// <summary>
    /// Waits until both stages have ended. The publisher ends well however the committer ends, and may be the
    /// first of the two to be seen.
    /// </summary>
    /// <param name="committing">The first stage.</param>
    /// <param name="publishing">The second.</param>
    /// <param name="beside">What runs as long as they do, and ends the engine by failing.</param>
    /// <exception cref="Exception">The first failure of any of them.</exception>
    public static async Task WaitAsync(Task committing, Task publishing, IEnumerable<Task> beside)
    {
        // Of what has failed at the same time the first here is told: that the gateway was fenced, before a
        // stage that may have failed for it.
        List<Task> running = [.. beside, committing, publishing];
        while (running.Contains(committing) || running.Contains(publishing))
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            await ended;
        }
    }
}
