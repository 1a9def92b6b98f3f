using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>What is configured for single chains, <c>[chains."name"]</c>, over what holds for the others,
/// <c>[chain_defaults]</c>.</summary>
internal sealed class ChainSettings
{
    private readonly Dictionary<ChainId, ChainAccess> _access = [];
    private ChainAccess _default;

    /// <summary>Who may read the chain without a token.</summary>
    public ChainAccess AccessOf(ChainId chain) => _access.GetValueOrDefault(chain, _default);

    /// <summary>Reads the access rules, and puts what concerns the sequencer into its options.</summary>
    public static ChainSettings Read(SettingsReader reader, SequencerOptions options)
    {
        var settings = new ChainSettings
        {
            _default = new ChainAccess(
                reader.Flag("chain_defaults:public", false),
                reader.Flag("chain_defaults:public_entries", true)),
        };
        foreach (var name in reader.Tables("chains"))
        {
            if (!ChainId.TryParse(name, out var chain))
                throw new SettingsException(
                    $"[chains.\"{name}\"]: a chain id matches [a-z0-9][a-z0-9._-]{{0,63}}.");
            settings._access.Add(chain, new ChainAccess(
                reader.Flag($"chains:{name}:public", settings._default.Public),
                reader.Flag($"chains:{name}:public_entries", settings._default.PublicEntries)));
            options.Chains[name] = SequencerSettings.ReadLimits(
                reader, $"chains:{name}", options.ChainDefaults);
        }

        return settings;
    }
}
