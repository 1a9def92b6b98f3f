namespace Sequencer.Hosting;

/// <summary>
/// A setting that stops the start. The message is one line that names the setting, where it was read and what
/// was expected; it never holds a secret, since no setting does.
/// </summary>
public sealed class SettingsException(string message) : Exception(message)
{
    /// <summary>The message without the parameter's name, which the framework puts behind it.</summary>
    internal static string SentenceOf(ArgumentException wrong) => wrong.Message.Split(" (Parameter ")[0];
}
