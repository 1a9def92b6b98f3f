namespace Sequencer.Hosting;

/// <summary>
/// A setting that stops the start. The message is one line that names the setting, where it was read and what
/// was expected; it never holds a secret, since no setting does.
/// </summary>
public sealed class SettingsException(string message) : Exception(message);
