namespace Sequencer.Attestation;

/// <summary>A call to an NSM failed: which error, and in words what was asked.</summary>
public sealed class NsmException : Exception
{
    public NsmException(NsmError error, string message)
        : base(message) => Error = error;

    public NsmException(NsmError error, string message, Exception? inner)
        : base(message, inner) => Error = error;

    public NsmError Error { get; }
}
