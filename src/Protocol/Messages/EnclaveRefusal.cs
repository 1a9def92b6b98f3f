namespace Sequencer.Protocol;

/// <summary>A typed refusal with a sentence for the operator.</summary>
/// <param name="Reason">Which rule.</param>
/// <param name="Detail">Free text; at most <see cref="Limits.DetailBytesMax"/> bytes of it are carried.</param>
public sealed record EnclaveRefusal(EnclaveRefusalReason Reason, string Detail);
