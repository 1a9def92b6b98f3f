namespace Sequencer.Iac.Configuration;

/// <summary>
/// A long-lived access key of an IAM user. Never printed whole: <see cref="Masked"/> is for people.
/// </summary>
internal sealed record AccessKey(string Id, string Secret)
{
    /// <summary>The id with its middle hidden; nothing of the secret.</summary>
    public string Masked => $"{Id[..4]}…{Id[^4..]}";

    public override string ToString() => Masked;
}
