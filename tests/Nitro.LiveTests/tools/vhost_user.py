"""The vhost-user protocol, by which QEMU hands a virtio device over to another process."""
import array
import os
import selectors
import socket
import struct
import sys

from virtqueue import U64

RX, TX = 0, 1
FEATURE_VERSION_1, FEATURE_PROTOCOL_FEATURES = 1 << 32, 1 << 30
PROTOCOL_FEATURE_REPLY_ACK, PROTOCOL_FEATURE_CONFIG = 1 << 3, 1 << 9
(GET_FEATURES, SET_MEM_TABLE, SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, GET_VRING_BASE, SET_VRING_KICK,
 SET_VRING_CALL, SET_VRING_ERR, GET_PROTOCOL_FEATURES, GET_QUEUE_NUM, SET_VRING_ENABLE, GET_CONFIG) = (
     1, 5, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 24)
MESSAGE = struct.Struct('<III')        # request, flags, length of the payload
REPLY_FLAGS, NEEDS_REPLY = 5, 8


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
