using System.Net;
using System.Net.Sockets;

namespace Sequencer.Hosting;

/// <summary>What limits per client are counted by.</summary>
internal static class ClientAddress
{
    /// <summary>
    /// The client's address; of an IPv6 address the network half, since one client owns all of that.
    /// </summary>
    public static string Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes).ToString();
    }
}
