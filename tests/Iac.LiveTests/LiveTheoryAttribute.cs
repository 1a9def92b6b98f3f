namespace Sequencer.Iac.LiveTests;

/// <summary>As <see cref="LiveFactAttribute"/>, for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LiveTheoryAttribute : TheoryAttribute
{
    public LiveTheoryAttribute() => Skip = LiveTarget.Unavailable;
}
