namespace Sequencer.Iac.LiveTests;

/// <summary>As <see cref="LiveFactAttribute"/>, for what must not be tried on real AWS.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EmulatorFactAttribute : FactAttribute
{
    public EmulatorFactAttribute() => Skip = LiveTarget.Unavailable
        ?? (LiveTarget.IsAws ? "This is tried on the emulator alone." : null);
}
