namespace Sequencer.Protocol;

/// <summary>Limits between core and enclave; each is checked before memory is taken.</summary>
public static class Limits
{
    /// <summary>Version of the protocol that this code speaks.</summary>
    public const int Version = 2;

    /// <summary>Largest frame payload, in bytes.</summary>
    public const int FrameBytesMax = 4 * 1024 * 1024;

    /// <summary>Most leaf hashes that one frame appends, over all of its chains.</summary>
    public const int LeavesPerFrameMax = 65_536;

    /// <summary>Most chains that one frame names.</summary>
    public const int ChainsPerFrameMax = 4_096;

    /// <summary>Longest origin, in UTF-8 bytes (the limit of tlog-cosignature's length byte).</summary>
    public const int OriginBytesMax = 255;

    /// <summary>Longest checkpoint text, in UTF-8 bytes: origin, size and root, no extension lines.</summary>
    public const int CheckpointBytesMax = OriginBytesMax + 1 + 20 + 1 + 44 + 1;

    /// <summary>
    /// Longest witness lines, in UTF-8 bytes: more than the signature lines that one note may have.
    /// </summary>
    public const int WitnessLinesBytesMax = 64 * 1024;

    /// <summary>Longest witness policy, in UTF-8 bytes.</summary>
    public const int WitnessPolicyBytesMax = 32 * 1024;

    /// <summary>Most chains named as of witnessed finality.</summary>
    public const int WitnessedChainsMax = 1_024;

    /// <summary>Longest id of a chain, in UTF-8 bytes.</summary>
    public const int ChainIdBytesMax = 64;

    /// <summary>Longest attestation document, in bytes.</summary>
    public const int DocumentBytesMax = 24 * 1024;

    /// <summary>Longest nonce, in bytes.</summary>
    public const int NonceBytesMax = 512;

    /// <summary>Longest sentence that explains a refusal, in UTF-8 bytes.</summary>
    public const int DetailBytesMax = 1024;

    /// <summary>A request must be answered after this long, or the session is given up.</summary>
    public static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(15);

    /// <summary>A frame that has begun to arrive, or to leave, must be whole after this long.</summary>
    public static readonly TimeSpan FrameTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A session on which nothing arrives for this long ends.</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    /// <summary>How often the core asks something on a session even if it has nothing to ask.</summary>
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);
}
