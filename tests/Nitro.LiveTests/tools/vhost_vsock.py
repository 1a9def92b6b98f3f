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
import array
import collections
import mmap
import os
import selectors
import socket
import struct
import sys

PARENT_CIDS = (2, 3)
OP_REQUEST, OP_RESPONSE, OP_RST, OP_SHUTDOWN, OP_RW, OP_CREDIT_UPDATE, OP_CREDIT_REQUEST = range(1, 8)
TYPE_STREAM = 1
SHUTDOWN_RECEIVE, SHUTDOWN_SEND = 1, 2
PACKET = struct.Struct('<QQIIIHHIII')  # source cid, destination cid, ports, length, type, op, flags, credit
BUFFER_BYTES = 256 * 1024              # what one connection may have under way, as told to the guest
QUEUED_PACKETS_MAX = 256
READ_BYTES = 64 * 1024
RX, TX = 0, 1

FEATURE_VERSION_1, FEATURE_PROTOCOL_FEATURES = 1 << 32, 1 << 30
PROTOCOL_FEATURE_REPLY_ACK, PROTOCOL_FEATURE_CONFIG = 1 << 3, 1 << 9
(GET_FEATURES, SET_MEM_TABLE, SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, GET_VRING_BASE, SET_VRING_KICK,
 SET_VRING_CALL, SET_VRING_ERR, GET_PROTOCOL_FEATURES, GET_QUEUE_NUM, SET_VRING_ENABLE, GET_CONFIG) = (
     1, 5, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 24)
MESSAGE = struct.Struct('<III')        # request, flags, length of the payload
REPLY_FLAGS, NEEDS_REPLY = 5, 8
U64 = struct.Struct('<Q')


class Memory:
    """The guest's memory, mapped; addresses are the guest's own or those of QEMU's process."""

    def __init__(self):
        self.regions = []

    def replace(self, payload, files):
        for region in self.regions:
            region[4].close()
        self.regions = []
        count, = struct.unpack_from('<I', payload)
        for i in range(count):
            guest, size, user, offset = struct.unpack_from('<QQQQ', payload, 8 + 32 * i)
            self.regions.append((guest, size, user, offset, mmap.mmap(files[i], size + offset)))
            os.close(files[i])

    def find(self, address, length=1, of_qemu=False):
        """The mapping that holds these bytes and where in it they begin."""
        for guest, size, user, offset, mapping in self.regions:
            base = user if of_qemu else guest
            if base <= address and address + length <= base + size:
                return mapping, address - base + offset
        raise ValueError(f'the guest gave an address outside its memory: {address:x}')


class Ring:
    """One split virtqueue."""

    def __init__(self, memory):
        self.memory = memory
        self.size = self.next = 0
        self.descriptors = self.used = self.available = None
        self.kick = self.call = None
        self.enabled = False

    @property
    def ready(self):
        return self.enabled and self.size and self.descriptors is not None

    def chains(self):
        """What the guest made available: the head of each chain and its segments (mapping, at, length, flags)."""
        mapping, at = self.memory.find(self.available, of_qemu=True)
        while self.next != struct.unpack_from('<H', mapping, at + 2)[0]:
            head, = struct.unpack_from('<H', mapping, at + 4 + 2 * (self.next % self.size))
            self.next = (self.next + 1) & 0xffff
            table, start = self.memory.find(self.descriptors, of_qemu=True)
            segments, index = [], head
            for _ in range(self.size):
                address, length, flags, following = struct.unpack_from('<QIHH', table, start + 16 * index)
                segments.append((*self.memory.find(address, length), length, flags))
                if not flags & 1:
                    break
                index = following
            yield head, segments

    def give_back(self, head, length):
        mapping, at = self.memory.find(self.used, of_qemu=True)
        index, = struct.unpack_from('<H', mapping, at + 2)
        struct.pack_into('<II', mapping, at + 4 + 8 * (index % self.size), head, length)
        # One 16-bit store: pack_into clears the field before it writes, and the guest would see that.
        memoryview(mapping)[at + 2:at + 4].cast('H')[0] = (index + 1) & 0xffff

    def notify(self):
        if self.call is not None:
            os.write(self.call, U64.pack(1))


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


class Control:
    """The vhost-user socket, over which QEMU sets the device up."""

    def __init__(self, device, stream):
        self.device, self.stream = device, stream
        device.watch(stream, selectors.EVENT_READ, self.on_message)

    def receive(self, length, files):
        data = b''
        while len(data) < length:
            part, ancillary, _, _ = self.stream.recvmsg(length - len(data), socket.CMSG_SPACE(64))
            if not part:
                sys.exit(0)
            for level, kind, content in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    files.frombytes(content[:len(content) - len(content) % files.itemsize])
            data += part
        return data

    def on_message(self, _):
        files = array.array('i')
        request, flags, length = MESSAGE.unpack(self.receive(MESSAGE.size, files))
        reply = self.answer(request, self.receive(length, files), files)
        if reply is None and flags & NEEDS_REPLY:
            reply = U64.pack(0)
        if reply is not None:
            self.stream.sendall(MESSAGE.pack(request, REPLY_FLAGS, len(reply)) + reply)

    def answer(self, request, payload, files):
        device = self.device
        if request == GET_FEATURES:
            return U64.pack(FEATURE_VERSION_1 | FEATURE_PROTOCOL_FEATURES)
        if request == GET_PROTOCOL_FEATURES:
            return U64.pack(PROTOCOL_FEATURE_REPLY_ACK | PROTOCOL_FEATURE_CONFIG)
        if request == GET_QUEUE_NUM:
            return U64.pack(2)
        if request == GET_CONFIG:
            offset, size, _ = struct.unpack_from('<III', payload)
            return payload[:12] + (U64.pack(device.guest_cid) + bytes(size))[offset:offset + size]
        if request == GET_VRING_BASE:
            return self.stop_ring(*struct.unpack('<I4x', payload))
        if request == SET_MEM_TABLE:
            device.memory.replace(payload, files)
        elif request in (SET_VRING_NUM, SET_VRING_BASE, SET_VRING_ENABLE):
            self.set_ring(request, *struct.unpack('<II', payload))
        elif request == SET_VRING_ADDR:
            index, _, descriptors, used, available, _ = struct.unpack('<IIQQQQ', payload)
            ring = device.rings[index]
            ring.descriptors, ring.used, ring.available = descriptors, used, available
        elif request in (SET_VRING_KICK, SET_VRING_CALL, SET_VRING_ERR):
            self.set_event(request, U64.unpack(payload)[0] & 0xff, files[0] if files else None)
        return None

    def set_ring(self, request, index, value):
        ring = self.device.rings[index]
        if request == SET_VRING_NUM:
            ring.size = value
        elif request == SET_VRING_BASE:
            ring.next = value
        else:
            ring.enabled = bool(value)
            if value and index == TX:
                self.device.on_guest_sent()

    def stop_ring(self, index):
        ring = self.device.rings[index]
        ring.enabled = False
        self.device.drop_connections()
        self.set_event(SET_VRING_KICK, index, None)
        return struct.pack('<II', index, ring.next)

    def set_event(self, request, index, file):
        ring = self.device.rings[index]
        if request == SET_VRING_ERR:
            if file is not None:
                os.close(file)
            return
        name = 'kick' if request == SET_VRING_KICK else 'call'
        old = getattr(ring, name)
        if old is not None:
            self.device.watch(old, 0, None)
            os.close(old)
        setattr(ring, name, file)
        if name == 'kick' and file is not None:
            self.device.watch(file, selectors.EVENT_READ, lambda _: self.on_kick(index, file))

    def on_kick(self, index, file):
        os.read(file, 8)
        if not self.device.rings[index].enabled:
            return
        if index == TX:
            self.device.on_guest_sent()
        elif index == RX:
            self.device.pump()
            for connection in list(self.device.connections.values()):
                connection.watch()


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
