#!/usr/bin/env python3
"""The parent's half of a Nitro enclave's vsock, for QEMU's nitro-enclave machine, without AF_VSOCK on the host.

A vhost-user back end of a virtio vsock device (virtio 1.2, section 5.10): it speaks vhost-user with QEMU over a
Unix socket, moves the guest's packets through shared memory, and ends every connection in Unix sockets:

  --accept PORT=PATH    the guest's connections to the parent's PORT go to whoever listens on PATH
  --forward PORT=PATH   whoever connects to PATH is connected to the guest's PORT

The parent is context id 3, as on AWS; the host's 2 is answered too. A port that nobody serves is refused at
once. One guest, one device, stream sockets only. Prints "ready" when QEMU may connect; ends when it hangs up.
"""
import argparse
import collections
import selectors
import socket
import struct

from vhost_user import RX, TX, Control
from virtqueue import Memory, Ring

PARENT_CIDS = (2, 3)
OP_REQUEST, OP_RESPONSE, OP_RST, OP_SHUTDOWN, OP_RW, OP_CREDIT_UPDATE, OP_CREDIT_REQUEST = range(1, 8)
TYPE_STREAM = 1
SHUTDOWN_RECEIVE, SHUTDOWN_SEND = 1, 2
PACKET = struct.Struct('<QQIIIHHIII')  # source cid, destination cid, ports, length, type, op, flags, credit
BUFFER_BYTES = 256 * 1024              # what one connection may have under way, as told to the guest
QUEUED_PACKETS_MAX = 256
READ_BYTES = 64 * 1024


class Connection:
    """One stream between a Unix socket and a guest's port, with the credit of both sides."""

    def __init__(self, device, stream, parent_cid, parent_port, guest_port):
        self.device, self.stream = device, stream
        self.parent_cid, self.parent_port, self.guest_port = parent_cid, parent_port, guest_port
        self.sent = self.forwarded = self.forwarded_told = 0
        self.guest_forwarded = self.guest_buffer = 0
        self.outgoing = bytearray()
        self.established = self.ended = False

    @property
    def key(self):
        return self.parent_port, self.guest_port

    def packet(self, op, data=b'', flags=0):
        self.forwarded_told = self.forwarded
        return PACKET.pack(
            self.parent_cid, self.device.guest_cid, self.parent_port, self.guest_port, len(data), TYPE_STREAM, op,
            flags, BUFFER_BYTES, self.forwarded & 0xffffffff) + data

    def credit(self):
        return self.guest_buffer - ((self.sent - self.guest_forwarded) & 0xffffffff) if self.guest_buffer else 0

    def watch(self):
        events = selectors.EVENT_WRITE if self.outgoing else 0
        if self.established and not self.ended and self.credit() > 0 and self.device.has_room():
            events |= selectors.EVENT_READ
        self.device.watch(self.stream, events, self.on_ready)

    def on_ready(self, events):
        if events & selectors.EVENT_WRITE:
            self.flush()
        if events & selectors.EVENT_READ and not self.ended:
            self.read()
        if self.device.connections.get(self.key) is self:
            self.watch()

    def read(self):
        try:
            data = self.stream.recv(min(READ_BYTES, self.credit()))
        except BlockingIOError:
            return
        except OSError:
            data = b''
        if data:
            self.sent += len(data)
            self.device.send(self.packet(OP_RW, data))
        else:
            self.ended = True
            self.device.send(self.packet(OP_SHUTDOWN, flags=SHUTDOWN_RECEIVE | SHUTDOWN_SEND))

    def flush(self):
        try:
            while self.outgoing:
                count = self.stream.send(self.outgoing)
                del self.outgoing[:count]
                self.forwarded += count
        except BlockingIOError:
            pass
        except OSError:
            self.device.send(self.packet(OP_RST))
            self.close()
            return
        if self.forwarded - self.forwarded_told >= BUFFER_BYTES // 4:
            self.device.send(self.packet(OP_CREDIT_UPDATE))

    def close(self):
        self.device.watch(self.stream, 0, None)
        self.stream.close()
        self.device.connections.pop(self.key, None)


class Device:
    """The virtio device: packets of the guest in, packets for the guest out."""

    def __init__(self, guest_cid, accepting):
        self.guest_cid, self.accepting = guest_cid, accepting
        self.selector = selectors.DefaultSelector()
        self.memory = Memory()
        self.rings = [Ring(self.memory) for _ in range(3)]
        self.connections = {}
        self.queue = collections.deque()
        self.next_port = 0x40000000

    def watch(self, file, events, callback):
        known = self.selector.get_map().get(file if isinstance(file, int) else file.fileno())
        if events and known is None:
            self.selector.register(file, events, callback)
        elif events and known.events != events:
            self.selector.modify(file, events, callback)
        elif not events and known is not None:
            self.selector.unregister(file)

    def has_room(self):
        return len(self.queue) < QUEUED_PACKETS_MAX

    def send(self, packet):
        self.queue.append(packet)
        self.pump()

    def pump(self):
        """Puts queued packets into the buffers that the guest offers, split where a buffer is too small."""
        ring = self.rings[RX]
        if not ring.ready or not self.queue:
            return
        given = False
        for head, segments in ring.chains():
            packet = self.queue.popleft()
            room = sum(length for _, _, length, flags in segments if flags & 2)
            if len(packet) > room:
                rest = packet[:24] + struct.pack('<I', len(packet) - room) + packet[28:PACKET.size] + packet[room:]
                self.queue.appendleft(rest)
                packet = packet[:24] + struct.pack('<I', room - PACKET.size) + packet[28:room]
            written = 0
            for mapping, at, length, _ in segments:
                count = min(length, len(packet) - written)
                mapping[at:at + count] = packet[written:written + count]
                written += count
            ring.give_back(head, written)
            given = True
            if not self.queue:
                break
        if given:
            ring.notify()

    def on_guest_sent(self):
        ring = self.rings[TX]
        taken = False
        for head, segments in ring.chains():
            packet = b''.join(mapping[at:at + length] for mapping, at, length, flags in segments if not flags & 2)
            ring.give_back(head, 0)
            taken = True
            self.on_packet(packet)
        if taken:
            ring.notify()
        self.pump()

    def on_packet(self, packet):
        _, to_cid, guest_port, parent_port, length, kind, op, flags, buffer, forwarded = PACKET.unpack_from(packet)
        connection = self.connections.get((parent_port, guest_port))
        if kind != TYPE_STREAM or to_cid not in PARENT_CIDS:
            self.refuse(to_cid, parent_port, guest_port)
            return
        if connection is None and op == OP_REQUEST:
            connection = self.accept(to_cid, parent_port, guest_port)
        if connection is None:
            if op != OP_RST:
                self.refuse(to_cid, parent_port, guest_port)
            return
        connection.guest_buffer, connection.guest_forwarded = buffer, forwarded
        if op == OP_REQUEST:
            connection.established = True
            self.send(connection.packet(OP_RESPONSE))
        elif op == OP_RESPONSE:
            connection.established = True
        elif op == OP_RW:
            connection.outgoing += packet[PACKET.size:PACKET.size + length]
            connection.flush()
        elif op == OP_CREDIT_REQUEST:
            self.send(connection.packet(OP_CREDIT_UPDATE))
        elif op == OP_SHUTDOWN:
            self.on_shutdown(connection, flags)
        elif op == OP_RST:
            connection.flush()
            connection.close()
        if self.connections.get(connection.key) is connection:
            connection.watch()

    def on_shutdown(self, connection, flags):
        connection.flush()
        if flags & SHUTDOWN_RECEIVE and flags & SHUTDOWN_SEND:
            self.send(connection.packet(OP_RST))
            connection.close()
        elif flags & SHUTDOWN_SEND:
            try:
                connection.stream.shutdown(socket.SHUT_WR)
            except OSError:
                connection.close()

    def refuse(self, parent_cid, parent_port, guest_port):
        self.send(PACKET.pack(
            parent_cid, self.guest_cid, parent_port, guest_port, 0, TYPE_STREAM, OP_RST, 0, 0, 0))

    def accept(self, parent_cid, parent_port, guest_port):
        """The guest calls a port of the parent: call whoever serves it."""
        if parent_port not in self.accepting:
            return None
        stream = socket.socket(socket.AF_UNIX)
        try:
            stream.connect(self.accepting[parent_port])
        except OSError:
            stream.close()
            return None
        return self.add(stream, parent_cid, parent_port, guest_port)

    def add(self, stream, parent_cid, parent_port, guest_port):
        stream.setblocking(False)
        connection = Connection(self, stream, parent_cid, parent_port, guest_port)
        self.connections[connection.key] = connection
        return connection

    def forward(self, guest_port, path):
        """Listens on a path; each caller is connected to the guest's port."""
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(64)

        def on_caller(_):
            stream, _ = listener.accept()
            if not self.rings[TX].ready:
                stream.close()
                return
            connection = self.add(stream, PARENT_CIDS[1], self.next_port, guest_port)
            self.next_port += 1
            self.send(connection.packet(OP_REQUEST))

        self.watch(listener, selectors.EVENT_READ, on_caller)

    def drop_connections(self):
        for connection in list(self.connections.values()):
            connection.close()
        self.queue.clear()


def port_and_path(text):
    port, _, path = text.partition('=')
    return int(port), path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--socket', required=True, help='where QEMU connects')
    parser.add_argument('--guest-cid', type=int, default=4)
    parser.add_argument('--accept', type=port_and_path, action='append', default=[])
    parser.add_argument('--forward', type=port_and_path, action='append', default=[])
    arguments = parser.parse_args()
    device = Device(arguments.guest_cid, dict(arguments.accept))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(arguments.socket)
    listener.listen(1)
    for port, path in arguments.forward:
        device.forward(port, path)
    print('ready', flush=True)
    stream, _ = listener.accept()
    Control(device, stream)
    while True:
        for key, events in device.selector.select():
            if device.selector.get_map().get(key.fd) is key:
                key.data(events)


if __name__ == '__main__':
    main()
