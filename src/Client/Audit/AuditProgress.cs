namespace Sequencer.Client;

/// <summary>How far an audit has come.</summary>
/// <param name="Checked">Entries whose tiles have been read and hashed.</param>
/// <param name="Total">Entries in all: the checkpoint's size.</param>
public readonly record struct AuditProgress(ulong Checked, ulong Total);
