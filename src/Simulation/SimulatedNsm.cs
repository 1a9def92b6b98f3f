using System.Security.Cryptography;
using System.Text;
using Sequencer.Attestation;

namespace Sequencer.Simulation;

/// <summary>
/// An NSM without Nitro: the same calls, limits and errors, and documents of the same form under a
/// <see cref="SimulatedRoot"/>. It attests nothing: it measures nobody and its key is in the same process.
/// </summary>
public sealed class SimulatedNsm : INsm
{
    private const int RandomSize = 256;

    private readonly Lock _lock = new();
    private readonly SimulatedRoot _root;
    private readonly TimeProvider _clock;
    private readonly PcrBank _pcrs;
    private readonly ulong _enclaveId;
    private readonly string _moduleId;

    private SimulatedChain? _chain;
    private bool _isDisposed;

    /// <summary>
    /// A module of the image <see cref="Image"/>. The root is the caller's and is not disposed.
    /// </summary>
    public SimulatedNsm(SimulatedRoot root, TimeProvider clock)
        : this(root, clock, Image)
    {
    }

    /// <summary>A module that says it belongs to the given image.</summary>
    public SimulatedNsm(SimulatedRoot root, TimeProvider clock, ImageMeasurement image)
        : this(root, clock, PcrsOf(image))
    {
    }

    /// <summary>A module with the given PCRs of 0 to 15, 48 bytes each; those left out are zero.</summary>
    public SimulatedNsm(
        SimulatedRoot root, TimeProvider clock, IReadOnlyDictionary<int, ReadOnlyMemory<byte>> pcrs)
    {
        _root = root;
        _clock = clock;
        _pcrs = new PcrBank(pcrs);
        _enclaveId = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 1 | 1UL << 56;
        _moduleId = $"i-simulated-enc{_enclaveId:x16}";
    }

    /// <summary>
    /// The image that simulated enclaves say they are, the same in every build: PCR0, PCR1 and PCR2 are
    /// SHA-384 of the texts <c>simulated sequencer enclave, PCR0</c> and so on. Nothing was measured.
    /// </summary>
    public static ImageMeasurement Image { get; } = new(Constant(0), Constant(1), Constant(2));

    public byte[] Attest(
        ReadOnlyMemory<byte>? userData, ReadOnlyMemory<byte>? nonce, ReadOnlyMemory<byte>? publicKey)
    {
        CheckSize(userData?.Length, "user_data");
        CheckSize(nonce?.Length, "nonce");
        CheckSize(publicKey?.Length, "public_key");
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var now = _clock.GetUtcNow();
            return DocumentWriter.Write(
                FreshChain(now), _moduleId, now, _pcrs, userData, nonce, publicKey);
        }
    }

    public NsmDescription Describe()
    {
        lock (_lock)
        {
            return new NsmDescription(
                1, 0, 0, _moduleId, PcrBank.Count, [.. _pcrs.Locked.Select(pcr => pcr.Index)], "SHA384");
        }
    }

    public PcrValue DescribePcr(int index)
    {
        lock (_lock)
            return _pcrs.Describe(index);
    }

    public byte[] ExtendPcr(int index, ReadOnlySpan<byte> data)
    {
        CheckSize(data.Length, "data");
        lock (_lock)
            return _pcrs.Extend(index, data);
    }

    public void LockPcr(int index)
    {
        lock (_lock)
            _pcrs.Lock(index);
    }

    public void LockPcrs(int range)
    {
        lock (_lock)
            _pcrs.LockBelow(range);
    }

    public byte[] GetRandom() => RandomNumberGenerator.GetBytes(RandomSize);

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _chain?.Dispose();
        }
    }

    private static byte[] Constant(int pcr) =>
        SHA384.HashData(Encoding.UTF8.GetBytes($"simulated sequencer enclave, PCR{pcr}"));

    private static Dictionary<int, ReadOnlyMemory<byte>> PcrsOf(ImageMeasurement image) => new()
    {
        [0] = image.Pcr0,
        [1] = image.Pcr1,
        [2] = image.Pcr2,
    };

    private static void CheckSize(int? length, string name)
    {
        if (length > AttestationDocument.MaxFieldSize)
        {
            throw new NsmException(NsmError.InputTooLarge,
                $"{name} has {length} bytes, expected at most {AttestationDocument.MaxFieldSize}.");
        }
    }

    private SimulatedChain FreshChain(DateTimeOffset now)
    {
        if (_chain?.IsFresh(now) == true)
            return _chain;
        _chain?.Dispose();
        _chain = SimulatedChain.Issue(_root, _moduleId, _enclaveId, now);
        return _chain;
    }
}
