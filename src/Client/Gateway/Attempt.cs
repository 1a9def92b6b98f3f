namespace Sequencer.Client;

/// <summary>What came of one attempt at a request.</summary>
internal abstract record Attempt<T>
{
    private Attempt()
    {
    }

    /// <summary>The gateway gave what was asked for.</summary>
    public sealed record Succeeded(T Answer) : Attempt<T>;

    /// <summary>It did not, or was not heard of.</summary>
    public sealed record Failed(GatewayFailure Failure) : Attempt<T>;
}
