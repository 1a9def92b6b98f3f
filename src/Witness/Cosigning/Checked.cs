namespace Sequencer.Witness;

/// <summary>What a check of a request gives.</summary>
internal abstract record Checked<T>
    where T : class
{
    private Checked()
    {
    }

    /// <summary>It holds.</summary>
    public sealed record Good(T Value) : Checked<T>;

    /// <summary>It does not, and nothing is to be cosigned.</summary>
    public sealed record Bad(Verdict.Refused Why) : Checked<T>;

    public static implicit operator Checked<T>(T value) => new Good(value);

    public static implicit operator Checked<T>(Verdict.Refused why) => new Bad(why);
}
