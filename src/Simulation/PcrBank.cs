using System.Security.Cryptography;
using Sequencer.Attestation;

namespace Sequencer.Simulation;

/// <summary>
/// The 32 PCRs of a module: 0 to 15 are locked from the start, 16 to 31 belong to the application.
/// </summary>
internal sealed class PcrBank
{
    public const int Count = 32;

    private const int LockedAtBoot = 16;

    private readonly byte[][] _values = new byte[Count][];
    private readonly bool[] _locked = new bool[Count];

    public PcrBank(IReadOnlyDictionary<int, ReadOnlyMemory<byte>> initial)
    {
        for (var i = 0; i < Count; i++)
        {
            _values[i] = new byte[AttestationDocument.PcrSize];
            _locked[i] = i < LockedAtBoot;
        }

        foreach (var (index, value) in initial)
        {
            if (index is < 0 or >= LockedAtBoot || value.Length != AttestationDocument.PcrSize)
            {
                throw new ArgumentException(
                    $"PCR{index} of {value.Length} bytes cannot be given: 0 to 15, 48 bytes each.",
                    nameof(initial));
            }

            _values[index] = value.ToArray();
        }
    }

    /// <summary>The locked PCRs, which are those a document carries.</summary>
    public IEnumerable<(int Index, byte[] Value)> Locked
    {
        get
        {
            for (var i = 0; i < Count; i++)
            {
                if (_locked[i])
                    yield return (i, _values[i]);
            }
        }
    }

    public PcrValue Describe(int index)
    {
        CheckIndex(index);
        return new PcrValue(_locked[index], _values[index].ToArray());
    }

    public byte[] Extend(int index, ReadOnlySpan<byte> data)
    {
        CheckWritable(index);
        _values[index] = SHA384.HashData([.. _values[index], .. data]);
        return _values[index].ToArray();
    }

    public void Lock(int index)
    {
        CheckWritable(index);
        _locked[index] = true;
    }

    public void LockBelow(int range)
    {
        if (range is < 0 or > Count)
            throw new NsmException(NsmError.InvalidIndex, $"There are {Count} PCRs, not {range}.");
        Array.Fill(_locked, true, 0, range);
    }

    private static void CheckIndex(int index)
    {
        if (index is < 0 or >= Count)
            throw new NsmException(NsmError.InvalidIndex, $"There is no PCR{index}.");
    }

    private void CheckWritable(int index)
    {
        CheckIndex(index);
        if (_locked[index])
            throw new NsmException(NsmError.ReadOnlyIndex, $"PCR{index} is locked.");
    }
}
