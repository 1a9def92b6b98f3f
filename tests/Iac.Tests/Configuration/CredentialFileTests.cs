using CsCheck;
using Sequencer.Iac.Configuration;
using Sequencer.Iac.Output;

namespace Sequencer.Iac.Tests.Configuration;

public sealed class CredentialFileTests
{
    private const string Id = Tool.KeyId;
    private const string Secret = Tool.Secret;

    public static TheoryData<string, string> Forms() => new()
    {
        { "the console today", $"Access key ID,Secret access key\n{Id},{Secret}\n" },
        { "with byte-order mark and CRLF", $"\uFEFFAccess key ID,Secret access key\r\n{Id},{Secret}\r\n" },
        { "without a last line end", $"Access key ID,Secret access key\r\n{Id},{Secret}" },
        {
            "with a user name, in the old spelling",
            $"User Name,Access Key Id,Secret Access Key\n\"blocky\",{Id},{Secret}\n"
        },
        {
            "with password and login link",
            "User name,Password,Access key ID,Secret access key,Console login link\r\n"
            + $"blocky,,{Id},{Secret},https://123456789012.signin.aws.amazon.com/console\r\n"
        },
        {
            "with quotes and a comma in the name",
            $"User name,Access key ID,Secret access key\n\"a, \"\"b\"\"\",{Id},{Secret}\n"
        },
        { "the root user's", $"AWSAccessKeyId={Id}\r\nAWSSecretKey={Secret}\r\n" },
        { "with blank lines and blanks", $"\n Access key ID , Secret access key \n\n {Id} , {Secret} \n\n" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Parse_EveryFormOfTheConsole_GivesTheKey(string form, string text) =>
        CredentialFile.Parse(text, "secrets/k.csv").Should().Be(new AccessKey(Id, Secret), form);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("Access key ID,Secret access key\n", "has only one line")]
    [InlineData("Access key ID,Password\nAKIAIOSFODNN7EXAMPLE,x\n", "has no column 'Secret access key'")]
    [InlineData("User name,Password\nblocky,x\n", "has no column 'Access key ID'")]
    [InlineData("Access key ID,Secret access key\nAKIA,x\n", "has an access key ID that is not")]
    [InlineData("Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,short\n", "has a secret access key")]
    [InlineData("Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE\n", "has no column 'Secret access")]
    [InlineData("Access key ID,Secret access key\na,b\nc,d\n", "holds more than one access key")]
    public void Parse_WrongFile_SaysWhatIsWrong(string text, string problem)
    {
        var parse = () => CredentialFile.Parse(text, "secrets/k.csv");
        var refusal = parse.Should().Throw<IacException>().Which;
        refusal.Code.Should().Be(ExitCode.Usage);
        refusal.Message.Should().StartWith($"The credentials file secrets/k.csv {problem}");
        refusal.NextStep.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public void Parse_AnyText_RefusesOrGivesAKeyAndNeverQuotesTheSecret() =>
        Gen.String[Gen.Char["\uFEFF\r\n,\"= aAkK"], 0, 80].Sample(text =>
        {
            try
            {
                CredentialFile.Parse(text + Secret, "k.csv").Id.Should().NotBeEmpty();
            }
            catch (IacException e)
            {
                (e.Message + e.NextStep).Should().NotContain(Secret);
            }
        });

    [Fact]
    public void AccessKey_Shown_HidesSecretAndMiddle()
    {
        var key = new AccessKey(Id, Secret);
        key.ToString().Should().Be("AKIA…MPLE");
        $"{key}".Should().NotContain(Secret);
    }
}
