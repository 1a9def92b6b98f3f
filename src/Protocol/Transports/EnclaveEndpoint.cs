using System.Globalization;
using System.Text;

namespace Sequencer.Protocol;

/// <summary>Where an enclave is: <c>in-process</c>, <c>unix:///path</c> or <c>vsock://cid:port</c>.</summary>
public abstract record EnclaveEndpoint
{
    private const string UnixScheme = "unix://";
    private const string VsockScheme = "vsock://";
    private const string AnyWord = "any";
    private const int UnixPathBytesMax = 107;

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
    /// <param name="Cid">Context id of the one that listens: a Nitro enclave's is at least 4, its parent's is
    /// 3; <see cref="AnyCid"/> where it is the listener that is told its endpoint.</param>
    /// <param name="Port">Port of the one that listens.</param>
    public sealed record Vsock(uint Cid, uint Port) : EnclaveEndpoint
    {
        /// <summary>Written <c>any</c>: whatever this machine's own context id is (VMADDR_CID_ANY).</summary>
        public const uint AnyCid = uint.MaxValue;

        public override string ToString() => Cid == AnyCid
            ? string.Create(CultureInfo.InvariantCulture, $"{VsockScheme}{AnyWord}:{Port}")
            : string.Create(CultureInfo.InvariantCulture, $"{VsockScheme}{Cid}:{Port}");
    }

    /// <summary>Reads an endpoint.</summary>
    /// <exception cref="FormatException">When the text is none of the three forms.</exception>
    public static EnclaveEndpoint Parse(string text)
    {
        if (text == "in-process")
            return new InProcess();
        if (text.StartsWith(UnixScheme + "/", StringComparison.Ordinal))
            return new Unix(CheckedPath(text[UnixScheme.Length..]));
        if (text.StartsWith(VsockScheme, StringComparison.Ordinal)
            && text[VsockScheme.Length..].Split(':') is [var cid, var port]
            && TryParseCid(cid, out var cidValue) && TryParseNumber(port, out var portValue))
        {
            return new Vsock(cidValue, portValue);
        }

        throw new FormatException(
            $"'{text}' is no enclave endpoint; use in-process, unix:///absolute/path, vsock://cid:port or, "
            + "to listen, vsock://any:port.");
    }

    private static string CheckedPath(string path)
    {
        var bytes = Encoding.UTF8.GetByteCount(path);
        return bytes <= UnixPathBytesMax
            ? path
            : throw new FormatException(
                $"The path of a Unix socket has at most {UnixPathBytesMax} bytes; {path} has {bytes}.");
    }

    private static bool TryParseCid(string text, out uint cid)
    {
        cid = Vsock.AnyCid;
        return text == AnyWord || (TryParseNumber(text, out cid) && cid != Vsock.AnyCid);
    }

    private static bool TryParseNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
