using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sequencer.Attestation;

/// <summary>
/// The NSM of a Nitro enclave, by its driver's one ioctl (Linux 6.8 and later, drivers/misc/nsm.c). The
/// driver takes calls one at a time; the file descriptor may be shared by threads.
/// </summary>
public sealed partial class NsmDevice : INsm
{
    /// <summary>Where the driver shows the module.</summary>
    public const string DefaultPath = "/dev/nsm";

    /// <summary>_IOWR(0x0A, 0, struct nsm_raw): 32 bytes, the same on x86-64 and arm64.</summary>
    internal const uint IoctlRaw = 0xC020_0A00;

    /// <summary>Longest answer; the driver truncates silently what does not fit.</summary>
    private const int ResponseSize = 0x3000;

    private const int RequestSizeMax = 0x1000;

    private readonly SafeFileHandle _handle;
    private readonly NsmClient _client;

    private NsmDevice(SafeFileHandle handle)
    {
        _handle = handle;
        _client = new NsmClient(Exchange);
    }

    /// <exception cref="NsmException"><see cref="NsmError.DeviceUnavailable"/>.</exception>
    public static NsmDevice Open(string path = DefaultPath)
    {
        try
        {
            return new NsmDevice(
                File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new NsmException(NsmError.DeviceUnavailable,
                $"{path} cannot be opened: {exception.Message} Only a Nitro enclave with its driver has it.",
                exception);
        }
    }

    public byte[] Attest(
        ReadOnlyMemory<byte>? userData, ReadOnlyMemory<byte>? nonce, ReadOnlyMemory<byte>? publicKey) =>
        _client.Attest(userData, nonce, publicKey);

    public NsmDescription Describe() => _client.Describe();

    public PcrValue DescribePcr(int index) => _client.DescribePcr(index);

    public byte[] ExtendPcr(int index, ReadOnlySpan<byte> data) => _client.ExtendPcr(index, data);

    public void LockPcr(int index) => _client.LockPcr(index);

    public void LockPcrs(int range) => _client.LockPcrs(range);

    public byte[] GetRandom() => _client.GetRandom();

    public void Dispose() => _handle.Dispose();

    /// <summary>What an error number of the ioctl means.</summary>
    internal static NsmException FromErrno(int errno)
    {
        var error = errno switch
        {
            5 => NsmError.DeviceFailure, // EIO
            22 or 25 => NsmError.NotAnNsm, // EINVAL, ENOTTY
            61 => NsmError.NoData, // ENODATA
            90 => NsmError.RequestTooLong, // EMSGSIZE
            110 => NsmError.Timeout, // ETIMEDOUT
            _ => NsmError.SystemError,
        };
        return new NsmException(
            error, $"The NSM's driver failed with error {errno}: {new Win32Exception(errno).Message}.");
    }

    private unsafe byte[] Exchange(byte[] request)
    {
        if (request.Length > RequestSizeMax)
        {
            throw new NsmException(NsmError.RequestTooLong,
                $"The request has {request.Length} bytes, expected at most {RequestSizeMax}.");
        }

        var response = new byte[ResponseSize];
        fixed (byte* requestAddress = request)
        fixed (byte* responseAddress = response)
        {
            var raw = new RawMessage
            {
                RequestAddress = (ulong)requestAddress,
                RequestLength = (ulong)request.Length,
                ResponseAddress = (ulong)responseAddress,
                ResponseLength = ResponseSize,
            };
            if (Ioctl(_handle, IoctlRaw, &raw) < 0)
                throw FromErrno(Marshal.GetLastPInvokeError());
            if (raw.ResponseLength > ResponseSize)
            {
                throw new NsmException(NsmError.MalformedResponse,
                    $"The NSM's driver claims an answer of {raw.ResponseLength} bytes in {ResponseSize}.");
            }

            return response[..(int)raw.ResponseLength];
        }
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Ioctl(SafeFileHandle handle, nuint request, RawMessage* message);

    /// <summary>struct nsm_raw of linux/nsm.h: four 64-bit words in the machine's byte order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RawMessage
    {
        public ulong RequestAddress;
        public ulong RequestLength;
        public ulong ResponseAddress;
        public ulong ResponseLength;
    }
}
