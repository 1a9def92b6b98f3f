using System.Diagnostics.CodeAnalysis;

namespace Sequencer.Gateway;

/// <summary>What was looked for in a request, or the problem that is answered instead of it.</summary>
internal readonly record struct OrProblem<T>
{
    private readonly T? _value;
    private readonly Problem? _problem;

    private OrProblem(T? value, Problem? problem) => (_value, _problem) = (value, problem);

    public static implicit operator OrProblem<T>(T value) => new(value, null);

    public static implicit operator OrProblem<T>(Problem problem) => new(default, problem);

    /// <summary>True with the value, false with the problem.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Problem? problem)
    {
        (value, problem) = (_value, _problem);
        return problem is null;
    }
}
