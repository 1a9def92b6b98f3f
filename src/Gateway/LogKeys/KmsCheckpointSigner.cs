using System.Security.Cryptography;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Sequencer.Core;

namespace Sequencer.Gateway;

/// <summary>
/// The operator's log key in AWS KMS: an asymmetric signing key of spec ECC_NIST_EDWARDS25519, asked for pure Ed25519
/// (RFC 8032) over the note's text itself (message type RAW, algorithm ED25519_SHA_512). The private key never leaves
/// KMS. A call that fails is tried again until the sequencer stops: the entries are durable, only their receipts wait.
/// </summary>
internal sealed partial class KmsCheckpointSigner : ICheckpointSigner
{
    /// <summary>Longest message that KMS signs as it is, in bytes.</summary>
    public const int MessageBytesMax = 4096;

    private const string KeySpec = "ECC_NIST_EDWARDS25519";
    private const string Algorithm = "ED25519_SHA_512";
    private static readonly TimeSpan RetryDelayMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(5);

    /// <summary>An Ed25519 SubjectPublicKeyInfo (RFC 8410) is these bytes and the 32 of the key.</summary>
    private static readonly byte[] PublicKeyPrefix = Convert.FromHexString("302a300506032b6570032100");

    private readonly IAmazonKeyManagementService _kms;
    private readonly string _keyId;
    private readonly TimeProvider _time;
    private readonly ILogger<KmsCheckpointSigner> _logger;

    private KmsCheckpointSigner(
        IAmazonKeyManagementService kms, string keyId, ReadOnlyMemory<byte> publicKey, TimeProvider time,
        ILogger<KmsCheckpointSigner> logger)
    {
        (_kms, _keyId, PublicKey, _time, _logger) = (kms, keyId, publicKey, time, logger);
    }

    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Fetches the public key, which also shows that the key is there and may be used.</summary>
    /// <exception cref="SettingsException">When it is not, or is of another kind.</exception>
    public static async Task<KmsCheckpointSigner> CreateAsync(
        IAmazonKeyManagementService kms, string key, TimeProvider time, ILogger<KmsCheckpointSigner> logger)
    {
        GetPublicKeyResponse answer;
        try
        {
            answer = await kms.GetPublicKeyAsync(new GetPublicKeyRequest { KeyId = key });
        }
        catch (Exception refused) when (refused is AmazonClientException or AmazonServiceException
            or HttpRequestException or OperationCanceledException or TimeoutException)
        {
            throw new SettingsException(
                $"log.kms_key: AWS KMS does not give the public key of {key}: {refused.Message.TrimEnd('.')}. "
                + "The gateway needs kms:GetPublicKey and kms:Sign on it.");
        }

        var publicKey = answer.PublicKey?.ToArray() ?? [];
        if (answer.KeySpec?.Value != KeySpec || publicKey.Length != PublicKeyPrefix.Length + 32
            || !publicKey.AsSpan().StartsWith(PublicKeyPrefix))
        {
            throw new SettingsException(
                $"log.kms_key: {key} is a key of spec {answer.KeySpec?.Value ?? "unknown"}; a log key must be of spec "
                + $"{KeySpec} (make one with: iac kms create).");
        }

        return new KmsCheckpointSigner(
            kms, answer.KeyId, publicKey.AsMemory(PublicKeyPrefix.Length), time, logger);
    }

    public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> noteText, CancellationToken cancellation)
    {
        if (noteText.Length > MessageBytesMax)
            throw new CryptographicException(
                $"KMS signs at most {MessageBytesMax} bytes; this note has {noteText.Length}.");
        for (var delay = RetryDelayMin; ; delay = delay * 2 < RetryDelayMax ? delay * 2 : RetryDelayMax)
        {
            try
            {
                return await SignOnceAsync(noteText, cancellation);
            }
            catch (Exception failed) when (!cancellation.IsCancellationRequested)
            {
                // AWS's refusals, and what its library lets through of the network: none may end the service.
                LogNotSigned(failed.Message.TrimEnd('.'), delay.TotalMilliseconds);
            }

            await Task.Delay(delay, _time, cancellation);
        }
    }

    public void Dispose() => _kms.Dispose();

    private async Task<byte[]> SignOnceAsync(ReadOnlyMemory<byte> noteText, CancellationToken cancellation)
    {
        using var message = new MemoryStream(noteText.ToArray(), writable: false);
        var answer = await _kms.SignAsync(
            new SignRequest
            {
                KeyId = _keyId,
                Message = message,
                MessageType = MessageType.RAW,
                SigningAlgorithm = new SigningAlgorithmSpec(Algorithm),
            },
            cancellation);
        return answer.Signature.ToArray();
    }

    [LoggerMessage(LogLevel.Warning, "AWS KMS did not sign a checkpoint: {Reason}. Trying again in {DelayMs} ms")]
    private partial void LogNotSigned(string reason, double delayMs);
}
