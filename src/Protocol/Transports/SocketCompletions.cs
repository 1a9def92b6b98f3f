namespace Sequencer.Protocol;

/// <summary>
/// Lets what waits for a socket go on at once, on the thread that heard of it, in place of a hop to the pool: a
/// frame, and a request of the gateway, has one hop less. Kestrel reads and parses there; handlers of requests
/// run in the pool as before.
/// </summary>
public static class SocketCompletions
{
    // The runtime has no other switch for it, and reads it when the first socket is made.
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Call it before any socket is made; a value that the operator gave stays.</summary>
    public static void RunInline()
    {
        if (Environment.GetEnvironmentVariable(Switch) is null)
            Environment.SetEnvironmentVariable(Switch, "1");
    }
}
