namespace Sequencer.Tlog;

/// <summary>
/// A witness or a group of a policy. A name is a member of one group at most, so that the nodes under a
/// quorum form a tree in which every witness stands once.
/// </summary>
internal abstract class QuorumNode(string name)
{
    public string Name { get; } = name;

    /// <summary>Whether these cosigners satisfy the node.</summary>
    public abstract bool IsSatisfiedBy(IReadOnlySet<PolicyWitness> cosigners);

    /// <summary>Whether two sets of witnesses without a common member can both satisfy the node.</summary>
    public abstract bool CanBeSatisfiedTwice { get; }

    public sealed class Witness(PolicyWitness witness) : QuorumNode(witness.Name)
    {
        public override bool CanBeSatisfiedTwice => false;

        public override bool IsSatisfiedBy(IReadOnlySet<PolicyWitness> cosigners) =>
            cosigners.Contains(witness);
    }

    public sealed class Group(string name, int threshold, IReadOnlyList<QuorumNode> members)
        : QuorumNode(name)
    {
        /// <summary>
        /// Exact, because no witness stands under two members: a member that can be satisfied twice counts
        /// for both sets, every other one for whichever set it is given to.
        /// </summary>
        public override bool CanBeSatisfiedTwice
        {
            get
            {
                var twice = members.Count(m => m.CanBeSatisfiedTwice);
                var stillNeeded = Math.Max(0, threshold - twice);
                return 2 * stillNeeded <= members.Count - twice;
            }
        }

        public override bool IsSatisfiedBy(IReadOnlySet<PolicyWitness> cosigners) =>
            members.Count(m => m.IsSatisfiedBy(cosigners)) >= threshold;
    }
}
