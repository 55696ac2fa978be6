"""One run of a controller, as a program at its agent.sock sees it: calls that overlap, and a
follower.
"""

import json
import select

ANSWER_SECONDS = 60


class Gone(Exception):
    """The controller is not there any more."""


class Refused(Exception):
    """The controller did not do what it must."""


class Line:
    """A connection whose calls overlap."""

    def __init__(self, connection, client):
        self.socket = connection
        self.socket.settimeout(ANSWER_SECONDS)
        self.buffer = b""
        self.last_id = 0
        self.early = []
        self.call("hello", client=client, protocol=1)

    def ask(self, method, **params):
        """Does not wait; returns the id that the answer will carry."""
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": params}
        try:
            self.socket.sendall(json.dumps(message).encode() + b"\n")
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Gone(f"nobody takes {method}") from error
        return self.last_id

    def has_more(self, seconds):
        """Whether take() would not wait."""
        return bool(self.early or select.select([self.socket], [], [], seconds)[0])

    def take(self):
        """The messages that are there; waits until anything is."""
        if self.early:
            early, self.early = self.early, []
            return early
        try:
            got = self.socket.recv(1 << 20)
        except ConnectionResetError:
            got = b""
        except TimeoutError as error:
            raise Gone("the controller does not answer") from error
        if not got:
            raise Gone("the controller has closed the connection")
        *lines, self.buffer = (self.buffer + got).split(b"\n")
        return [json.loads(line) for line in lines]

    def call(self, method, **params):
        """Waits for the answer; what else arrives meanwhile is kept for take()."""
        wanted, others = self.ask(method, **params), []
        while True:
            messages = self.take()
            for place, message in enumerate(messages):
                if message.get("id", wanted) == wanted and "event" not in message:
                    self.early = others + messages[place + 1:]
                    if "error" in message:
                        raise Refused(f"{method}: {message['error']}")
                    return message["result"]
                others.append(message)

    def close(self):
        self.socket.close()


class Life:
    """connect() makes a connection to the controller's agent.sock."""

    def __init__(self, connect):
        self.calls = Line(connect(), "cardeactl")
        self.follower = Line(connect(), "syslog")

    def lines_with_more(self, seconds):
        lines = [self.calls, self.follower]
        early = [line for line in lines if line.early]
        ready = select.select([line.socket for line in lines], [], [], 0 if early else seconds)[0]
        return [line for line in lines if line.early or line.socket in ready]

    def close(self):
        self.calls.close()
        self.follower.close()
