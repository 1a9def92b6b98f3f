namespace Sequencer.Gateway;

/// <summary>The result of a call that answers with bytes as they are.</summary>
internal sealed class BytesAnswer(string contentType, ReadOnlyMemory<byte> body) : IResult
{
    /// <summary>Sends them as the whole body.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = contentType;
        httpContext.Response.ContentLength = body.Length;
        await httpContext.Response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }
}
