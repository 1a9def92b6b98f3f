namespace Sequencer.Bench.Peers;

/// <summary>
/// A system that users compare a sequencer with. It is started on the loopback address in a folder of its own,
/// loaded with entries of 256 bytes by 64 clients one at a time and then in batches, and ended.
/// </summary>
internal abstract class Peer
{
    public const int EntryBytes = 256;
    public const int Clients = 64;
    public const int BatchClients = 8;
    public const int BatchEntries = 1_000;

    public abstract string Name { get; }

    /// <summary>What an acknowledgement of it means here, by the settings it runs with.</summary>
    public abstract string Durability { get; }

    /// <summary>Debian's package that it needs and that is not installed; null when all is there.</summary>
    public abstract string? Missing { get; }

    /// <summary>Starts it, loads it for some seconds each way, and ends it.</summary>
    public abstract Task<PeerRates> MeasureAsync(string folder, double seconds);
}
