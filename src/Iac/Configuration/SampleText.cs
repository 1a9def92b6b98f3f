using System.Text;

namespace Sequencer.Iac.Configuration;

/// <summary>
/// The section <c>[iac.aws]</c> of setup/sample.toml, made from <see cref="Settings.All"/>.
/// </summary>
internal static class SampleText
{
    private const int WidthMax = 100;

    public static string Section()
    {
        var text = new StringBuilder()
            .Append("# What `iac` sets up on AWS; docs/iac.md is its guide. Every key is also an option\n")
            .Append("# (--instance-name) and an environment variable (SEQUENCER_IAC_INSTANCE_NAME); the\n")
            .Append("# option wins, then the variable, then this file.\n")
            .Append("[iac.aws]\n");
        foreach (var setting in Settings.All)
        {
            text.Append('\n');
            AppendComment(text, Described(setting));
            if (!setting.SetInSample)
                text.Append("# ");
            text.Append(setting.Key).Append(" = ").Append(setting.Sample).Append('\n');
        }

        return text.ToString();
    }

    private static string Described(Setting setting) =>
        setting.Default is null ? setting.Description : $"{setting.Description} Default: {setting.Default}.";

    private static void AppendComment(StringBuilder text, string comment)
    {
        var line = new StringBuilder("#");
        foreach (var word in comment.Split(' '))
        {
            if (line.Length + 1 + word.Length > WidthMax)
            {
                text.Append(line).Append('\n');
                line.Clear().Append('#');
            }

            line.Append(' ').Append(word);
        }

        text.Append(line).Append('\n');
    }
}
