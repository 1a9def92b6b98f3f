namespace Sequencer.Protocol;

/// <summary>The enclave refused a request as a whole; nothing has changed there.</summary>
public sealed class EnclaveRefusedException(EnclaveRefusal refusal)
    : Exception($"The enclave refused ({refusal.Reason}): {refusal.Detail}")
{
    public EnclaveRefusedException(EnclaveRefusalReason reason, string detail)
        : this(new EnclaveRefusal(reason, detail))
    {
    }

    public EnclaveRefusal Refusal { get; } = refusal;
}
