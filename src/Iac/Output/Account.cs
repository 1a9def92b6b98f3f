namespace Sequencer.Iac.Output;

/// <summary>
/// What this run has made, changed or deleted so far, one sentence each, so that a failure or Ctrl-C leaves a
/// clear account of what exists.
/// </summary>
internal sealed class Account
{
    private readonly List<string> _entries = [];

    public IReadOnlyList<string> Entries => _entries;

    public void Add(string sentence) => _entries.Add(sentence);

    /// <summary>Takes back what turned out not to be so.</summary>
    public void Retract(string sentence) => _entries.Remove(sentence);
}
