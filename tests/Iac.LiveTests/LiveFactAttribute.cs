namespace Sequencer.Iac.LiveTests;

/// <summary>A test that needs AWS or its emulator; skipped, with the reason, where it has neither.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LiveFactAttribute : FactAttribute
{
    public LiveFactAttribute() => Skip = LiveTarget.Unavailable;
}
