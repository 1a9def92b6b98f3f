namespace Sequencer.Client;

/// <summary>One request to the gateway, in a form that can be sent more than once.</summary>
internal sealed record GatewayRequest
{
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>Path and query, relative to the gateway's address, without a leading slash.</summary>
    public required string Path { get; init; }

    /// <summary>The media type asked for; null asks for none in particular.</summary>
    public string? Accept { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body's media type; null for a request without a body.</summary>
    public string? ContentType { get; init; }

    /// <summary>Set for submissions: what makes sending the request again safe.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>
    /// What a submission waits for; null for what is the chain's default. The answer must confirm a quorum.
    /// </summary>
    public AwaitedFinality? Finality { get; init; }

    /// <summary>The preference that says so; null where there is none.</summary>
    public string? Preference => Finality switch
    {
        null => null,
        AwaitedFinality.Enclave => "finality=enclave",
        AwaitedFinality.Witnessed => "finality=witnessed",
        _ => throw new ArgumentOutOfRangeException(nameof(Finality), Finality, "There is no such finality."),
    };

    /// <summary>The last event received of a feed that is gone on with; null at its beginning.</summary>
    public string? LastEventId { get; init; }

    /// <summary>Longest answer taken into memory, in bytes; a longer one is a bad answer.</summary>
    public required int AnswerBytesMax { get; init; }

    /// <summary>A fresh message for one attempt.</summary>
    public HttpRequestMessage ToMessage(string? token)
    {
        var message = new HttpRequestMessage(Method, new Uri(Path, UriKind.Relative));
        if (Accept is not null)
            message.Headers.Accept.ParseAdd(Accept);
        if (token is not null)
            message.Headers.Authorization = new("Bearer", token);
        if (IdempotencyKey is not null)
            message.Headers.Add("Idempotency-Key", IdempotencyKey);
        if (Preference is not null)
            message.Headers.Add("Prefer", Preference);
        if (LastEventId is not null)
            message.Headers.Add("Last-Event-ID", LastEventId);
        if (ContentType is not null)
        {
            message.Content = new ReadOnlyMemoryContent(Body);
            message.Content.Headers.ContentType = new(ContentType);
        }

        return message;
    }
}
