namespace Sequencer.Gateway;

/// <summary>What a reader asks of an entry.</summary>
/// <param name="AsBundle">Whether its receipt comes with the attestation document.</param>
/// <param name="IsBase64">True for <c>data_base64</c> whatever the entry is.</param>
internal readonly record struct EntryQuestion(ulong Index, bool AsBundle, bool IsBase64)
{
    /// <summary>Reads the question; a problem when it makes no sense.</summary>
    public static OrProblem<EntryQuestion> Read(HttpRequest request, string idx)
    {
        if (!EntryIndex.TryParse(idx, out var index))
            return new Problem(ProblemCode.IndexMalformed,
                "An index is a whole number from 0 up, in decimal digits without leading zeros.");
        if (!QueryFlags.Read(request, "bundle", "true", "false").TryGet(out var asBundle, out var problem)
            || !QueryFlags.Read(request, "form", "base64", "auto").TryGet(out var isBase64, out problem))
            return problem;
        return new EntryQuestion(index, asBundle, isBase64);
    }
}
