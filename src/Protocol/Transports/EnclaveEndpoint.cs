using System.Globalization;

namespace Sequencer.Protocol;

/// <summary>Where an enclave listens: <c>in-process</c>, <c>unix:///path</c> or <c>vsock://cid:port</c>.</summary>
public abstract record EnclaveEndpoint
{
    private const string UnixScheme = "unix://";
    private const string VsockScheme = "vsock://";

    private EnclaveEndpoint()
    {
    }

    /// <summary>The enclave runs inside the gateway's process, simulated.</summary>
    public sealed record InProcess : EnclaveEndpoint
    {
        public override string ToString() => "in-process";
    }

    /// <summary>A Unix stream socket.</summary>
    /// <param name="Path">Absolute path of the socket, at most 107 bytes.</param>
    public sealed record Unix(string Path) : EnclaveEndpoint
    {
        public override string ToString() => UnixScheme + Path;
    }

    /// <summary>A virtio stream socket.</summary>
    /// <param name="Cid">Context id of the peer; a Nitro enclave's is at least 4, its parent's is 3.</param>
    /// <param name="Port">Port of the peer.</param>
    public sealed record Vsock(uint Cid, uint Port) : EnclaveEndpoint
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{VsockScheme}{Cid}:{Port}");
    }

    /// <summary>Reads an endpoint.</summary>
    /// <exception cref="FormatException">When the text is none of the three forms.</exception>
    public static EnclaveEndpoint Parse(string text)
    {
        if (text == "in-process")
            return new InProcess();
        if (text.StartsWith(UnixScheme, StringComparison.Ordinal) && text.Length > UnixScheme.Length
            && text[UnixScheme.Length] == '/')
        {
            return new Unix(text[UnixScheme.Length..]);
        }

        if (text.StartsWith(VsockScheme, StringComparison.Ordinal)
            && text[VsockScheme.Length..].Split(':') is [var cid, var port]
            && uint.TryParse(cid, NumberStyles.None, CultureInfo.InvariantCulture, out var cidValue)
            && uint.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var portValue))
        {
            return new Vsock(cidValue, portValue);
        }

        throw new FormatException(
            $"'{text}' is no enclave endpoint; use in-process, unix:///absolute/path or vsock://cid:port.");
    }
}
