"""The appliance on the virtual board and, beside it, real management systems from Debian.

Every system is a private instance: its files are below a directory of this run, it listens on
loopback at ports that were free, and it ends with the run. What is not installed skips its test.
"""

import json
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

SOURCE = os.environ.get("CARDEA_SRCDIR") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path[:0] = [os.path.join(SOURCE, "tools"), os.path.join(SOURCE, "tests", "integration")]

import harness  # noqa: E402
import peers  # noqa: E402
from appliance import Appliance, Failure, wait_for  # noqa: E402,F401
from harness import check  # noqa: E402,F401

CONTRIB = os.path.join(SOURCE, "contrib")
MODULES = ":".join(sorted(name.removesuffix(".txt") for name in os.listdir(
    os.path.join(SOURCE, "mibs")) if name.endswith("-MIB.txt")) + ["SNMPv2-MIB"])
PLACEHOLDER = "CHANGE-ME-PASSWORD"


def need(*programs):
    """Skips the whole file when a program is not there; returns their paths."""
    found = []
    for name in programs:
        try:
            found.append(name if os.path.isabs(name) and os.path.exists(name)
                         else peers.find_program(name))
        except FileNotFoundError:
            harness.skip_all(f"{name} is not installed: './run check integrations' installs it")
    return found


def free_port(kind=socket.SOCK_STREAM):
    """One that is free now, and below 32768: Zabbix takes no other."""
    for port in random.sample(range(20000, 32768), 100):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((peers.HOST, port))
                return port
            except OSError:
                continue
    raise Failure("no free port was found")


def contrib(*names):
    with open(os.path.join(CONTRIB, *names), encoding="utf-8") as file:
        return file.read()


def contrib_auth(nms):
    """The file of passwords that managers of this run have."""
    with open(os.path.join(nms.snmp_dir, "snmp.conf"), encoding="utf-8") as file:
        return file.read()


def ask(url, data=None, headers=None, seconds=20):
    """GET or POST; returns the text, or None while nobody answers or it answers with an error."""
    request = urllib.request.Request(url, data, headers or {})
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return None


def ask_json(url, *arguments, **more):
    text = ask(url, *arguments, **more)
    return json.loads(text) if text else None


class Nms(Appliance):
    """An appliance with room for management systems beside it."""

    def __init__(self, state, **options):
        super().__init__(state, **options)
        self.room = tempfile.mkdtemp(prefix="cardea-nms.")
        os.chmod(self.room, 0o755)
        self.trap_port = free_port(socket.SOCK_DGRAM)

    def add(self, name, command, environment=None):
        if name == "snmpd":
            # Notifications go to one more receiver, which a test may start.
            with open(os.path.join(self.snmp_dir, "snmpd.conf"), "a", encoding="utf-8") as file:
                file.write(f"trap2sink {peers.HOST}:{self.trap_port} {self.community}\n")
        super().add(name, command, environment)

    def stop(self):
        super().stop()
        shutil.rmtree(self.room, ignore_errors=True)

    @property
    def target(self):
        return f"{peers.HOST}:{self.ports.snmp}"

    @property
    def password(self):
        return peers.secret(self.snmp_dir, "password")

    @property
    def community(self):
        return peers.secret(self.snmp_dir, "trap-community")

    def start_trapd(self, *handler, options="", config=""):
        """A snmptrapd that hands every notification to a program with its arguments."""
        config = self.write("snmptrapd.conf", config or f"""\
snmpTrapdAddr udp:{peers.HOST}:{self.trap_port}
authCommunity execute {self.community}
{options}
traphandle default {" ".join(handler)}
""")
        folder = self.folder("snmptrapd")
        self.add("trap-handler", [peers.find_program("snmptrapd"), "-f", "-C", "-c", config, "-Lf",
                                  os.path.join(self.state, "log", "handler.log"),
                                  "-M", peers.mib_directories(SOURCE), "-m", MODULES],
                 {"SNMP_PERSISTENT_DIR": folder, "SNMPCONFPATH": folder})

    def snmp(self, tool, *words):
        """Runs a Net-SNMP program against the controller, numbers only; returns what it said."""
        return self.snmp_named(tool, *words, options=("-m", "", "-OneQUt"))

    def snmp_named(self, tool, *words, options=("-m", MODULES, "-OQUet")):
        """The same with our modules' names."""
        manager = {"SNMPCONFPATH": self.snmp_dir,
                   "SNMP_PERSISTENT_DIR": os.path.join(self.snmp_dir, "manager")}
        status, text = said([tool, *options, self.target, *words],
                            env={**os.environ, **manager})
        check(status == 0, f"{tool} {words}: {text}")
        return text.strip()

    def write(self, name, text, mode=0o600, user=None):
        """A file of a management system; returns its path."""
        path = os.path.join(self.room, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        peers.write(path, text, mode)
        if user and os.getuid() == 0:
            account = pwd.getpwnam(user)
            os.chown(path, account.pw_uid, account.pw_gid)
        return path

    def folder(self, name, user=None):
        path = os.path.join(self.room, name)
        os.makedirs(path, mode=0o750)
        if user and os.getuid() == 0:
            account = pwd.getpwnam(user)
            os.chown(path, account.pw_uid, account.pw_gid)
        return path

    def force(self, door=1):
        """Opens a door that nobody has unlocked; returns the event."""
        after = self.events()[-1]["seq"]
        self.board("set", f"door{door}.contact", "open")
        return self.wait_event("door.forced", after=after, door=door)

    def badge_unknown(self):
        """A card that nobody has is shown to the first reader; returns the event."""
        after = self.events()[-1]["seq"]
        self.board("badge", 1, "--facility", 118, "--card", 60001)
        return self.wait_event("access.unknown", after=after)

    def badge_under_duress(self, reader=5):
        """Somebody is made to let others in; returns the event."""
        def create(kind, **fields):
            return self.rpc("object.create", kind=kind, object=fields)["id"]

        asked = create("authentication", name="Card and PIN", level="card_and_pin")
        self.rpc("object.change", kind="access_point", id=reader, object={"authentication": asked})
        group = create("door_group", name="Everything", doors=[1, 2, 3, 4])
        profile = create("access_profile", name="Staff", rules=[{"door_groups": [group]}])
        person = create("person", name="Edsger", profiles=[{"profile": profile}])
        create("credential", person=person, facility=118, card=4)
        create("credential", person=person, type="pin", pin="9999", duress=True)
        after = self.events()[-1]["seq"]
        self.board("badge", reader, "--facility", 118, "--card", 4)
        self.board("type", reader, "9999#")
        return self.wait_event("access.duress", after=after)

    def close(self, door=1):
        after = self.events()[-1]["seq"]
        self.board("set", f"door{door}.contact", "closed")
        return self.wait_event("door.forced_cleared", after=after, door=door)


def as_user(user, command):
    """What refuses to run as root runs as a user that its package has made; others as they are."""
    if os.getuid() != 0:
        return command
    account = pwd.getpwnam(user)
    # The kernel forgets who is to be told of a parent's death when the user changes.
    return ["setpriv", "--pdeathsig", "TERM", f"--reuid={account.pw_uid}",
            f"--regid={account.pw_gid}", "--clear-groups", *command]


def said(command, **more):
    """Runs a tool to its end; returns (status, what it said)."""
    done = subprocess.run(command, text=True, timeout=60, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    return done.returncode, done.stdout


def run(module_name):
    """Runs the tests of a file on one appliance with room for management systems."""
    # Who is told to end, by a lane that takes too long or by Ctrl-C, still cleans up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    tests = harness.tests_of(sys.modules[module_name])
    state = tempfile.mkdtemp(prefix="cardea-test.")
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    try:
        with Nms(state) as rig:
            for number, test in enumerate(tests, 1):
                failed += not harness.run_one(number, test, rig)
    except Failure as error:
        print(f"Bail out! {error}", flush=True)
        failed += 1
    if failed:
        harness.show_logs(state)
    shutil.rmtree(state, ignore_errors=True)
    sys.exit(1 if failed else 0)
