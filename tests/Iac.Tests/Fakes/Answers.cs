using System.Net;
using System.Text;
using System.Xml.Linq;

namespace Sequencer.Iac.Tests.Fakes;

/// <summary>Answers in the forms in which AWS gives them.</summary>
internal static class Answers
{
    public const string RequestId = "11111111-2222-3333-4444-555555555555";

    private static readonly XNamespace Ec2 = "http://ec2.amazonaws.com/doc/2016-11-15/";

    public static HttpResponseMessage Xml(string action, params object?[] content)
    {
        var root = new XElement(action + "Response", new XElement("requestId", RequestId), content);
        foreach (var element in root.DescendantsAndSelf())
            element.Name = Ec2 + element.Name.LocalName;
        return Text(HttpStatusCode.OK, root.ToString(SaveOptions.DisableFormatting), "text/xml");
    }

    /// <summary>A list in EC2's form: each item in an element of its own.</summary>
    public static XElement Set(string name, IEnumerable<object?[]> items) =>
        new(name, items.Select(item => new XElement("item", item)));

    public static XElement Tags(IReadOnlyDictionary<string, string> tags) => Set(
        "tagSet",
        tags.Select(tag => new object?[] { new XElement("key", tag.Key), new XElement("value", tag.Value) }));

    public static HttpResponseMessage Json(string json) =>
        Text(HttpStatusCode.OK, json, "application/x-amz-json-1.1");

    /// <summary>A refusal, in the form of the service that is asked.</summary>
    public static HttpResponseMessage Refusal(AwsCall call, string code, string message, int status = 400)
    {
        if (call.Service is "kms" or "servicequotas")
        {
            var json = $$"""{"__type":"{{code}}","message":"{{message}}"}""";
            return Text((HttpStatusCode)status, json, "application/x-amz-json-1.1");
        }

        var error = new XElement("Error", new XElement("Code", code), new XElement("Message", message));
        var body = call.Service == "sts"
            ? new XElement("ErrorResponse", error, new XElement("RequestId", RequestId))
            : new XElement("Response", new XElement("Errors", error), new XElement("RequestID", RequestId));
        return Text((HttpStatusCode)status, body.ToString(), "text/xml");
    }

    public static HttpResponseMessage Text(HttpStatusCode status, string body, string type) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, type) };
}
