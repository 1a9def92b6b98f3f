using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>
/// One subtree that has one hash under the root of a smaller tree and another under the root of a larger one.
/// The first entries of an append-only list never change, so no list has both roots.
/// </summary>
/// <param name="Node">The subtree; all of it lies within the smaller tree.</param>
/// <param name="Older">Its hash in the smaller tree.</param>
/// <param name="OlderProof">Leads from that hash to the smaller tree's root.</param>
/// <param name="Newer">Its hash in the larger tree.</param>
/// <param name="NewerProof">Leads from that hash to the larger tree's root.</param>
public sealed record SubtreeDisagreement(
    NodeId Node, Hash Older, IReadOnlyList<Hash> OlderProof, Hash Newer, IReadOnlyList<Hash> NewerProof)
{
    /// <summary>The first entry of the subtree.</summary>
    public ulong FirstIndex => Node.Index << Node.Level;

    /// <summary>The last entry of the subtree; one at least of all of them differs.</summary>
    public ulong LastIndex => FirstIndex + (1UL << Node.Level) - 1;

    /// <summary>
    /// Why this does not show that the two roots cannot be of one list; null when it does.
    /// </summary>
    public string? FindFlaw(Checkpoint older, Checkpoint newer)
    {
        ArgumentNullException.ThrowIfNull(older);
        ArgumentNullException.ThrowIfNull(newer);
        if (Older == Newer)
            return "The subtree has the same hash in both trees.";
        try
        {
            Hash[] olderProof = [.. OlderProof], newerProof = [.. NewerProof];
            if (SubtreeProof.RootFrom(Node, older.Size, Older, olderProof) != older.Root)
                return $"The proof does not lead to the root at size {older.Size}.";
            return SubtreeProof.RootFrom(Node, newer.Size, Newer, newerProof) == newer.Root
                ? null
                : $"The proof does not lead to the root at size {newer.Size}.";
        }
        catch (TlogException wrong)
        {
            return wrong.Message;
        }
    }
}
