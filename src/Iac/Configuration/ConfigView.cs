namespace Sequencer.Iac.Configuration;

/// <summary>What is in force and where it came from.</summary>
internal sealed record ConfigView
{
    /// <summary>The file that was read; null where there is none.</summary>
    public string? File { get; init; }

    public required string SecretsFolder { get; init; }

    public required IReadOnlyList<ConfigValueView> Values { get; init; }

    public required string Credentials { get; init; }
}
