namespace Sequencer.Eif;

/// <summary>An enclave image was refused; <see cref="Error"/> says under which rule.</summary>
public sealed class EifException(EifError error, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public EifError Error { get; } = error;
}
