using Microsoft.OpenApi;

namespace Sequencer.Gateway;

/// <summary>Names, for the OpenAPI document, a query field or header that a handler reads by hand.</summary>
internal sealed record ApiParameter(string Name, ParameterLocation In, string Description)
{
    public static ApiParameter IdempotencyKey { get; } = new("Idempotency-Key", ParameterLocation.Header,
        "1 to 64 visible ASCII characters; makes a retry safe.");

    public static ApiParameter Prefer { get; } = new("Prefer", ParameterLocation.Header,
        "return=minimal answers with index and leaf hash only; finality=witnessed answers when a quorum of "
        + "witnesses covers the entry, finality=enclave when the enclave has signed it.");

    public static ApiParameter PreferFinality { get; } = new("Prefer", ParameterLocation.Header,
        "finality=witnessed answers when a quorum of witnesses covers the batch, finality=enclave when the enclave "
        + "has signed it.");

    public static ApiParameter LastEventId { get; } = new("Last-Event-ID", ParameterLocation.Header,
        "index of the last entry that was received; goes on behind it, whatever from says");

    public static ApiParameter Query(string name, string description) =>
        new(name, ParameterLocation.Query, description);

    public OpenApiParameter ToOpenApi() => new()
    {
        Name = Name,
        In = In,
        Description = Description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
