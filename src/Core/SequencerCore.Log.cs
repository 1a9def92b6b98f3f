using Microsoft.Extensions.Logging;
using Sequencer.Protocol;

namespace Sequencer.Core;

public sealed partial class SequencerCore
{
    [LoggerMessage(LogLevel.Information, "Connected to the enclave: {CosignerKey}, {Mode}, epoch {Epoch}")]
    internal static partial void LogConnected(
        ILogger logger, string cosignerKey, EnclaveMode mode, uint epoch);

    [LoggerMessage(LogLevel.Warning, "The enclave cannot be reached, for {Seconds} s now: {Reason}")]
    internal static partial void LogEnclaveUnreachable(ILogger logger, long seconds, string reason);

    [LoggerMessage(LogLevel.Warning,
        "The enclave's clock is behind: chains that it cannot take up yet wait until it is not. {Reason}")]
    internal static partial void LogEnclaveClockBehind(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "The ledger failed and is being opened again: {Reason}")]
    internal static partial void LogLedgerFailed(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "The ledger cannot be opened, for {Seconds} s now: {Reason}")]
    internal static partial void LogLedgerNotReopened(ILogger logger, long seconds, string reason);

    [LoggerMessage(LogLevel.Error, "Chain '{Chain}' is stopped, and takes no more: {Reason}")]
    internal static partial void LogChainStopped(ILogger logger, string chain, string reason);

    [LoggerMessage(LogLevel.Warning,
        "Chain '{Chain}' is configured with unique = {Configured}, but was created with {Kept}, which stays")]
    internal static partial void LogUniqueIsFixed(ILogger logger, string chain, bool configured, bool kept);

    [LoggerMessage(LogLevel.Error, "An expired idempotency key cannot be forgotten: {Reason}")]
    internal static partial void LogKeyNotForgotten(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Critical, "Fenced: {Reason}")]
    internal static partial void LogFenced(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Critical, "The sequencer stopped: {Reason}")]
    internal static partial void LogStopped(ILogger logger, string reason, Exception exception);
}
