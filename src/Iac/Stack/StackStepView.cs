namespace Sequencer.Iac.Stack;

/// <summary>What <c>up</c> or <c>down</c> did about one thing.</summary>
/// <param name="Step">"key", "security_group" or "instance".</param>
/// <param name="Name">The thing's name.</param>
/// <param name="Id">Its id; null where there is none.</param>
/// <param name="Outcome">
/// "created", "updated", "started", "unchanged", "deleted", "absent", or "left" for what is not this tool's or
/// is in use by another instance.
/// </param>
/// <param name="Detail">What a person would want to know beside that; null for nothing.</param>
internal sealed record StackStepView(
    string Step, string Name, string? Id, string Outcome, string? Detail = null)
{
    public const string Key = "key";
    public const string SecurityGroup = "security_group";
    public const string Instance = "instance";

    /// <summary>The outcome of what was not there.</summary>
    public const string Created = "created";

    /// <summary>The outcome of what is not this tool's or is in use by another instance.</summary>
    public const string Left = "left";
}
