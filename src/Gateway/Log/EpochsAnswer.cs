using Sequencer.Core;
using Sequencer.Tlog;

namespace Sequencer.Gateway;

/// <summary>The answer of <c>GET /log/{chain}/epochs</c>.</summary>
/// <param name="Origin">The chain's origin: its URL without the scheme.</param>
/// <param name="LogKey">The operator's key for this log, as a vkey of type 0x01.</param>
/// <param name="Epochs">Every epoch that signed this chain, oldest first.</param>
internal sealed record EpochsAnswer(string Origin, string LogKey, IReadOnlyList<EpochAnswer> Epochs);

/// <summary>One boot of one enclave, as far as it concerns one chain.</summary>
/// <param name="StartSize">Size of the chain at which this epoch began to sign.</param>
/// <param name="Key">The enclave's key, as a vkey of type 0x04.</param>
/// <param name="Cosigner">The name of that key.</param>
/// <param name="AttestationDocument">The document that binds the key to an image; base64.</param>
/// <param name="Handover">The signed note of the resume; null for the epoch that created the chain.</param>
internal sealed record EpochAnswer(
    ulong StartSize, string Key, string Cosigner, ReadOnlyMemory<byte> AttestationDocument, string? Handover)
{
    public static EpochAnswer Of(ServedEpoch epoch)
    {
        var cosigner = VerifierKey.Parse(epoch.CosignerKey).Name;
        return new EpochAnswer(epoch.StartSize, epoch.CosignerKey, cosigner, epoch.Document, epoch.Handover);
    }
}
