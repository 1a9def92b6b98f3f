using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.Output;

public sealed class ShellWordTests
{
    [Theory]
    [InlineData("secrets/sequencer-key.pem", "secrets/sequencer-key.pem")]
    [InlineData("/a/B_9.pem", "/a/B_9.pem")]
    [InlineData("my secrets/k.pem", "'my secrets/k.pem'")]
    [InlineData("k (1).csv", "'k (1).csv'")]
    [InlineData("~/k", "'~/k'")]
    [InlineData("a;b$c`d*", "'a;b$c`d*'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("a\n", "'a\n'")]
    [InlineData("", "''")]
    public void Of_AnyText_IsOneWordToAShell(string text, string word) =>
        ShellWord.Of(text).Should().Be(word);

    [Fact]
    public async Task PrintedCommands_PathsWithBlanks_CanBePasted()
    {
        using var tool = new Tool();
        Directory.CreateDirectory(tool.PathOf("my secrets"));
        tool.Write("my secrets/operator (1).csv", tool.Read("secrets/operator.csv"));
        File.SetUnixFileMode(
            tool.PathOf("my secrets/operator (1).csv"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var run = await tool.RunAsync(
            ["up", "--secrets", "my secrets", "--cred-file", "operator (1).csv"], ExitCode.Done);
        run.Output.Should().Contain("Connect: ssh -i 'my secrets/test-key.pem' ec2-user@");
        run.Error.Should().Contain("run: chmod 600 'my secrets/operator (1).csv'");
    }
}
