#!/usr/bin/env python3
"""A control panel that shares nothing with ours talks to the virtual board's readers and modules.

Framing and check are written down here once more, from the standard's description, and the bytes
go over the bus sockets; the board runs alone.
"""

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

from harness import SOURCE, check, run_one, tests_of, wait_for

ACK, NAK, PDID, PDCAP, LSTATR, ISTATR, OSTATR, RSTATR = 0x40, 0x41, 0x45, 0x46, 0x48, 0x49, 0x4a, 0x4b
RAW, KEYPAD, COM, FTSTAT, BUSY, MFGREP, XRD = 0x50, 0x53, 0x54, 0x7a, 0x79, 0x90, 0xb1
POLL, ID, CAP, LSTAT, ISTAT, OSTAT, RSTAT, OUT = 0x60, 0x61, 0x62, 0x64, 0x65, 0x66, 0x67, 0x68
LED, BUZ, TEXT, COMSET, ACURXSIZE, FILETRANSFER = 0x69, 0x6a, 0x6b, 0x6e, 0x7b, 0x7c
MFG, XWR, ABORT, KEEPACTIVE, BIOREAD = 0x80, 0xa1, 0xa2, 0xa7, 0x73
MODULE = 30


def crc16(data):
    value = 0x1d0f
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xffff
    return struct.pack("<H", value)


def checksum(data):
    return bytes([-sum(data) & 0xff])


class Panel:
    """One address on one bus, in clear."""

    def __init__(self, board, bus, address, has_crc=True):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(os.path.join(board.dir, f"bus{bus}.sock"))
        self.address, self.has_crc, self.sequence = address, has_crc, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, code, data=b""):
        tail = 2 if self.has_crc else 1
        control = self.sequence | (4 if self.has_crc else 0)
        frame = struct.pack("<BBHBB", 0x53, self.address, 6 + len(data) + tail, control, code) + data
        self.socket.sendall(b"\xff" + frame + (crc16 if self.has_crc else checksum)(frame))

    def receive(self):
        frame = b""
        while len(frame) < 4 or len(frame) < struct.unpack("<H", frame[2:4])[0]:
            part = self.socket.recv(2048)
            check(part, "the board hung up")
            frame = (frame + part).lstrip(b"\xff")
        tail = 2 if self.has_crc else 1
        expected = (crc16 if self.has_crc else checksum)(frame[:-tail])
        check(frame[-tail:] == expected, f"the check of {frame.hex()} is wrong")
        check(frame[1] == self.address | 0x80, f"the address of {frame.hex()}")
        return frame[4] & 3, frame[5], frame[6:-tail]

    def ask(self, code, data=b""):
        self.send(code, data)
        sequence, reply, payload = self.receive()
        if reply != BUSY:
            check(sequence == self.sequence, f"reply {reply:#x} has the number {sequence}")
            self.sequence = self.sequence % 3 + 1
        return reply, payload

    def expect(self, reply, code, data=b""):
        found, payload = self.ask(code, data)
        check(found == reply, f"command {code:#x} got {found:#x} {payload.hex()}, not {reply:#x}")
        return payload


class Board:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="cardea-bus.")
        self.program = os.path.join(os.environ.get("CARDEA_BUILDDIR", SOURCE), "cardea-board")
        self.child = subprocess.Popen([self.program, f"--run-dir={self.dir}"])
        wait_for(lambda: os.path.exists(os.path.join(self.dir, "board.sock")), "the board")

    def stop(self):
        self.child.terminate()
        self.child.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def ctl(self, *words):
        done = subprocess.run([self.program, f"--run-dir={self.dir}", "ctl", *map(str, words)],
                              capture_output=True, text=True, timeout=20, check=False)
        check(done.returncode == 0, done.stderr)
        return done.stdout


def test_a_reader_says_what_it_is(board):
    with Panel(board, 1, 0) as panel:
        panel.expect(ACK, POLL)
        identity = panel.expect(PDID, ID, b"\0")
        check(len(identity) == 12 and identity[9:] == bytes([1, 0, 0]), identity.hex())
        found = {function: (compliance, items) for function, compliance, items
                 in struct.iter_unpack("BBB", panel.expect(PDCAP, CAP, b"\0"))}
        check(found[4] == (4, 1) and found[5][0] and found[6][0] and found[9][0], f"{found}")
        check(panel.expect(LSTATR, LSTAT) == b"\0\0", "nothing is wrong with it")
        check(panel.expect(RSTATR, RSTAT) == b"\0", "its one reader is there")


def test_a_checksum_is_answered_with_a_checksum(board):
    with Panel(board, 1, 1, has_crc=False) as panel:
        panel.expect(ACK, POLL)
        panel.expect(PDID, ID, b"\0")


def test_a_card_and_keys_come_with_polls(board):
    with Panel(board, 2, 1) as panel:
        panel.expect(ACK, POLL)
        board.ctl("badge", 4, "--bits", "a5c0", "--bit-count", 10)
        check(panel.expect(RAW, POLL) == struct.pack("<BBH", 0, 0, 10) + b"\xa5\xc0", "the bits")
        board.ctl("badge", 4, "--bits", "a5c0", "--bit-count", 10, "--reversed")
        check(panel.expect(RAW, POLL)[4:] == b"\xe9\x40", "the bits from behind")
        board.ctl("type", 4, "1*0#")
        check(panel.expect(KEYPAD, POLL) == b"\0\x041\x7f0\x0d", "the keys")
        panel.expect(ACK, POLL)


def test_commands_of_readers_are_taken(board):
    light = struct.pack("<BB BBBBBH BBBBB", 0, 0, 2, 1, 1, 2, 0, 50, 1, 1, 0, 1, 1)
    with Panel(board, 1, 0) as panel:
        for code, data in ((POLL, b""), (LED, light), (BUZ, bytes([0, 2, 1, 1, 2])),
                           (TEXT, bytes([0, 1, 0, 1, 1, 5]) + b"Hello"), (ACURXSIZE, b"\0\4"),
                           (KEEPACTIVE, b"\xe8\3"), (ABORT, b"")):
            panel.expect(ACK, code, data)
        panel.expect(ACK, MFG, b"\x02\xca\x2dwho")
        check(panel.expect(MFGREP, POLL) == b"\x02\xca\x2dwho", "the maker's answer")
        panel.expect(ACK, XWR, b"\1\2\0")
        panel.expect(XRD, POLL)
        check(panel.expect(NAK, BIOREAD, b"\0" * 4)[0] == 3, "what it cannot is refused")
        check(panel.expect(NAK, LED, b"\0" * 5)[0] == 2, "a wrong length is refused")
    check("led green" in board.ctl("show"), "the light is on")
    shown = board.ctl("show", "reader", 1)
    check('"Hello"' in shown and "buzzes           1" in shown, shown)


def test_a_module_has_inputs_and_outputs(board):
    board.ctl("module", "add", 3, MODULE, "--inputs", 3, "--outputs", 2)
    with Panel(board, 3, MODULE) as panel:
        check(panel.expect(ISTATR, POLL) == b"\0\0\0", "all inputs are inactive")
        panel.expect(ACK, OUT, struct.pack("<BBHBBH", 0, 2, 0, 1, 5, 100))
        check(panel.expect(OSTATR, OSTAT) == b"\1\1", "both outputs are on")
        board.ctl("module", 3, MODULE, "input", 2, "short")
        check(panel.expect(ISTATR, POLL) == b"\0\2\0", "the input is shorted")
        check(panel.expect(ISTATR, ISTAT) == b"\0\2\0", "and stays so")
        check(panel.expect(NAK, OUT, bytes([2, 2, 0, 0]))[0] == 9, "there is no third output")


def test_a_firmware_arrives_in_parts(board):
    image = bytes(range(256)) * 2
    with Panel(board, 3, 0) as panel:
        panel.expect(ACK, POLL)
        for at in range(0, len(image), 128):
            status = panel.expect(FTSTAT, FILETRANSFER, struct.pack(
                "<BIIH", 1, len(image), at, 128) + image[at:at + 128])
            check(struct.unpack("<h", status[3:5])[0] == (at + 128 == len(image)), status.hex())
        panel.sequence = 0
        check(panel.expect(PDID, ID, b"\0")[9:] == bytes([1, 1, 0]), "the new firmware runs")
    check('"size": 512' in board.ctl("show", "reader", 5), "it says what it got")


def test_an_address_is_changed_and_kept(board):
    with Panel(board, 4, 1) as panel:
        panel.expect(ACK, POLL)
        panel.expect(COM, COMSET, struct.pack("<BI", 99, 115200))
    with Panel(board, 4, 99) as panel:
        panel.expect(ACK, POLL)
        board.ctl("reader", 8, "unplugged")
        board.ctl("reader", 8, "plugged")
        panel.sequence = 0
        panel.expect(ACK, POLL)


def test_trouble_is_played(board):
    with Panel(board, 4, 0) as panel:
        panel.expect(ACK, POLL)
        board.ctl("reader", 7, "busy", 2)
        check([panel.ask(POLL)[0] for _ in range(3)] == [BUSY, BUSY, ACK], "two are too many")
        board.ctl("reader", 7, "power", "fails")
        check(panel.expect(LSTATR, POLL) == b"\0\1", "its supply fails")
        board.ctl("reader", 7, "late", "120ms")
        begun = time.monotonic()
        panel.expect(ACK, POLL)
        check(time.monotonic() - begun >= 0.12, "it took its time")
        board.ctl("reader", 7, "late", 0)
        board.ctl("set", "door4.bus_12v", "mv", 5000)
        panel.send(POLL)
        board.ctl("set", "door4.bus_12v", "mv", "nominal")
        panel.sequence = 0
        check(panel.expect(LSTATR, POLL) == b"\0\1", "it is back, and only this was answered")
        board.ctl("reader", 7, "babbles")
        panel.socket.recv(64)
        board.ctl("reader", 7, "quiet")


def test_a_wrong_number_is_refused_and_a_repetition_answered_again(board):
    with Panel(board, 2, 0) as panel:
        panel.expect(ACK, POLL)
        board.ctl("badge", 3, "--bits", "ff", "--bit-count", 8)
        first = panel.expect(RAW, POLL)
        panel.sequence = 1
        check(panel.expect(RAW, POLL) == first, "the same once more")
        panel.sequence = 3
        check(panel.expect(NAK, POLL)[0] == 4, "the number is wrong")


def main():
    tests = tests_of(sys.modules[__name__])
    print(f"1..{len(tests)}", flush=True)
    board = Board()
    try:
        results = [run_one(number, test, board) for number, test in enumerate(tests, 1)]
    finally:
        board.stop()
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
