using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>What a reader asks of a feed.</summary>
/// <param name="From">Index of the first entry; null for the next one that will be sequenced.</param>
/// <param name="Finality">Whose signatures must cover an entry before it is shown.</param>
internal readonly record struct FeedQuestion(ulong? From, FeedForm Form, Finality Finality)
{
    private const string Next = "next";

    /// <summary>Reads the question; a problem when it makes no sense.</summary>
    public static OrProblem<FeedQuestion> Read(HttpRequest request)
    {
        if (!QueryFlags.Read(request, "form", "base64", "auto").TryGet(out var isBase64, out var problem)
            || !QueryFlags.Read(request, "finality", "witnessed", "enclave")
                .TryGet(out var isWitnessed, out problem))
            return problem;
        if (!TryReadStart(request, out var from))
            return new Problem(ProblemCode.IndexMalformed,
                "from is next, or an index: a whole number from 0 up, in decimal digits without leading "
                + "zeros. Last-Event-ID is the index of the last entry that was received.");
        var accepted = request.Headers.Accept.ToString();
        var isNdJson = RequestHeaders.AcceptsNdJson(request)
            && !accepted.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
        return new FeedQuestion(
            from, new FeedForm(isNdJson, isBase64), isWitnessed ? Finality.Witnessed : Finality.Enclave);
    }

    private static bool TryReadStart(HttpRequest request, out ulong? from)
    {
        from = 0;
        var last = request.Headers["Last-Event-ID"];
        if (last.Count > 0)
        {
            // It wins: a browser that comes back sends it along with the address it began with.
            var isIndex = TryReadIndex(last.ToString(), out var received);
            from = received + 1;
            return isIndex;
        }

        var values = request.Query["from"];
        if (values.Count == 0)
            return true;
        if (values.ToString() == Next)
        {
            from = null;
            return true;
        }

        var isStart = TryReadIndex(values.ToString(), out var start);
        from = start;
        return isStart;
    }

    /// <summary>An index that an entry can have: the one that comes next is a number too.</summary>
    private static bool TryReadIndex(string text, out ulong index) =>
        EntryIndex.TryParse(text, out index) && index < CompactRange.MaxSize;
}
