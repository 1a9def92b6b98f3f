namespace Sequencer.Iac.Tests.Fakes;

/// <summary>Thrown inside the fake to answer with a refusal.</summary>
internal sealed class Refused(string code, string message, int status = 400) : Exception(message)
{
    public string Code { get; } = code;

    public int Status { get; } = status;
}
