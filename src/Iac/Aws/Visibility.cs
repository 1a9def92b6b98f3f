using Sequencer.Iac.CommandLine;
using Sequencer.Iac.Instances;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Aws;

/// <summary>
/// Repeats what fails because AWS does not see everywhere yet what was made a moment ago (EC2 calls this eventual
/// consistency).
/// </summary>
internal sealed class Visibility(Session session)
{
    /// <summary>How long after something is made AWS may still say that there is none.</summary>
    private static readonly TimeSpan UnseenMax = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Does something, again while it fails so; what fails so for too long is told to be repeated later.
    /// </summary>
    /// <param name="what">What was made, for the person who waits.</param>
    /// <param name="isUnseen">Whether a failure may come from AWS not seeing it yet.</param>
    /// <param name="action">What to do.</param>
    /// <param name="cancellation">Ends the wait between two attempts.</param>
    public async Task<T> WhenSeenAsync<T>(
        string what, Func<IacException, bool> isUnseen, Func<Task<T>> action, CancellationToken cancellation)
    {
        var time = session.Surroundings.Time;
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await action();
            }
            catch (IacException e) when (isUnseen(e))
            {
                if (time.GetElapsedTime(start) >= UnseenMax)
                    throw Unseen(what, e);
                session.Report.Note($"{what}: not visible yet, trying again");
                await Task.Delay(InstanceWaiter.Interval, time, cancellation);
            }
        }
    }

    private static IacException Unseen(string what, IacException last) => new(
        last.Code,
        last.Message,
        $"AWS does not show what was made {UnseenMax.TotalSeconds} s ago ({what}): repeat the command in a minute.",
        last)
    { AwsCode = last.AwsCode };
}
