"""The whole appliance on the virtual board, with real peers, for demo, tests and benchmarks.

    with Appliance(state, build=BUILD) as appliance:
        appliance.board("badge", 1, "--facility", 118, "--card", 1603)
        appliance.wait_event("access.granted")

Starts and restarts every process as a service manager would, and ends only what it has started.
"""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.request

import peers

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Socket addresses hold 108 bytes; "/agentx.sock" and the like must fit behind the directory.
RUN_DIR_MAX = 80
# What is waited for is looked at often at first, and never less often than this.
LOOK_SECONDS = 0.05
EVENTS_A_PAGE = 200
# What becomes of a card, and how long that may take at a reader that is heard.
DECISIONS = ("access.granted", "access.denied", "access.unknown")
DECISION_SECONDS = 3


class Failure(Exception):
    """Something a user can do something about; its text is one line."""


class Ports:
    """Where everything listens, by one base number."""

    kept = []

    def __init__(self, base=16000):
        self.https, self.snmp = base + 443, base + 161
        self.traps, self.syslog = base + 162, base + 514

    @classmethod
    def free_base(cls):
        """A base whose four ports are free, and stay so: below those that the kernel gives to
        whoever connects, and kept from others who look for some, as long as this process lives."""
        for number in range(os.getpid(), os.getpid() + 120):
            base = 20000 + number % 120 * 100
            keeper = socket.socket(socket.AF_UNIX)
            try:
                keeper.bind(f"\0cardea-ports-{base}")
                cls(base).check()
                cls.kept.append(keeper)
                return base
            except (Failure, OSError):
                keeper.close()
        raise Failure("no free ports were found")

    def check(self):
        wanted = [(self.https, socket.SOCK_STREAM, "HTTPS"), (self.snmp, socket.SOCK_DGRAM, "SNMP"),
                  (self.traps, socket.SOCK_DGRAM, "traps"),
                  (self.syslog, socket.SOCK_STREAM, "syslog")]
        for port, kind, name in wanted:
            with socket.socket(socket.AF_INET, kind) as probe:
                if kind == socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((peers.HOST, port))
                except OSError as error:
                    raise Failure(f"port {port} for {name} cannot be used: {error.strerror}; "
                                  "--ports BASE moves all of them") from error


def wait_for(condition, what, seconds=40.0):
    """Calls condition until it returns something true; no fixed sleeps in tests."""
    deadline = time.monotonic() + seconds
    pause = LOOK_SECONDS / 10
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds:g} s in vain for {what}")
        time.sleep(pause)
        pause = min(1.5 * pause, LOOK_SECONDS)


def is_stopped(pid):
    """Whether the last of its threads has stopped, too: a busy machine comes to that later."""
    tasks = f"/proc/{pid}/task"
    try:
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/stat", encoding="utf-8", errors="replace") as file:
                if file.read().rpartition(") ")[2][0] != "T":
                    return False
    except FileNotFoundError:
        return False  # this thread was just ending
    return True


class Process:
    """One supervised process: started again 100 ms after it ends by itself."""

    def __init__(self, name, command, log, environment):
        self.name, self.command, self.log, self.environment = name, command, log, environment
        self.child = None
        self.is_wanted = False
        self.died_at = None

    def start(self):
        with open(self.log, "ab") as log:
            # Whoever started it may be killed: then it ends too, and leaves no process behind.
            command = ["setpriv", "--pdeathsig", "TERM", *self.command]
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=log, env={**os.environ, **self.environment},
                                          start_new_session=True)
        self.is_wanted, self.died_at = True, None

    def revive(self):
        if not self.is_wanted or self.child.poll() is None:
            return
        now = time.monotonic()
        self.died_at = self.died_at or now
        if now - self.died_at > 0.1:
            self.start()

    def stop(self):
        self.is_wanted = False
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGCONT)
            self.child.terminate()
            try:
                self.child.wait(8)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


class Appliance:
    """state is a directory that keeps everything; build is where the programs are.

    With one_process_a_role the agent's roles are processes of their own, as in production.
    board_options go to cardea-board; profile and readers say what the agent takes for its board.
    tap is called for each reader bus with its number and the two ends that it may stand between: the
    socket where the door role looks, and the board's own; what it returns is stopped at the end.
    With configures_snmpd the settings of SNMP count, as in production, and nothing else: "alone"; or
    the user demo is let in as well: "demo".
    """

    def __init__(self, state, build=None, ports=None, with_peers=True, one_process_a_role=False,
                 board_options=(), profile=None, readers=8, tap=None,
                 configures_snmpd=None):
        self.state = os.path.abspath(state)
        self.build = build or os.environ.get("CARDEA_BUILDDIR", SOURCE)
        self.ports = ports or Ports(Ports.free_base())
        self.with_peers = with_peers
        self.one_process_a_role = one_process_a_role
        self.board_options = board_options
        self.profile = profile or os.path.join(SOURCE, "board", "virtual.conf")
        self.readers = readers
        self.tap, self.taps = tap, []
        self.configures_snmpd = configures_snmpd
        self.snmpd_config = None
        self.processes = {}
        self._held = None  # the last one that was held to a reader, and when
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.supervisor = None
        self.run_dir = os.path.join(self.state, "run")
        self.has_own_run_dir = len(self.run_dir) > RUN_DIR_MAX
        self.traps = os.path.join(self.state, "traps.log")
        self.records = os.path.join(self.state, "syslog.log")
        self.snmp_dir = os.path.join(self.state, "snmp")
        self.url = f"https://localhost:{self.ports.https}/"

    # Starting and stopping

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def program(self, name):
        path = os.path.join(self.build, name)
        return path if os.path.exists(path) else peers.find_program(name)

    def prepare(self):
        try:
            for name in ("", "log", "store", "www", "run"):
                os.makedirs(os.path.join(self.state, name), mode=0o700, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.state):
                pass
        except OSError as error:
            raise Failure(f"cannot write to '{self.state}': {error.strerror}") from error
        if self.has_own_run_dir:
            self.run_dir = tempfile.mkdtemp(prefix="cardea-run.")
        if self.tap:
            os.makedirs(os.path.join(self.run_dir, "board"), mode=0o700, exist_ok=True)
        self.ports.check()

    def add(self, name, command, environment=None):
        log = os.path.join(self.state, "log", name + ".log")
        process = Process(name, command, log, environment or {})
        with self.lock:
            self.processes[name] = process
            process.start()

    def start(self):
        self.prepare()
        try:
            self.start_all()
        except BaseException:
            self.stop()
            raise

    def start_all(self):
        agentx = os.path.join(self.run_dir, "agentx.sock")
        if self.with_peers:
            self.add("snmptrapd", *peers.snmptrapd(self.snmp_dir, SOURCE, self.ports.traps,
                                                   self.traps))
            if not self.configures_snmpd:
                self.add("snmpd", *peers.snmpd(self.snmp_dir, SOURCE, agentx, self.ports.snmp,
                                               self.ports.traps))
            self.add("rsyslogd", *peers.rsyslogd(os.path.join(self.state, "rsyslog"),
                                                 self.ports.syslog, self.records))
        run = f"--run-dir={self.run_dir}"
        store = f"--state-dir={os.path.join(self.state, 'store')}"
        board = os.path.join(self.run_dir, "board") if self.tap else self.run_dir
        self.add("board", [self.program("cardea-board"), f"--run-dir={board}", *self.board_options])
        if self.tap:
            self.tap_lines(board)
        agent = [self.program("cardea-agent"), run, store, f"--agentx={agentx}",
                 f"--firmware-dir={os.path.join(self.state, 'firmware')}",
                 f"--board={self.profile}"]
        if self.configures_snmpd:
            agent += self.add_configured_snmpd(agentx)
        if self.one_process_a_role:
            for role in ("store", "door", "snmp"):
                self.add(role, [*agent, f"--role={role}"])
        else:
            self.add("agent", agent)
        self.add("syslog", [self.program("cardea-syslog"), run])
        self.add("www", [self.program("cardea-www"), run, "--listen=127.0.0.1",
                         f"--port={self.ports.https}",
                         f"--state-dir={os.path.join(self.state, 'www')}"])
        self.supervisor = threading.Thread(target=self.supervise, daemon=True)
        self.supervisor.start()
        self.pair()
        self.wait_ready()

    def add_configured_snmpd(self, agentx):
        """Returns what the agent is told. snmpd is started when there is a configuration."""
        config = os.path.join(self.run_dir, "snmpd")
        lines = peers.agentx(agentx)
        if self.configures_snmpd == "demo":
            lines = peers.demo_access(self.snmp_dir, SOURCE, agentx, self.ports.snmp,
                                      self.ports.traps)
        command, environment, include = peers.configured_snmpd(self.snmp_dir, SOURCE, config, lines)
        log = os.path.join(self.state, "log", "snmpd.log")
        self.processes["snmpd"] = Process("snmpd", command, log, environment)
        return [f"--snmpd-dir={config}", f"--snmpd-include={include}",
                f"--snmpd-module={os.path.join(self.build, 'agent', 'cardea_audit.so')}"]

    def follow_snmpd_config(self):
        """What a path unit does in production: snmpd is started anew when the file has changed."""
        try:
            with open(os.path.join(self.run_dir, "snmpd", "snmpd.conf"), encoding="utf-8") as file:
                config = file.read()
        except OSError:
            return
        if config != self.snmpd_config:
            process, self.snmpd_config = self.processes["snmpd"], config
            process.stop()
            process.start()

    def tap_lines(self, board):
        """The board is elsewhere then, and each bus leads to it through whoever stands between."""
        os.symlink(os.path.join(board, "board.sock"), os.path.join(self.run_dir, "board.sock"))
        self.taps = [self.tap(bus, os.path.join(self.run_dir, f"bus{bus}.sock"),
                              os.path.join(board, f"bus{bus}.sock")) for bus in range(1, 5)]

    def pair(self):
        """Does what an installer does once: opens the install window of every reader that has no
        key. A line has one window at a time, so its second reader waits for the first.
        """
        def is_paired():
            readers = {key: value for key, value in self.snapshot().items()
                       if key.startswith("reader.")}
            for key, reader in readers.items():
                if reader["security"] == "no_key":
                    try:
                        self.rpc("reader.install", reader=int(key.removeprefix("reader.")))
                    except (Failure, OSError):
                        pass
            secure = sum(reader["security"] == "secure" for reader in readers.values())
            return secure == self.readers
        wait_for(is_paired, "all readers to be paired (the logs are in "
                 f"'{os.path.join(self.state, 'log')}')", 60)

    def supervise(self):
        while not self.stopping.wait(0.05):
            with self.lock:
                for process in self.processes.values():
                    process.revive()
                if self.configures_snmpd:
                    self.follow_snmpd_config()

    def wait_ready(self):
        def is_ready():
            state = self.snapshot()
            readers = [value for key, value in state.items() if key.startswith("reader.")]
            online = sum(reader["online"] for reader in readers)
            return (state.get("control", {}).get("online") and online == self.readers
                    and self.is_serving())
        wait_for(is_ready, "the appliance to start (its logs are in "
                 f"'{os.path.join(self.state, 'log')}')", 30)

    def is_serving(self):
        """Whether the console answers, that is: listens and has found the store."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with urllib.request.urlopen(self.url + "api/v1/setup", context=context, timeout=5):
                return True
        except OSError:
            return False

    def stop(self):
        self.stopping.set()
        if self.supervisor:
            self.supervisor.join()
        for process in reversed(list(self.processes.values())):
            process.stop()
        for tap in self.taps:
            tap.stop()
        if self.has_own_run_dir:
            shutil.rmtree(self.run_dir, ignore_errors=True)

    # Asking and commanding

    def ctl(self, *words, check=True, stdin=None):
        """Runs cardeactl --json; returns the parsed answer, or (status, stderr) unchecked."""
        done = subprocess.run([self.program("cardeactl"), f"--run-dir={self.run_dir}", "--json",
                               *map(str, words)], capture_output=True, text=True, timeout=60,
                              input=stdin, check=False)
        if not check:
            return done.returncode, done.stderr.strip()
        if done.returncode:
            raise Failure(f"cardeactl {' '.join(map(str, words))}: {done.stderr.strip()}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def board(self, *words):
        if words[0] == "badge":
            self._held = words, time.monotonic()
        done = subprocess.run([self.program("cardea-board"), f"--run-dir={self.run_dir}", "ctl",
                               *map(str, words)], capture_output=True, text=True, timeout=60,
                              check=False)
        if done.returncode:
            raise Failure(f"cardea-board {' '.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout

    def rpc(self, method, _client="cardeactl", _socket="agent.sock", **params):
        """One call on a connection of its own; returns the result, raises Failure with the code."""
        with Rpc(os.path.join(self.run_dir, _socket), _client) as connection:
            return connection.call(method, **params)

    def forward(self, **fields):
        """Makes the private rsyslogd a log server, over TLS, or changes it; returns its number."""
        server = {"name": "Log server", "transport": "tls", "host": "localhost",
                  "port": self.ports.syslog,
                  "ca_file": os.path.join(self.state, "rsyslog", "ca.pem"), **fields}
        for known in self.rpc("object.list", kind="log_server")["objects"]:
            if known["name"] == server["name"]:
                self.rpc("object.change", kind="log_server", id=known["id"], object=server)
                return known["id"]
        return self.rpc("object.create", kind="log_server", object=server)["id"]

    def snapshot(self):
        try:
            return self.rpc("snapshot")["objects"]
        except (Failure, OSError):
            return {}

    def events(self, after=0, **filters):
        """The events of the log behind seq after, in order; filters as events.list has them."""
        found = []
        try:
            with Rpc(os.path.join(self.run_dir, "agent.sock"), "cardeactl") as connection:
                while True:
                    page = connection.call("events.list", after=after, limit=EVENTS_A_PAGE, **filters)
                    found += [record["event"] for record in page["events"]]
                    if "next" not in page:
                        return found
                    after = page["next"]
        except OSError as error:
            raise Failure(f"the log cannot be read: {error.strerror}") from error

    def wait_event(self, kind, after=0, seconds=40.0, **data):
        """The first event of a kind behind seq after, whose data has these members."""
        def find():
            try:
                events = self.events(after, kind=kind)
            except Failure:
                return None  # the store may be the one that is just being restarted
            for event in events:
                if all(event["data"].get(key) == value for key, value in data.items()):
                    return event
            if kind in DECISIONS:
                self.hold_again(after, data.get("reader"))
            return None
        try:
            return wait_for(find, f"the event {kind} {data}", seconds)
        except Failure as failure:
            raise Failure(f"{failure}; {self.newest(after)}") from None

    def hold_again(self, after, reader):
        """What a reader has read before a new session it throws away, as OSDP wants, and on a busy
        machine lines do begin anew: whoever was not heard holds the card again."""
        words, at = self._held or ((None, None), 0)
        if (not self._held or reader not in (None, words[1])
                or time.monotonic() - at < DECISION_SECONDS):
            return
        self._held = words, time.monotonic()
        try:
            if self.events(after, kind="reader.secured", reader=words[1]):
                self.board(*words)
        except Failure:
            pass  # whoever is being restarted is not there

    def newest(self, after):
        """What the log has, for whoever waited in vain."""
        try:
            events = self.events(after)[-12:]
        except Failure as failure:
            return str(failure)
        return f"behind event {after} there is " + "; ".join(
            f"{event['seq']} {event['kind']} {event['data']}" for event in events)

    # Doing harm

    def pid(self, name):
        """Of a process, or of a role that cardea-agent supervises; None while it is away."""
        if name in self.processes:
            return self.processes[name].child.pid
        agent = self.processes["agent"].child.pid
        try:
            with open(f"/proc/{agent}/task/{agent}/children", encoding="ascii") as file:
                for pid in file.read().split():
                    with open(f"/proc/{pid}/cmdline", "rb") as line:
                        if f"--role={name}".encode() in line.read().split(b"\0"):
                            return int(pid)
        except OSError:
            pass
        return None

    def signal(self, name, number):
        pid = wait_for(lambda: self.pid(name), f"the process {name}")
        os.kill(pid, number)
        if number == signal.SIGSTOP:
            wait_for(lambda: is_stopped(pid), f"{name} to stand still")
        return pid

    def kill(self, name):
        """kill -9; the process is started again by whoever supervises it."""
        return self.signal(name, signal.SIGKILL)

    def hold(self, name):
        """Ends a process and does not start it again before release()."""
        with self.lock:
            self.processes[name].is_wanted = False
        self.kill(name)
        self.processes[name].child.wait()

    def release(self, name):
        with self.lock:
            self.processes[name].start()


class Rpc:
    """A connection to one of the sockets, as docs/PROTOCOL.md has it."""

    def __init__(self, path, client):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")
        self.last_id = 0
        self.pushes = []
        self.call("hello", client=client, protocol=1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.file.close()
        self.socket.close()

    def read(self):
        try:
            line = self.file.readline()
        except ConnectionError:
            line = b""
        if not line:
            raise Failure("the connection was closed")
        return json.loads(line)

    def call(self, method, _extra=None, **params):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": params, **(_extra or {})}
        self.socket.sendall(json.dumps(message).encode() + b"\n")
        while True:
            answer = self.read()
            if "error" in answer:
                raise Failure(f"{answer['error']['code']}: {answer['error']['message']}")
            if answer.get("id") == self.last_id:
                return answer["result"]
            self.pushes.append(answer)

    def push(self):
        return self.pushes.pop(0) if self.pushes else self.read()
