using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sequencer.Protocol;

/// <summary>
/// The address of a virtio stream socket (vsock(7)), as <c>struct sockaddr_vm</c>: 16 bytes in the machine's
/// byte order, which is little-endian on both architectures that Nitro knows.
/// </summary>
/// <param name="cid">Context id: 2 the host, 3 a Nitro enclave's parent, 4 and above enclaves.</param>
/// <param name="port">Port; those below 1024 take a privilege.</param>
internal sealed class VsockEndPoint(uint cid, uint port) : EndPoint
{
    /// <summary>AF_VSOCK.</summary>
    public const ushort Family = 40;

    /// <summary>Every context id of this machine, for a listener.</summary>
    public const uint AnyCid = uint.MaxValue;

    private const int AddressBytes = 16;
    private const int PortAt = 4;
    private const int CidAt = 8;

    public uint Cid => cid;

    public uint Port => port;

    /// <summary>
    /// Unknown, and not <see cref="Family"/>: .NET knows no such family, gives a socket made from a handle
    /// this one, and refuses to connect it to an address of another.
    /// </summary>
    public override AddressFamily AddressFamily => AddressFamily.Unknown;

    public override SocketAddress Serialize()
    {
        var address = new SocketAddress(AddressFamily.Unspecified, AddressBytes);
        var bytes = address.Buffer.Span[..AddressBytes];
        bytes.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, Family);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[PortAt..], port);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[CidAt..], cid);
        return address;
    }

    public override EndPoint Create(SocketAddress socketAddress)
    {
        var bytes = socketAddress.Buffer.Span;
        if (socketAddress.Size < AddressBytes || BinaryPrimitives.ReadUInt16LittleEndian(bytes) != Family)
            throw new ArgumentException("This is not the address of a vsock socket.", nameof(socketAddress));
        return new VsockEndPoint(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[CidAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[PortAt..]));
    }

    public override bool Equals(object? obj) =>
        obj is VsockEndPoint other && other.Cid == Cid && other.Port == Port;

    public override int GetHashCode() => HashCode.Combine(Cid, Port);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"vsock://{Cid}:{Port}");
}
