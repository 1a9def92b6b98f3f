using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;

namespace Sequencer.Gateway;

/// <summary>
/// One JSON answer in the making: a writer over a buffer, both taken from a pool. As the result of a call it
/// is sent with its length, in one piece, and given back; whoever sends it otherwise disposes it, which gives
/// it back. One that never is given back is left to the garbage collector. Used by one request at a time.
/// </summary>
internal sealed class JsonAnswer : IResult, IDisposable
{
    /// <summary>Larger buffers are left to the garbage collector, so that a rare giant is not kept.</summary>
    private const int BytesKept = 128 * 1024;

    // Answers are never put into HTML and say nosniff, so '+' and '<' may stay as they are.
    internal static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly ObjectPool<JsonAnswer> Pool =
        new DefaultObjectPool<JsonAnswer>(new Policy(), maximumRetained: 256);

    // All that JSON must escape (RFC 8259, section 7), but for the line feed.
    private static readonly SearchValues<byte> EscapedButLineFeed = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(control => (byte)control).Where(control => control != '\n'),
            (byte)'"', (byte)'\\']);

    private readonly ArrayBufferWriter<byte> _body = new(4096);
    private readonly ArrayBufferWriter<byte> _scratch = new(4096);
    private readonly ArrayBufferWriter<byte> _json = new(4096);

    private JsonAnswer() => Writer = new Utf8JsonWriter(_body, Options);

    public Utf8JsonWriter Writer { get; }

    /// <summary>A place to make a text before it is written as a JSON string; empty at first.</summary>
    public ArrayBufferWriter<byte> Scratch => _scratch;

    /// <summary>
    /// Writes a text of many lines, such as a receipt, as a JSON string: line by line where nothing but line
    /// feeds needs an escape, which takes a tenth of the time of looking at every byte.
    /// </summary>
    public void WriteLines(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (text.ContainsAny(EscapedButLineFeed))
        {
            Writer.WriteString(name, text);
            return;
        }

        _json.ResetWrittenCount();
        _json.Write("\""u8);
        for (int end; (end = text.IndexOf((byte)'\n')) >= 0; text = text[(end + 1)..])
        {
            _json.Write(text[..end]);
            _json.Write("\\n"u8);
        }

        _json.Write(text);
        _json.Write("\""u8);
        Writer.WritePropertyName(name);
        Writer.WriteRawValue(_json.WrittenSpan, skipInputValidation: true);
    }

    public static JsonAnswer Rent() => Pool.Get();

    /// <summary>Ends one line of an NDJSON answer; the next value starts a new one.</summary>
    public void EndLine()
    {
        Writer.Flush();
        _body.Write("\n"u8);
        Writer.Reset();
    }

    /// <summary>Moves what was written so far to the answer, whose headers are then sent.</summary>
    public ValueTask<FlushResult> PassOnAsync(HttpContext context)
    {
        Writer.Flush();
        context.Response.BodyWriter.Write(_body.WrittenSpan);
        _body.ResetWrittenCount();
        return context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>
    /// Sends everything as the whole body, as <c>application/json</c> unless another type is set, and gives
    /// this answer back.
    /// </summary>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        Writer.Flush();
        var response = httpContext.Response;
        response.ContentType ??= "application/json";
        response.ContentLength = _body.WrittenCount;
        var sending = response.BodyWriter.WriteAsync(_body.WrittenMemory, httpContext.RequestAborted);
        // The pipe copies before it returns, so the answer may be given back while this is still being sent.
        Dispose();
        return sending.AsTask();
    }

    public void Dispose() => Pool.Return(this);

    private sealed class Policy : IPooledObjectPolicy<JsonAnswer>
    {
        public JsonAnswer Create() => new();

        public bool Return(JsonAnswer answer)
        {
            answer.Writer.Reset();
            answer._body.ResetWrittenCount();
            answer._scratch.ResetWrittenCount();
            return answer._body.Capacity <= BytesKept && answer._scratch.Capacity <= BytesKept
                && answer._json.Capacity <= BytesKept;
        }
    }
}
