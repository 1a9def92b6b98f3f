namespace Sequencer.Gateway;

/// <summary>Marks, for the OpenAPI document, the calls that take a bearer token.</summary>
internal sealed record NeedsToken(bool IsOptional)
{
    public static NeedsToken Always { get; } = new(IsOptional: false);

    public static NeedsToken UnlessPublic { get; } = new(IsOptional: true);
}
