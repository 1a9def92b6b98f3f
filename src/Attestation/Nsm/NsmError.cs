namespace Sequencer.Attestation;

/// <summary>
/// Why a call to an NSM failed: the module's own names first, then the ways not to reach it.
/// </summary>
public enum NsmError
{
    /// <summary>The module answered with an error named "Success".</summary>
    Success,
    InvalidArgument,
    InvalidIndex,
    InvalidResponse,
    ReadOnlyIndex,
    InvalidOperation,
    BufferTooSmall,
    InputTooLarge,
    InternalError,

    /// <summary>The module answered with an error that has no meaning here.</summary>
    UnknownError,

    /// <summary>The answer is not one to the request, or not well-formed.</summary>
    MalformedResponse,

    /// <summary>The device cannot be opened: not an enclave, or the driver is not loaded.</summary>
    DeviceUnavailable,

    /// <summary>EMSGSIZE: the driver takes no request longer than 4,096 bytes.</summary>
    RequestTooLong,

    /// <summary>ETIMEDOUT: the module did not answer in time (two minutes).</summary>
    Timeout,

    /// <summary>EIO: the module's queue is broken.</summary>
    DeviceFailure,

    /// <summary>ENODATA: the module answered nothing.</summary>
    NoData,

    /// <summary>ENOTTY or EINVAL: the device is no NSM.</summary>
    NotAnNsm,

    /// <summary>Another error number; the message has it.</summary>
    SystemError,
}
