using System.Text;

namespace Sequencer.Witness;

/// <summary>Writes answers: plain text, as the witness protocol has it; a refusal is one sentence.</summary>
internal static class PlainAnswer
{
    private const string Text = "text/plain; charset=utf-8";

    public static Task WriteAsync(HttpContext context, int status, string text, string contentType = Text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (response.Headers.CacheControl.Count == 0)
            response.Headers.CacheControl = "no-store";
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Refuses; what may pass by itself says when to try again.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string sentence)
    {
        if (status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
            context.Response.Headers.RetryAfter = "1";
        return WriteAsync(context, status, sentence + "\n");
    }
}
