namespace Sequencer.Tlog;

/// <summary>The signature types understood here; the value is the type byte (C2SP signed-note).</summary>
public enum SignatureType : byte
{
    /// <summary>Ed25519 over the note text (C2SP signed-note).</summary>
    Ed25519 = 0x01,

    /// <summary>Timestamped Ed25519 cosignature (C2SP tlog-cosignature).</summary>
    CosignatureEd25519 = 0x04,
}
