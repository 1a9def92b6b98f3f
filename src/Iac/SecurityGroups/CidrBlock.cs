using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sequencer.Iac.SecurityGroups;

/// <summary>A block of IPv4 or IPv6 addresses, written as AWS writes it ("203.0.113.7/32").</summary>
internal readonly record struct CidrBlock
{
    /// <summary>A wider IPv4 block than this is nobody's own address.</summary>
    public const int NarrowestOwnPrefixV4 = 16;

    /// <summary>As <see cref="NarrowestOwnPrefixV4"/>, for IPv6.</summary>
    public const int NarrowestOwnPrefixV6 = 32;

    private readonly IPNetwork _network;

    private CidrBlock(IPNetwork network) => _network = network;

    public static CidrBlock EverywhereV4 { get; } = new(IPNetwork.Parse("0.0.0.0/0"));

    public static CidrBlock EverywhereV6 { get; } = new(IPNetwork.Parse("::/0"));

    public bool IsV6 => _network.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>
    /// Whether so many addresses are meant that only a flag which says so may ask for them.
    /// </summary>
    public bool IsOpen =>
        _network.PrefixLength < (IsV6 ? NarrowestOwnPrefixV6 : NarrowestOwnPrefixV4);

    /// <summary>
    /// Reads "address" or "address/prefix length". <paramref name="problem"/> is the end of a sentence that
    /// starts with "it", or null on success.
    /// </summary>
    public static bool TryParse(string text, out CidrBlock block, out string? problem)
    {
        block = default;
        problem = "must be an address or a block, such as 203.0.113.7 or 203.0.113.0/24";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(addressText, out var address) || !IsWholeAddress(addressText, address))
            return false;

        var bits = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        var prefix = bits;
        if (slash >= 0)
        {
            var prefixText = text.AsSpan(slash + 1);
            if (!int.TryParse(prefixText, NumberStyles.None, CultureInfo.InvariantCulture, out prefix))
                return false;
        }

        if (prefix > bits)
        {
            problem = $"must have a prefix length of at most {bits}";
            return false;
        }

        var network = new IPNetwork(Masked(address, prefix), prefix);
        if (!network.BaseAddress.Equals(address))
        {
            problem = $"has bits set beyond its prefix; write {network} for the block or {address}/{bits} "
                + "for the one address";
            return false;
        }

        block = new CidrBlock(network);
        problem = null;
        return true;
    }

    public override string ToString() => _network.ToString();

    /// <summary>
    /// Refuses what <see cref="IPAddress"/> reads generously: "1.2", scopes, IPv4 inside IPv6.
    /// </summary>
    private static bool IsWholeAddress(string text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6
            ? !address.IsIPv4MappedToIPv6 && !text.Contains('%', StringComparison.Ordinal)
            : address.ToString() == text;

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefix; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }
}
