using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Sequencer.Gateway;

/// <summary>
/// The OpenAPI document at <c>/openapi/v1.json</c> and the page at <c>/swagger</c> that tries it out.
/// </summary>
internal static class OpenApiSetup
{
    private const string Scheme = "bearer";
    private const string DocumentPath = "/openapi/v1.json";

    private static readonly string[] RawTypes = ["application/octet-stream", "application/cbor"];

    public static void AddOpenApiDocument(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            // Resolver and rules both: the document's schemas are made from these options.
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, GatewayJson.Default);
            json.SerializerOptions.PropertyNamingPolicy = GatewayJson.Default.Options.PropertyNamingPolicy;
            json.SerializerOptions.NumberHandling = GatewayJson.Default.Options.NumberHandling;
        });
        services.AddOpenApi(options =>
        {
            options.AddDocumentTransformer(DescribeAsync);
            options.AddOperationTransformer(AddParametersAndSecurityAsync);
            options.AddOperationTransformer(CorrectBodiesAsync);
        });
    }

    public static void MapOpenApiDocument(this WebApplication app)
    {
        app.MapOpenApi(DocumentPath).DisableRateLimiting();
        // For its own paths alone: the page's layer matches every GET against patterns of its own.
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/swagger"),
            own => own.UseSwaggerUI(page =>
            {
                page.SwaggerEndpoint(DocumentPath, "BLOCKY Sequencer");
                page.DocumentTitle = "BLOCKY Sequencer";
            }));
    }

    private static Task DescribeAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "BLOCKY Sequencer",
            Version = "v1",
            Description =
                "A trusted sequencer: transactions in, one total order and receipts out. Errors are "
                + "problem+json with a stable code.",
        };
        // Relative addresses: the page works under whatever name the service was reached.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "`make token CHAIN=demo` mints one for a development set-up.",
        };
        foreach (var path in document.Paths.Values)
            path.Operations?.Remove(HttpMethod.Head);
        TilePaths.Describe(document);
        return Task.CompletedTask;
    }

    private static Task AddParametersAndSecurityAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context,
        CancellationToken cancellation)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var parameter in metadata.OfType<ApiParameter>())
            (operation.Parameters ??= []).Add(parameter.ToOpenApi());
        if (metadata.OfType<NeedsToken>().LastOrDefault() is not { } needs)
            return Task.CompletedTask;
        var bearer = new OpenApiSecurityRequirement
        {
            [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [],
        };
        operation.Security = needs.IsOptional ? [bearer, []] : [bearer];
        return Task.CompletedTask;
    }

    /// <summary>
    /// Says what no shape does: that some bodies are the bytes themselves, and that an entry of a batch may be a text.
    /// </summary>
    private static Task CorrectBodiesAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context,
        CancellationToken cancellation)
    {
        var answers = operation.Responses?.Select(response => response.Value.Content) ?? [];
        var contents = answers.Append(operation.RequestBody?.Content).OfType<IDictionary<string, OpenApiMediaType>>();
        foreach (var (type, body) in contents.SelectMany(content => content))
        {
            if (RawTypes.Contains(type))
                body.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
            else if (body.Schema is { Type: JsonSchemaType.Array, Items: { } item })
                body.Schema = new OpenApiSchema { Type = JsonSchemaType.Array, Items = TextOr(item) };
        }

        return Task.CompletedTask;
    }

    private static OpenApiSchema TextOr(IOpenApiSchema item) =>
        new() { AnyOf = [new OpenApiSchema { Type = JsonSchemaType.String }, item] };
}
