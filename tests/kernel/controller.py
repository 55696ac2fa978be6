"""The controller in the emulated machine: the store and the door role, and a manager around it.

The same words as tools/appliance.py has for the appliance on this machine.
"""

import json
import shlex

from machine import Failure, wait_for

RUN_DIR = "/run/cardea"
SOCKET = f"{RUN_DIR}/agent.sock"
NOTIFY = "/run/notify"
AGENT = "/usr/sbin/cardea-agent"
PROFILE = "/etc/cardea/board.conf"
# Emulation on a loaded machine; what takes longer is broken.
SECONDS = 120.0


class Controller:
    """One at a time. watchdog_ms is how long the door role may be silent; 0 for ever."""

    def __init__(self, machine, watchdog_ms=0):
        self.machine, self.watchdog_ms = machine, watchdog_ms
        self.started = 0  # the last event of the run before

    def start(self):
        options = f"--run-dir={RUN_DIR} --state-dir=/run/store --board={PROFILE}"
        self.machine.run(f"mkdir -p {RUN_DIR} /run/store")
        self.begin("store", f"{AGENT} {options} --role=store")
        self.begin("manager", f"/bin/manager {NOTIFY} {self.watchdog_ms} {AGENT} {options} "
                   "--role=door")
        self.wait_ready()

    def begin(self, name, command):
        self.machine.run(f"{command} >>/run/log/{name} 2>&1 & echo $! >/run/{name}.pid")

    def wait_ready(self):
        wait_for(lambda: self.snapshot().get("control", {}).get("online"),
                 "the controller to start", SECONDS)

    def stop(self):
        """As a shut-down does: the manager lets go of what it has kept."""
        self.started = self.head()
        self.machine.run("for name in manager store; do kill $(cat /run/$name.pid); "
                         "while kill -0 $(cat /run/$name.pid); do usleep 20000; done; done; true")

    def log(self):
        return self.machine.run("cd /run/log && grep -H . * | tail -40; true")

    # Asking and commanding

    def rpc(self, method, **params):
        words = ["ask", SOCKET, "cardeactl", method, json.dumps(params)]
        status, said = self.machine.try_run(shlex.join(words))
        if status:
            raise Failure(said)
        return json.loads(said)

    def ctl(self, *words):
        words = ["cardeactl", f"--run-dir={RUN_DIR}", "--json", *map(str, words)]
        return [json.loads(line) for line in self.machine.run(shlex.join(words)).splitlines()]

    def snapshot(self):
        try:
            return self.rpc("snapshot")["objects"]
        except Failure:
            return {}

    def wait_state(self, key, **expected):
        """A live object once it has these members."""
        def found():
            value = self.snapshot().get(key, {})
            return value if all(value.get(name) == want
                                for name, want in expected.items()) else None
        try:
            return wait_for(found, f"{key} to be {expected}", SECONDS)
        except Failure as error:
            raise Failure(f"{error}; it is {self.snapshot().get(key)}") from error

    def head(self):
        return self.rpc("status")["log"]["head"]

    def events(self, after=0):
        return [record["event"]
                for record in self.ctl("events", "--after", after, "--limit", 1000)]

    def wait_event(self, kind, after=0, **data):
        def find():
            try:
                events = self.events(after)
            except Failure:
                return None
            for event in events:
                if event["kind"] == kind and all(event["data"].get(key) == value
                                                 for key, value in data.items()):
                    return event
            return None
        return wait_for(find, f"the event {kind} {data}", SECONDS)

    def pair(self, reader):
        """Gives it a key of its own, as an installer does once."""
        self.wait_state(f"reader.{reader}", security="no_key")
        self.ctl("reader", "install", reader)
        self.wait_state(f"reader.{reader}", security="secure", online=True)

    # Doing harm

    def pid(self):
        """Of the door role; None while it is away."""
        return self.machine.run("read -r pid </run/manager.pid; "
                                "cat /proc/$pid/task/$pid/children") or None

    def signal(self, name):
        """To the door role, whose place another one takes; returns what it was."""
        old = wait_for(self.pid, "the door role", SECONDS)
        self.machine.run(f"kill -{name} {old}")
        return old

    def wait_other(self, old):
        """Another door role than old is at work."""
        def is_there():
            return self.pid() not in (None, old)
        wait_for(is_there, "the door role to be started again", SECONDS)
        self.wait_ready()
