using System.Security.Cryptography;
using Sequencer.Tlog;

namespace Sequencer.Client;

/// <summary>An epoch whose document and handover held when they were seen.</summary>
/// <param name="StartSize">The log's size when it took over.</param>
/// <param name="Key">Its key, as vkey text.</param>
/// <param name="Document">SHA-256 of its attestation document.</param>
internal sealed record KnownEpoch(ulong StartSize, string Key, Hash Document)
{
    public static KnownEpoch Of(LogEpoch epoch) => new(
        epoch.StartSize, epoch.CosignerKey, Hash.Read(SHA256.HashData(epoch.AttestationDocument.Span)));
}
