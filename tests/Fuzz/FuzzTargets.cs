using Sequencer.Testing;

namespace Sequencer.Fuzz;

/// <summary>Every target, by name.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } =
        new[]
            {
                TlogTargets.All, ProtocolTargets.All, AttestationTargets.All, GatewayTargets.All,
                ClientTargets.All, ConfigurationTargets.All, EifTargets.All,
            }
            .SelectMany(targets => targets)
            .ToDictionary(target => target.Name, StringComparer.Ordinal);

    /// <summary>A target with a bug, to see that it is found.</summary>
    public static FuzzTarget Planted { get; } =
        new("canary", ["sing"u8.ToArray()], Canary.Parse, exception => exception is FormatException);

    /// <summary>The target of that name, the planted one included; null for another name.</summary>
    public static FuzzTarget? Find(string name) =>
        name == Planted.Name ? Planted : All.GetValueOrDefault(name);
}
