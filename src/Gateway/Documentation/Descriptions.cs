namespace Sequencer.Gateway;

/// <summary>What the OpenAPI document says of each call.</summary>
internal static class Descriptions
{
    private const string Json = "application/json";
    private const string NdJson = "application/x-ndjson";
    private const string Raw = "application/octet-stream";
    private const string ProblemJson = "application/problem+json";

    private const string CanBeContradicted =
        "As long as no quorum of witnesses covers an entry, a second enclave that was started from an older "
        + "or changed ledger can contradict it.";

    private const string EnclaveFinality = CanBeContradicted
        + " A service without witnesses cannot give them; Preference-Applied tells what was followed.";

    public static void DescribeSubmit(this RouteHandlerBuilder call) => call
        .WithName("submit").WithTags("Sequence")
        .WithSummary("Give one transaction its place")
        .WithDescription(
            "Answers when the enclave has signed the place or, for Prefer: finality=witnessed, when a quorum "
            + "of witnesses covers it. " + EnclaveFinality)
        .Accepts<TransactionShape>(Json, Raw)
        .Produces<ReceiptShape>(200, Json)
        .RefusesWith(400, 401, 403, 408, 413, 415, 422, 429, 503)
        .WithMetadata(NeedsToken.Always, ApiParameter.IdempotencyKey, ApiParameter.Prefer);

    public static void DescribeReadEntry(this RouteHandlerBuilder call) => call
        .WithName("entry").WithTags("Sequence")
        .WithSummary("Read an entry with a receipt against the newest checkpoint")
        .WithDescription("The newest that a quorum of witnesses has cosigned, as soon as one covers the entry.")
        .Produces<ReceiptShape>(200, Json)
        .RefusesWith(400, 401, 403, 404, 503)
        .WithMetadata(NeedsToken.Always,
            ApiParameter.Query("bundle", "true for a receipt that can be verified with nothing else"),
            ApiParameter.Query("form", "base64 for data_base64 in any case"));

    public static void DescribeBatch(this RouteHandlerBuilder call) => call
        .WithName("submitBatch").WithTags("Sequence")
        .WithSummary("Give many transactions consecutive places, or none of them any")
        .WithDescription(
            "NDJSON (a text or an object a line) or a JSON array. Accept: application/x-ndjson asks "
            + "for a line for the batch and then a receipt a line. Prefer: finality=witnessed waits for a "
            + "quorum of witnesses. " + EnclaveFinality)
        .Accepts<IReadOnlyList<TransactionShape>>(Json, NdJson)
        .Produces<BatchReceiptShape>(200, Json, NdJson)
        .RefusesWith(400, 401, 403, 408, 409, 413, 415, 422, 429, 503)
        .WithMetadata(NeedsToken.Always, ApiParameter.IdempotencyKey, ApiParameter.PreferFinality,
            ApiParameter.Query("receipts", "true for a receipt of each entry, as NDJSON"));

    public static void DescribeCheckpoint(this RouteHandlerBuilder call) => call
        .WithName("checkpoint").WithTags("Log")
        .WithSummary("The newest checkpoint, a C2SP signed note")
        .WithDescription(
            "Where the service has witnesses: the newest that their quorum has cosigned; with ?latest the newest "
            + "of all.")
        .Produces<string>(200, "text/plain")
        .RefusesWith(401, 403, 404, 429, 503)
        .WithMetadata(NeedsToken.UnlessPublic,
            ApiParameter.Query("latest", "present, with or without a value: the newest, witnessed or not"));

    public static void DescribeTile(this RouteHandlerBuilder call) => call
        .WithName("tile").WithTags("Log")
        .WithSummary("A tile of hashes, or a bundle of entries (C2SP tlog-tiles)")
        .WithDescription("256 hashes or entries; with .p/<W> the first W of them.")
        .Produces<byte[]>(200, Raw)
        .RefusesWith(400, 401, 403, 404, 429, 503)
        .WithMetadata(NeedsToken.UnlessPublic);

    public static void DescribeEpochs(this RouteHandlerBuilder call) => call
        .WithName("epochs").WithTags("Log")
        .WithSummary("Every enclave boot that signed this chain")
        .Produces<EpochsAnswer>(200, Json)
        .RefusesWith(401, 403, 404, 429, 503);

    public static void DescribeFeed(this RouteHandlerBuilder call) => call
        .WithName("feed").WithTags("Log")
        .WithSummary("Every entry in order, from any index on and on into those to come")
        .WithDescription(
            "Server-sent events, or NDJSON by Accept. An entry is followed sooner or later by a checkpoint "
            + "that covers it. " + CanBeContradicted)
        .Produces<FeedEventShape>(200, "text/event-stream", NdJson)
        .RefusesWith(400, 401, 403, 404, 429, 503)
        .WithMetadata(NeedsToken.UnlessPublic, ApiParameter.LastEventId,
            ApiParameter.Query("from", "index of the first entry, 0 by default, or next"),
            ApiParameter.Query("finality", "witnessed for entries that a quorum of witnesses covers"),
            ApiParameter.Query("form", "base64 for data_base64 in any case"));

    public static void DescribeAttestation(this RouteHandlerBuilder call) => call
        .WithName("attestation").WithTags("Service")
        .WithSummary("An attestation document of the enclave")
        .WithDescription("Fresh for a nonce; without one, a document that may be some minutes old.")
        .Produces<byte[]>(200, "application/cbor")
        .RefusesWith(400, 429, 503)
        .WithMetadata(ApiParameter.Query("nonce", "at most 512 bytes in hexadecimal"));

    public static void DescribeHeartbeat(this RouteHandlerBuilder call) => call
        .WithName("heartbeat").WithTags("Service")
        .WithSummary("Whether the service works, and its public configuration")
        .Produces<HeartbeatAnswer>(200, Json);

    public static void DescribeHealth(this RouteHandlerBuilder call) => call
        .WithName("health").WithTags("Service")
        .WithSummary("The state of the service, with the chains that are stopped")
        .Produces<HealthAnswer>(200, Json);

    public static void DescribeLive(this RouteHandlerBuilder call) => call
        .WithName("live").WithTags("Service")
        .WithSummary("Whether the process answers")
        .Produces<HealthAnswer>(200, Json);

    public static void DescribeReady(this RouteHandlerBuilder call) => call
        .WithName("ready").WithTags("Service")
        .WithSummary("Whether transactions are taken")
        .Produces<HealthAnswer>(200, Json)
        .Produces<HealthAnswer>(503, Json);

    private static RouteHandlerBuilder RefusesWith(this RouteHandlerBuilder call, params int[] statuses)
    {
        foreach (var status in statuses)
            call.Produces<ProblemShape>(status, ProblemJson);
        return call;
    }
}
