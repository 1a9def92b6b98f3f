namespace Sequencer.Attestation;

/// <summary>The seven calls over anything that carries a request and brings an answer.</summary>
internal sealed class NsmClient(Func<byte[], byte[]> exchange)
{
    public byte[] Attest(
        ReadOnlyMemory<byte>? userData, ReadOnlyMemory<byte>? nonce, ReadOnlyMemory<byte>? publicKey)
    {
        CheckSize(userData, "user_data");
        CheckSize(nonce, "nonce");
        CheckSize(publicKey, "public_key");
        return NsmResponses.Attestation(exchange(NsmMessages.Attestation(userData, nonce, publicKey)));
    }

    public NsmDescription Describe() => NsmResponses.DescribeNsm(exchange(NsmMessages.DescribeNsm()));

    public PcrValue DescribePcr(int index) =>
        NsmResponses.DescribePcr(exchange(NsmMessages.DescribePcr(CheckedIndex(index))));

    public byte[] ExtendPcr(int index, ReadOnlySpan<byte> data)
    {
        if (data.Length > AttestationDocument.MaxFieldSize)
            throw TooLarge("data", data.Length);
        return NsmResponses.ExtendPcr(exchange(NsmMessages.ExtendPcr(CheckedIndex(index), data)));
    }

    public void LockPcr(int index) => NsmResponses.LockPcr(exchange(NsmMessages.LockPcr(CheckedIndex(index))));

    public void LockPcrs(int range) => NsmResponses.LockPcrs(exchange(NsmMessages.LockPcrs(CheckedIndex(range))));

    public byte[] GetRandom() => NsmResponses.GetRandom(exchange(NsmMessages.GetRandom()));

    internal static void CheckSize(ReadOnlyMemory<byte>? field, string name)
    {
        if (field is { } bytes && bytes.Length > AttestationDocument.MaxFieldSize)
            throw TooLarge(name, bytes.Length);
    }

    /// <summary>The wire has 16-bit numbers; which of them exist is for the module to say.</summary>
    private static int CheckedIndex(int index) => index is >= 0 and <= ushort.MaxValue
        ? index
        : throw new NsmException(NsmError.InvalidIndex, $"There is no PCR {index}.");

    private static NsmException TooLarge(string name, int length) => new(NsmError.InputTooLarge,
        $"{name} has {length} bytes, expected at most {AttestationDocument.MaxFieldSize}.");
}
