"""The guest's memory and its split virtqueues (virtio 1.2, section 2.7), shared with QEMU."""
import mmap
import os
import struct

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
