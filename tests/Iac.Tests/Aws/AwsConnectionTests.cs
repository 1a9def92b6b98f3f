using System.Net;
using Sequencer.Iac.Aws;
using Sequencer.Iac.Output;
using Sequencer.Iac.Tests.Fakes;

namespace Sequencer.Iac.Tests.Aws;

public sealed class AwsConnectionTests
{
    [Theory]
    [InlineData("RequestLimitExceeded", 503)]
    [InlineData("Throttling", 400)]
    [InlineData("InternalError", 500)]
    public async Task Call_RefusedForAWhile_IsRetried(string code, int status)
    {
        using var tool = new Tool();
        tool.Aws.Refuse("DescribeKeyPairs", code, status: status);
        await tool.RunAsync("key list", ExitCode.Done);
        tool.Aws.Calls.Should().HaveCount(2);
    }

    [Fact]
    public async Task Call_ThrottledForGood_EndsAfterItsRetries()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("DescribeKeyPairs", "RequestLimitExceeded", times: 100, status: 503);
        var run = await tool.RunAsync("key list", ExitCode.Aws);
        run.Error.Should().Contain("(RequestLimitExceeded): AWS is limiting the requests of this account");
        tool.Aws.Calls.Should().HaveCount(1 + AwsConnection.RetriesMax);
    }

    [Fact]
    public async Task Call_NobodyAnswers_SaysWhereItAsked()
    {
        using var tool = new Tool();
        for (var i = 0; i < 1 + AwsConnection.RetriesMax; i++)
            tool.Aws.Next("DescribeKeyPairs", _ => throw new HttpRequestException("Connection refused"));
        var run = await tool.RunAsync("key list --endpoint-url http://127.0.0.1:1", ExitCode.Aws);
        run.Error.Should().Contain("AWS could not be asked to list the key pairs at http://127.0.0.1:1/")
            .And.Contain("Connection refused").And.Contain("endpoint_url");
    }

    [Fact]
    public async Task Call_AnswerThatIsNotAws_SaysSo()
    {
        using var tool = new Tool();
        for (var i = 0; i < 1 + AwsConnection.RetriesMax; i++)
        {
            tool.Aws.Next("DescribeKeyPairs", _ => Answers.Text(
                HttpStatusCode.BadGateway, "<html>proxy</html>", "text/html"));
        }

        var run = await tool.RunAsync("key list", ExitCode.Aws);
        run.Error.Should().Contain("list the key pairs").And.NotContain("   at ");
    }

    [Theory]
    [InlineData("AuthFailure", "does not know the access key")]
    [InlineData("AuthFailure", "or the account has not enabled us-east-1")]
    [InlineData("ExpiredToken", "have run out")]
    [InlineData("UnauthorizedOperation", "may not do that in us-east-1")]
    [InlineData("OptInRequired", "not signed up")]
    [InlineData("VPCIdNotSpecified", "no default network")]
    public async Task Call_RefusedWithAKnownCode_IsExplainedWithANextStep(string code, string meaning)
    {
        using var tool = new Tool();
        tool.Aws.Refuse("DescribeKeyPairs", code, status: 403, message: "Raw text of AWS.");
        var run = await tool.RunAsync("key list", ExitCode.Aws);
        run.Error.Should().StartWith($"error: AWS refused to list the key pairs ({code}): ")
            .And.Contain(meaning)
            .And.NotContain("Raw text").And.NotContain("{");
        run.Error.Trim().Split('\n').Should().HaveCount(2);
    }

    [Theory]
    [InlineData("up --instance-profile operator", "RunInstances", "iam:PassRole")]
    [InlineData("up", "RunInstances", "ssm:GetParameters")]
    [InlineData("key create", "CreateKeyPair", "ec2:CreateTags")]
    [InlineData("kms create", "CreateKey", "kms:TagResource")]
    public async Task Call_AnotherPermissionMissing_NamesTheOneThatAwsNames(
        string line, string action, string missing)
    {
        using var tool = new Tool();
        var code = line.StartsWith("kms", StringComparison.Ordinal)
            ? "AccessDeniedException"
            : "UnauthorizedOperation";
        tool.Aws.Refuse(action, code, status: 403, message:
            "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/operator "
            + $"is not authorized to perform: {missing} on resource: arn:aws:iam::123456789012:role/x because "
            + "no identity-based policy allows it. Encoded authorization failure message: abc");
        var run = await tool.RunAsync(line, ExitCode.Aws);
        run.Error.Should().Contain($"Have a policy attached to them that allows {missing};")
            .And.NotContain($"allows ec2:{action}").And.NotContain($"allows kms:{action}");
    }

    [Fact]
    public async Task Call_RefusedWithAnUnknownCode_QuotesAwsInPart()
    {
        using var tool = new Tool();
        tool.Aws.Refuse("DescribeKeyPairs", "Brand.New", message: "Something new. " + new string('x', 900));
        var run = await tool.RunAsync("key list", ExitCode.Aws);
        run.Error.Should().Contain("(Brand.New): Something new. xxx").And.Contain("--verbose");
        run.Error.Length.Should().BeLessThan(600);
    }

    [Fact]
    public async Task Verbose_Refused_AddsWhatAwsWroteAndTheRequestId()
    {
        using var tool = new Tool();
        tool.Aws.Refuse(
            "DescribeKeyPairs", "UnauthorizedOperation", status: 403, message: "Encoded message: abc");
        var run = await tool.RunAsync("key list --verbose", ExitCode.Aws);
        run.Error.Should().Contain("Encoded message: abc")
            .And.Contain(Answers.RequestId).And.Contain("HTTP 403");
        (run.Error + run.Output).Should().NotContain(Tool.Secret);
    }

    [Fact]
    public async Task Call_WithEndpointUrl_GoesThereSignedForTheRegion()
    {
        using var tool = new Tool();
        await tool.RunAsync(
            "key list --endpoint-url http://127.0.0.1:5555 --region eu-west-1", ExitCode.Done);
        var call = tool.Aws.Calls.Single();
        (call.Uri.ToString(), call.Region).Should().Be(("http://127.0.0.1:5555/", "eu-west-1"));
    }

    [Fact]
    public async Task Call_ToAws_GoesToTheRegion()
    {
        using var tool = new Tool();
        await tool.RunAsync("key list --region eu-west-1", ExitCode.Done);
        tool.Aws.Calls.Single().Uri.Host.Should().Be("ec2.eu-west-1.amazonaws.com");
    }

    [Fact]
    public async Task Credentials_OthersCanRead_AreUsedWithAWarning()
    {
        using var tool = new Tool();
        File.SetUnixFileMode(tool.PathOf("secrets/operator.csv"), (UnixFileMode)Convert.ToInt32("644", 8));
        var run = await tool.RunAsync("key list", ExitCode.Done);
        run.Error.Should().Contain("warning: others on this machine can read secrets/operator.csv");
    }
}
