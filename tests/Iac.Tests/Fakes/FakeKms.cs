using System.Text.Json.Nodes;

namespace Sequencer.Iac.Tests.Fakes;

/// <summary>KMS with Ed25519 keys, aliases, tags and scheduled deletion; its pages hold one item.</summary>
internal sealed class FakeKms
{
    /// <summary>An Ed25519 SubjectPublicKeyInfo: RFC 8410's own example key.</summary>
    public const string PublicKeyInfo = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

    public const string PublicKey = "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

    /// <summary>In seconds since 1970: 2026-12-23.</summary>
    private const long DeletionDate = 1798000000;

    public List<FakeKmsKey> Keys { get; } = [];

    /// <summary>Alias ("alias/name") to key id.</summary>
    public SortedDictionary<string, string> Aliases { get; } = new(StringComparer.Ordinal);

    public HttpResponseMessage Answer(AwsCall call) => Answers.Json(call.Action switch
    {
        "CreateKey" => Create(call.Json),
        "CreateAlias" => CreateAlias(call.Json),
        "DeleteAlias" => DeleteAlias(call.Json),
        "DescribeKey" => Metadata(Find(Text(call.Json, "KeyId"))),
        "GetPublicKey" => $$"""{"PublicKey":"{{PublicKeyInfo}}"}""",
        "ScheduleKeyDeletion" => Schedule(call.Json),
        "ListResourceTags" => Tags(call.Json),
        "ListKeys" => Page("Keys", call.Json, [.. Keys.Select(key => $$"""{"KeyId":"{{key.Id}}"}""")]),
        "ListAliases" => Page("Aliases", call.Json,
            [.. Aliases.Select(pair => $$"""{"AliasName":"{{pair.Key}}","TargetKeyId":"{{pair.Value}}"}""")]),
        _ => throw new Refused("UnknownOperationException", call.Action),
    });

    private static string Text(JsonObject json, string name) => json[name]!.GetValue<string>();

    private static string Page(string list, JsonObject json, string[] items)
    {
        var at = json["Marker"] is { } marker ? int.Parse(marker.GetValue<string>(), null) : 0;
        var more = at + 1 < items.Length;
        var item = at < items.Length ? items[at] : string.Empty;
        var next = more ? $",\"NextMarker\":\"{at + 1}\"" : string.Empty;
        return $$"""{"{{list}}":[{{item}}],"Truncated":{{(more ? "true" : "false")}}{{next}}}""";
    }

    private string Create(JsonObject json)
    {
        var key = new FakeKmsKey
        {
            Id = $"{Keys.Count + 1:d8}-0000-0000-0000-000000000000",
            Spec = Text(json, "KeySpec"),
            Tags = json["Tags"]!.AsArray().ToDictionary(
                tag => tag!["TagKey"]!.GetValue<string>(), tag => tag!["TagValue"]!.GetValue<string>()),
        };
        Keys.Add(key);
        return Metadata(key);
    }

    private string CreateAlias(JsonObject json)
    {
        if (!Aliases.TryAdd(Text(json, "AliasName"), Text(json, "TargetKeyId")))
            throw new Refused("AlreadyExistsException", "An alias with that name already exists");
        return "{}";
    }

    private string DeleteAlias(JsonObject json) => Aliases.Remove(Text(json, "AliasName"))
        ? "{}"
        : throw new Refused("NotFoundException", "Alias is not found.");

    private string Schedule(JsonObject json)
    {
        var key = Find(Text(json, "KeyId"));
        if (key.State == "PendingDeletion")
            throw new Refused("KMSInvalidStateException", $"{key.Arn} is pending deletion.");
        key.State = "PendingDeletion";
        key.PendingDays = json["PendingWindowInDays"]!.GetValue<int>();
        return $$"""{"KeyId":"{{key.Id}}","DeletionDate":{{DeletionDate}}}""";
    }

    private string Tags(JsonObject json)
    {
        var tags = Find(Text(json, "KeyId")).Tags
            .Select(tag => $$"""{"TagKey":"{{tag.Key}}","TagValue":"{{tag.Value}}"}""");
        return Page("Tags", json, [.. tags]);
    }

    private FakeKmsKey Find(string id)
    {
        var target = Aliases.GetValueOrDefault(id, id);
        return Keys.Find(key => key.Id == target)
            ?? throw new Refused("NotFoundException", $"Key '{id}' does not exist");
    }

    private static string Metadata(FakeKmsKey key) => $$$"""
        {"KeyMetadata":{"KeyId":"{{{key.Id}}}","Arn":"{{{key.Arn}}}","KeySpec":"{{{key.Spec}}}",
         "KeyState":"{{{key.State}}}","CreationDate":1795374000,
         "DeletionDate":{{{(key.State == "PendingDeletion" ? DeletionDate : "null")}}}}}
        """;
}
