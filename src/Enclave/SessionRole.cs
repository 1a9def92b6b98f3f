namespace Sequencer.Enclave;

/// <summary>What one session may do; the machine alone changes it.</summary>
public sealed class SessionRole
{
    internal SessionRole()
    {
    }

    internal bool SaidHello { get; private set; }

    internal bool MayWrite { get; private set; }

    internal void Enter(bool mayWrite) => (SaidHello, MayWrite) = (true, mayWrite);
}
