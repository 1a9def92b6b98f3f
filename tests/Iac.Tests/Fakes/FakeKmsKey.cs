namespace Sequencer.Iac.Tests.Fakes;

internal sealed class FakeKmsKey
{
    public required string Id { get; init; }

    public required string Spec { get; init; }

    public Dictionary<string, string> Tags { get; init; } = [];

    public string State { get; set; } = "Enabled";

    public int? PendingDays { get; set; }

    public string Arn => $"arn:aws:kms:us-east-1:123456789012:key/{Id}";
}
