using System.Text;
using System.Text.Json.Nodes;

namespace Sequencer.Eif.Tests;

public class EifMetadataTests
{
    private static readonly string Golden = """
        {"ImageName":"test","ImageVersion":"1","BuildMetadata":{"BuildTime":"1970-01-01T00:00:00Z",
        "BuildTool":"tests","BuildToolVersion":"0","OperatingSystem":"Linux","KernelVersion":"6.12.95+deb12"},
        "DockerInfo":{},"CustomMetadata":null}
        """.ReplaceLineEndings("");

    [Fact]
    public void ToBytes_IsTheGoldenJson() =>
        Encoding.UTF8.GetString(TestImages.Metadata.ToBytes()).Should().Be(Golden);

    [Fact]
    public void Parse_WhatToBytesWrote_GivesItBack()
    {
        var metadata = TestImages.Metadata with { CustomMetadata = new JsonObject { ["Key"] = "ä+\"" } };
        var parsed = EifMetadata.Parse(metadata.ToBytes());
        parsed.ToBytes().Should().Equal(metadata.ToBytes());
        parsed.CustomMetadata!["Key"]!.GetValue<string>().Should().Be("ä+\"");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"ImageName":1,"ImageVersion":"1","BuildMetadata":{}}""")]
    [InlineData("""{"ImageName":"\ud800","ImageVersion":"1","BuildMetadata":{}}""")]
    [InlineData("""{"ImageName":"a","ImageVersion":"1","BuildMetadata":7}""")]
    [InlineData("""
        {"ImageName":"a","ImageVersion":"1","BuildMetadata":{"BuildTime":"","BuildTool":"","BuildToolVersion":"",
        "OperatingSystem":"","KernelVersion":""},"DockerInfo":{"a":["\ud800"]}}
        """)]
    [InlineData("""{"ImageName":"a","ImageName":"b","ImageVersion":"1","BuildMetadata":{}}""")]
    [InlineData("""{"ImageName":"a","ImageVersion":"1","BuildMetadata":{}} trailing""")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public void Parse_WhatIsNotAnImagesJson_IsRefused(string json) =>
        FluentActions.Invoking(() => EifMetadata.Parse(Encoding.UTF8.GetBytes(json)))
            .ShouldBeRefused(EifError.BadMetadata);

    [Fact]
    public void Parse_AboveItsLimit_IsRefused() =>
        FluentActions.Invoking(() => EifMetadata.Parse(new byte[EifMetadata.MaxBytes + 1]))
            .ShouldBeRefused(EifError.TooLarge);
}
