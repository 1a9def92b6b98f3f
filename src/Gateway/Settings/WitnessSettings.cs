using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>Which witnesses are asked to cosign checkpoints, and how often: <c>[witnesses]</c>.</summary>
internal sealed record WitnessSettings
{
    private const string FileSetting = "witnesses.policy_file";

    /// <summary>File with the witnesses and the quorum (C2SP tlog-policy); empty for none.</summary>
    public required string PolicyFile { get; init; }

    /// <summary>What the file says; null without one.</summary>
    public required TlogPolicy? Policy { get; init; }

    /// <summary>Least time between two checkpoints of one chain that are shown to the witnesses, in
    /// milliseconds.</summary>
    public required int IntervalMs { get; init; }

    /// <summary>Longest wait for a witness's answer, in milliseconds.</summary>
    public required int TimeoutMs { get; init; }

    /// <summary>Reads the witnesses, and puts what concerns the sequencer into its options.</summary>
    public static WitnessSettings Read(SettingsReader reader, SequencerOptions sequencer)
    {
        var file = reader.Text("witnesses:policy_file", "");
        var policy = file.Length == 0 ? null : ReadPolicy(file);
        if (policy is null)
            RefuseWitnessedFinality(sequencer);
        sequencer.WitnessPatienceSeconds =
            reader.Integer("witnesses:patience_seconds", sequencer.WitnessPatienceSeconds, 1, 300);
        return new WitnessSettings
        {
            PolicyFile = file,
            Policy = policy,
            IntervalMs = reader.Integer("witnesses:interval_ms", 1_000, 0, 3_600_000),
            TimeoutMs = reader.Integer("witnesses:timeout_ms", 5_000, 1, 300_000),
        };
    }

    private static TlogPolicy ReadPolicy(string file)
    {
        TlogPolicy policy;
        try
        {
            policy = TlogPolicy.Parse(SettingsFile.Text(FileSetting, file));
        }
        catch (TlogException malformed)
        {
            throw new SettingsException($"{FileSetting}: {file}: {malformed.Message}");
        }

        if (policy.Logs.Count > 0)
        {
            throw new SettingsException(
                $"{FileSetting}: {file} has a log line; expected witness, group and quorum lines only: the logs are "
                + "this service's own chains.");
        }

        if (!policy.HasWitnesses)
        {
            throw new SettingsException(
                $"{FileSetting}: {file} says quorum none; name a quorum, or leave {FileSetting} empty.");
        }

        foreach (var witness in policy.Witnesses)
            CheckUrl(file, witness);
        return policy;
    }

    private static void CheckUrl(string file, PolicyWitness witness)
    {
        var isUrl = Uri.TryCreate(witness.Url, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
        if (!isUrl)
        {
            throw new SettingsException(
                $"{FileSetting}: {file}: witness {witness.Name} has the URL '{witness.Url}'; expected where to submit "
                + "checkpoints, such as https://witness.example/prefix, at the end of its line.");
        }
    }

    private static void RefuseWitnessedFinality(SequencerOptions sequencer)
    {
        var chain = sequencer.ChainDefaults.Finality == Finality.Witnessed
            ? "chain_defaults"
            : sequencer.Chains.Where(pair => pair.Value.Finality == Finality.Witnessed)
                .Select(pair => $"chains.{pair.Key}").FirstOrDefault();
        if (chain is not null)
        {
            throw new SettingsException(
                $"{chain}.finality is \"witnessed\", but there are no witnesses: name them in {FileSetting}.");
        }
    }
}
