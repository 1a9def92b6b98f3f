using System.Net;
using System.Text.Json.Nodes;

namespace Sequencer.Gateway.Tests;

/// <summary>What tests ask of answers.</summary>
internal static class Answers
{
    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.Should().Be(HttpStatusCode.OK, text);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        return JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>
    /// Checks that the answer is a problem with this status and code, in the one form that all have.
    /// </summary>
    public static async Task<JsonObject> ShouldBeProblemAsync(
        this HttpResponseMessage response, int status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(status, text);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var problem = JsonNode.Parse(text)!.AsObject();
        problem["status"]!.GetValue<int>().Should().Be(status);
        problem["code"]!.GetValue<string>().Should().Be(code);
        problem["title"]!.GetValue<string>().Should().NotBeEmpty();
        problem["detail"]!.GetValue<string>().Should().EndWith(".");
        if (status == 401)
            response.Headers.WwwAuthenticate.Single().Scheme.Should().Be("Bearer");
        return problem;
    }

    public static string Text(this JsonObject json, string name) => json[name]!.GetValue<string>();

    public static ulong Number(this JsonObject json, string name) => json[name]!.GetValue<ulong>();
}
