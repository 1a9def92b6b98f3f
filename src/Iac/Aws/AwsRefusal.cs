namespace Sequencer.Iac.Aws;

/// <summary>What an error code of AWS means to the operator, and what to do next.</summary>
internal sealed record AwsRefusal(string Meaning, string NextStep);
