namespace Sequencer.Gateway;

/// <summary>What a request's body is, by its <c>Content-Type</c>.</summary>
internal enum BodyFormat
{
    Unsupported,
    Json,
    NdJson,
    Raw,
}
