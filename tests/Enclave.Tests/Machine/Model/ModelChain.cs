using System.Text;
using Sequencer.Protocol;
using Sequencer.Tlog;

namespace Sequencer.Enclave.Tests;

/// <summary>What the model knows of a chain, over all epochs.</summary>
/// <param name="id">Its id.</param>
/// <param name="isWitnessed">Whether it is of witnessed finality.</param>
internal sealed class ModelChain(string id, bool isWitnessed)
{
    public string Origin { get; } = $"{Epoch.Prefix}/{id}";

    /// <summary>Every leaf, those of an unsealed proposal too.</summary>
    public List<Hash> Leaves { get; } = [];

    public bool IsHeld { get; private set; }

    public bool IsRetired { get; set; }

    /// <summary>When its opening was begun in this epoch.</summary>
    public ulong? Begun { get; set; }

    /// <summary>The proposal that is not sealed.</summary>
    public AppendResult? Unsealed { get; private set; }

    public ResumeRequest? ToResume { get; private set; }

    public (int First, Hash[] Leaves, AppendResult Answer)? Last { get; private set; }

    public Checkpoint Tip => new(Origin, (ulong)Leaves.Count, Tree.Root(Leaves.ToArray()));

    /// <summary>The size of the head.</summary>
    public ulong Sealed => Unsealed?.FirstIndex ?? (ulong)Leaves.Count;

    private Dictionary<ulong, Hash> Signed { get; } = [];

    private ulong Time { get; set; }

    /// <summary>The epoch ends; what it said last is kept, as a ledger would.</summary>
    public void End(Epoch epoch)
    {
        Begun = null;
        if (!IsHeld)
            return;
        ToResume = epoch.ToResume([.. Leaves], Origin) with
        {
            Proposal = Unsealed is { Proposal: { } signature }
                ? new PriorProposal(Tip.ToNoteText(), signature)
                : null,
        };
        (IsHeld, IsRetired, Last, Unsealed) = (false, false, null, null);
    }

    public void Adopt(Head head, Epoch epoch, ulong now)
    {
        (IsHeld, IsRetired, Last, Begun) = (true, false, null, null);
        Check(head.Size, head.Root, head.Time, head.Cosignature, epoch, now);
    }

    public void Append(int first, Hash[] leaves, AppendResult result, Epoch epoch, ulong now)
    {
        Leaves.AddRange(leaves);
        Last = (first, leaves, result);
        if (!isWitnessed)
        {
            Check(result.NewSize, result.Root, result.Time, result.Cosignature, epoch, now);
            return;
        }

        Unsealed = result;
        (result.NewSize, result.Root).Should().Be((Tip.Size, Tip.Root));
        epoch.Machine.Cosigner.Verify(Encoding.UTF8.GetBytes(Tip.ToNoteText()), result.Proposal!.Value.Span);
    }

    public void Seal(Head head, Epoch epoch, ulong now)
    {
        if (Unsealed is null || head.Size == Unsealed.FirstIndex)
        {
            head.Size.Should().Be(Sealed, "an earlier seal was repeated");
            return;
        }

        Unsealed = null;
        Check(head.Size, head.Root, head.Time, head.Cosignature, epoch, now);
    }

    private void Check(
        ulong size, Hash root, ulong time, ReadOnlyMemory<byte> cosignature, Epoch epoch, ulong now)
    {
        (size, root).Should().Be((Tip.Size, Tip.Root));
        Signed.TryAdd(size, root);
        root.Should().Be(Signed[size], "there is one root for each size");
        time.Should().Be(Math.Max(now, Time));
        Time = time;
        epoch.Machine.Cosigner.Verify(
            Encoding.UTF8.GetBytes($"cosignature/v1\ntime {time}\n{Origin}\n{size}\n{root}\n"),
            cosignature.Span);
    }
}
