"""A master of AgentX (RFC 2741) that does as a test wants it: the snmp role's peer.

    with FalseMaster(path) as master:
        session = master.accept()
        answer = session.ask(GET, ranges([oid]))

A session answers what the role asks (open, register, ping, notify) whenever it reads, so that the
role finds its master alive for as long as a test is interested in it.
"""

import os
import select
import socket
import struct
import time

OPEN, CLOSE, REGISTER, GET, GETNEXT, TESTSET, COMMITSET, UNDOSET = 1, 2, 3, 5, 6, 8, 9, 10
CLEANUPSET, NOTIFY, PING, RESPONSE = 11, 12, 13, 18
NETWORK_ORDER, CONTEXT = 0x10, 0x08
NOT_OPEN, UNSUPPORTED_CONTEXT, PARSE_ERROR, PROCESSING_ERROR = 257, 262, 266, 268
HEADER = struct.Struct(">BBBBIIII")
SESSION = 77
ENTERPRISE = (1, 3, 6, 1, 4, 1, 32473)


class Gone(Exception):
    """The role has closed the connection."""


def oid(numbers, included=False):
    return struct.pack(">BBBx", len(numbers), 0, included) + struct.pack(f">{len(numbers)}I", *numbers)


def ranges(oids, included=False):
    """Search ranges without an end."""
    return b"".join(oid(one, included) + oid([]) for one in oids)


def integer(numbers, value):
    """A variable of a SET."""
    return struct.pack(">Hxx", 2) + oid(numbers) + struct.pack(">i", value)


def packet(kind, payload=b"", session=SESSION, number=1, flags=NETWORK_ORDER, size=None, version=1):
    return HEADER.pack(version, kind, flags, 0, session, 1, number,
                       len(payload) if size is None else size) + payload


def response(number, error=0, session=SESSION):
    return packet(RESPONSE, struct.pack(">IHH", 4711, error, 0), session, number)


class Answer:
    """What the role has sent: kind, number, payload; of a response also error and variables."""

    def __init__(self, header, payload, order):
        _, self.kind, self.flags, _, self.session, _, self.number, _ = header
        self.payload, self.order = payload, order
        is_response = self.kind == RESPONSE
        self.error = struct.unpack_from(order + "IHH", payload)[1] if is_response else None
        self.variables = payload[8:] if is_response else payload

    def oid_at(self, at):
        """The numbers of an OID in the payload."""
        return oid_of(self.payload[at:], self.order)


class Session:
    def __init__(self, connection, errors):
        self.connection, self.errors = connection, errors
        self.buffer = b""
        self.notified = []
        self.number = 1000
        self.registered = 0

    def close(self):
        self.connection.close()

    def send(self, data):
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise Gone(str(error)) from error

    def take(self, size, deadline):
        while len(self.buffer) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.connection], [], [], left)[0]:
                raise TimeoutError("the role sends nothing")
            try:
                more = self.connection.recv(65536)
            except OSError as error:
                raise Gone(str(error)) from error
            if not more:
                raise Gone("closed")
            self.buffer += more
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def read(self, seconds=20):
        """The next packet, after what the role asks has been answered."""
        deadline = time.monotonic() + seconds
        start = self.take(HEADER.size, deadline)
        order = ">" if start[2] & NETWORK_ORDER else "<"
        header = struct.unpack(order + "BBBBIIII", start)
        answer = Answer(header, self.take(header[-1], deadline), order)
        if answer.kind in (OPEN, REGISTER, PING, NOTIFY):
            self.registered += answer.kind == REGISTER
            if answer.kind == NOTIFY:
                self.notified.append(answer)
            self.send(response(answer.number, self.errors.get(answer.kind, 0)))
        return answer

    def read_response(self, number, seconds=20):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = self.read(deadline - time.monotonic())
            if answer.kind == RESPONSE and answer.number == number:
                return answer
        raise TimeoutError(f"no response to {number}")

    def ask(self, kind, payload=b"", **more):
        self.number += 1
        self.send(packet(kind, payload, number=self.number, **more))
        return self.read_response(self.number)

    def is_gone_within(self, seconds):
        """Whether the role closes the connection, with everything it asks answered meanwhile."""
        deadline = time.monotonic() + seconds
        try:
            while time.monotonic() < deadline:
                self.read(max(deadline - time.monotonic(), 0.001))
        except Gone:
            return True
        except TimeoutError:
            pass
        return False


class FalseMaster:
    def __init__(self, path):
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(16)
        self.sessions = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for session in self.sessions:
            session.close()
        self.listener.close()
        os.unlink(self.path)

    def accept_raw(self, seconds=30, errors=None):
        """A connection on which nothing has been answered."""
        self.listener.settimeout(seconds)
        connection, _ = self.listener.accept()
        session = Session(connection, errors or {})
        self.sessions.append(session)
        return session

    def accept(self, seconds=30):
        """A session that is open, with everything registered."""
        session = self.accept_raw(seconds)
        deadline = time.monotonic() + seconds
        while True:
            answer = session.read(deadline - time.monotonic())
            if answer.kind == REGISTER and answer.oid_at(4) == ENTERPRISE:
                return session


def oid_of(data, order=">"):
    """The numbers of the OID that data begins with."""
    count, prefix = data[0], data[1]
    numbers = struct.unpack_from(f"{order}{count}I", data, 4)
    return ((1, 3, 6, 1, prefix) if prefix else ()) + numbers
