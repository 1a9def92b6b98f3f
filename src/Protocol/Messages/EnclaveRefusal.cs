namespace Sequencer.Protocol;

/// <summary>A typed refusal with a sentence for the operator.</summary>
/// <param name="Reason">Which rule.</param>
/// <param name="Detail">Free text, carried up to <see cref="Limits.DetailBytesMax"/> bytes.</param>
public sealed record EnclaveRefusal(EnclaveRefusalReason Reason, string Detail);
