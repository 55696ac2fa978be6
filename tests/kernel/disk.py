"""A disk with a volatile write cache for the emulated machine, and what is left of it after a power
cut: an NBD server on a Unix socket.

Everything written counts for whoever reads. When the power fails, what was flushed is there, and of
the writes behind the last flush any, in any order, torn between any two sectors: that much every
disk may do, and the worst one does.

    disk = Disk(content)
    server = Server(disk, path)
    ...                           # the machine runs and is killed
    server.stop()
    left = disk.cut(disk.mark(), random)
"""

import contextlib
import os
import socket
import struct
import threading

SECTOR = 512
FLUSH = None

# The protocol: doc/proto.md of NetworkBlockDevice/nbd.
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
OPT_EXPORT_NAME, OPT_ABORT, OPT_INFO, OPT_GO = 1, 2, 6, 7
REP_ACK, REP_INFO, REP_ERR_UNSUP = 1, 3, 0x80000001
OPTION_MAGIC, REPLY_MAGIC = 0x49484156454F5054, 0x3E889045565A9
REQUEST_MAGIC, ANSWER_MAGIC = 0x25609513, 0x67446698
HAS_FLAGS, SEND_FLUSH, SEND_FUA = 1, 4, 8
READ, WRITE, DISC, FLUSH_COMMAND = 0, 1, 2, 3
FLAG_FUA = 1
EINVAL = 22
OPTION_MAX, REQUEST_MAX = 4096, 32 << 20


class Disk:
    """log holds each write as (offset, bytes, is it through the cache) and each flush."""

    def __init__(self, content):
        self.begin(content)

    def begin(self, content):
        """Power is back: this is on the medium, and the cache is empty."""
        self.content = bytearray(content)
        self.before = bytes(content)
        self.log = []

    def write(self, offset, data, is_through):
        self.content[offset:offset + len(data)] = data
        self.log.append((offset, data, is_through))

    def flush(self):
        self.log.append(FLUSH)

    def mark(self):
        return len(self.log)

    def cut(self, at, random, keeps_flushes=True):
        """The content after a power cut at a mark. A disk that does not keep its flushes lies."""
        flushed = max((place for place in range(at) if self.log[place] is FLUSH), default=-1)
        if not keeps_flushes:
            flushed = -1
        left = bytearray(self.before)
        for entry in self.log[:flushed + 1]:
            if entry is not FLUSH:
                put(left, entry[0], entry[1])
        cached = [entry for entry in self.log[flushed + 1:at] if entry is not FLUSH]
        random.choice(FATES)(left, cached, random)
        return left


def put(left, offset, data):
    left[offset:offset + len(data)] = data


def sift(left, cached, is_kept):
    """Those that are kept go to the medium in their order. That leaves no fate out: of two writes
    to one sector the older one is the last when the newer one is lost. What went through the cache
    is kept anyway.
    """
    for number, (offset, data, is_through) in enumerate(cached):
        if is_through or is_kept(number):
            put(left, offset, data)


def lose_all(left, cached, _):
    sift(left, cached, lambda number: False)


def keep_all(left, cached, _):
    sift(left, cached, lambda number: True)


def keep_first(left, cached, random):
    count = random.randint(0, len(cached))
    sift(left, cached, lambda number: number < count)


def keep_last(left, cached, random):
    count = random.randint(0, len(cached))
    sift(left, cached, lambda number: number >= count)


def lose_one(left, cached, random):
    lost = random.randrange(len(cached)) if cached else 0
    sift(left, cached, lambda number: number != lost)


def keep_some(left, cached, random):
    chance = random.choice([0.1, 0.5, 0.9])
    sift(left, cached, lambda number: random.random() < chance)


def tear(left, cached, random):
    """Sectors are whole, writes are not."""
    chance = random.choice([0.1, 0.5, 0.9])
    for offset, data, is_through in cached:
        for start in range(0, len(data), SECTOR):
            if is_through or random.random() < chance:
                put(left, offset + start, data[start:start + SECTOR])


FATES = [lose_all, keep_all, keep_first, keep_last, lose_one, keep_some, tear, tear]


class Closed(Exception):
    """Whoever used the disk has gone."""


class Server:
    """One user at a time; its requests are done one by one, so an answer means done."""

    def __init__(self, disk, path):
        self.disk, self.path = disk, path
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.connection = None
        self.failure = None
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def stop(self):
        """After the user has been killed: what it had sent is still done."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
        if self.failure:
            raise self.failure

    def serve(self):
        try:
            self.connection, _ = self.listener.accept()
            with self.connection:
                if self.negotiate():
                    while self.do_request():
                        pass
        except (Closed, ConnectionError):
            pass
        except OSError as error:
            # Nobody had come before the end.
            self.failure = error if self.connection else None

    def receive(self, size):
        parts = []
        while size:
            part = self.connection.recv(min(size, 1 << 20))
            if not part:
                raise Closed
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def export(self):
        return struct.pack(">QH", len(self.disk.content), HAS_FLAGS | SEND_FLUSH | SEND_FUA)

    def negotiate(self):
        """Whether the user wants to go on to requests."""
        self.connection.sendall(b"NBDMAGIC" + struct.pack(">QH", OPTION_MAGIC,
                                                          FIXED_NEWSTYLE | NO_ZEROES))
        flags, = struct.unpack(">I", self.receive(4))
        while True:
            magic, option, size = struct.unpack(">QII", self.receive(16))
            if magic != OPTION_MAGIC or size > OPTION_MAX:
                raise OSError("the machine does not speak NBD")
            self.receive(size)
            if option == OPT_EXPORT_NAME:
                self.connection.sendall(self.export() + (b"" if flags & NO_ZEROES else bytes(124)))
                return True
            if option in (OPT_GO, OPT_INFO):
                self.reply(option, REP_INFO, struct.pack(">H", 0) + self.export())
            self.reply(option, REP_ACK if option in (OPT_GO, OPT_INFO, OPT_ABORT)
                       else REP_ERR_UNSUP)
            if option in (OPT_GO, OPT_ABORT):
                return option == OPT_GO

    def reply(self, option, kind, data=b""):
        self.connection.sendall(struct.pack(">QIII", REPLY_MAGIC, option, kind, len(data)) + data)

    def do_request(self):
        magic, flags, command, handle, offset, size = struct.unpack(">IHHQQI", self.receive(28))
        if magic != REQUEST_MAGIC or size > REQUEST_MAX:
            raise OSError("the machine does not speak NBD")
        data, error = b"", 0
        if command == DISC:
            return False
        if command == WRITE:
            self.disk.write(offset, self.receive(size), bool(flags & FLAG_FUA))
        elif command == READ:
            data = bytes(self.disk.content[offset:offset + size])
        elif command == FLUSH_COMMAND:
            self.disk.flush()
        else:
            error = EINVAL
        self.connection.sendall(struct.pack(">IIQ", ANSWER_MAGIC, error, handle) + data)
        return True
