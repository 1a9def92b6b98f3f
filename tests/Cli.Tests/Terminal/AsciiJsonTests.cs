using System.Text.Json;
using Sequencer.Cli.Terminal;

namespace Sequencer.Cli.Tests.Terminal;

public sealed class AsciiJsonTests
{
    [Fact]
    public void Object_VisibleAscii_IsAsItStands() =>
        AsciiJson.Object(json => json.WriteString("root", "n+C/=<'>&`")).Should().Be("""{"root":"n+C/=<'>&`"}""");

    [Fact]
    public void Object_AnythingElse_IsEscapedAndReadsBackTheSame()
    {
        const string text = "\u001b[31m\u007f\u0085\u00e9\u202e\u2028\ufffd\ud83d\ude00 \"\\\n";
        var line = AsciiJson.Object(json => json.WriteString(text, text));

        line.Should().MatchRegex("^[ -~]+$");
        var member = JsonDocument.Parse(line).RootElement.EnumerateObject().Single();
        (member.Name, member.Value.GetString()).Should().Be((text, text));
    }
}
