namespace Sequencer.Attestation;

/// <summary>The seven calls over anything that carries a request and brings an answer.</summary>
internal sealed class NsmClient(Func<byte[], byte[]> exchange)
{
    public byte[] Attest(
        ReadOnlyMemory<byte>? userData, ReadOnlyMemory<byte>? nonce, ReadOnlyMemory<byte>? publicKey)
    {
        CheckSize(userData?.Length, "user_data");
        CheckSize(nonce?.Length, "nonce");
        CheckSize(publicKey?.Length, "public_key");
        return NsmResponses.Attestation(exchange(NsmMessages.Attestation(userData, nonce, publicKey)));
    }

    public NsmDescription Describe() => NsmResponses.DescribeNsm(exchange(NsmMessages.DescribeNsm()));

    public PcrValue DescribePcr(int index) =>
        NsmResponses.DescribePcr(exchange(NsmMessages.DescribePcr(CheckedIndex(index))));

    public byte[] ExtendPcr(int index, ReadOnlySpan<byte> data)
    {
        CheckSize(data.Length, "data");
        return NsmResponses.ExtendPcr(exchange(NsmMessages.ExtendPcr(CheckedIndex(index), data)));
    }

    public void LockPcr(int index) =>
        NsmResponses.LockPcr(exchange(NsmMessages.LockPcr(CheckedIndex(index))));

    public void LockPcrs(int range) =>
        NsmResponses.LockPcrs(exchange(NsmMessages.LockPcrs(CheckedIndex(range))));

    public byte[] GetRandom() => NsmResponses.GetRandom(exchange(NsmMessages.GetRandom()));

    private static void CheckSize(int? length, string name)
    {
        if (length > AttestationDocument.MaxFieldSize)
        {
            throw new NsmException(NsmError.InputTooLarge,
                $"{name} has {length} bytes, expected at most {AttestationDocument.MaxFieldSize}.");
        }
    }

    /// <summary>The wire has 16-bit numbers; which of them exist is for the module to say.</summary>
    private static int CheckedIndex(int index) => index is >= 0 and <= ushort.MaxValue
        ? index
        : throw new NsmException(NsmError.InvalidIndex, $"There is no PCR {index}.");
}
