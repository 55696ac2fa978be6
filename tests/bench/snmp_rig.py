"""What the benches of SNMP share: a private snmpd, the manager that costs little, other agents."""

import collections
import contextlib
import os
import re
import signal
import socket
import subprocess

import peers
from appliance import Appliance, Failure, wait_for
from measure import cpu_us

PROGRAMS = [f"tests/bench/{name}" for name in ("agentx_bench", "agentx_floor", "snmp_walk")]
ENTERPRISE = "1.3.6.1.4.1.32473"
MODULE = f"{ENTERPRISE}.2.1"
POINT_NAME = f"{MODULE}.1.5.1.1.2"
COMMUNITY = "bench"
ONE_REPETITIONS, ALL_REPETITIONS = 50, 5

Figures = collections.namedtuple("Figures", "varbinds seconds agent_us master_us")


def build(options):
    subprocess.run(["make", "-s", "-C", options.build, *PROGRAMS], check=True)


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((peers.HOST, 0))
        return probe.getsockname()[1]


def end(child):
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class Master:
    """snmpd on loopback with a read community, and traps to a port of this process."""

    def __init__(self, directory, agentx, options):
        self.directory, self.agentx, self.options = directory, agentx, options
        os.makedirs(directory, mode=0o700, exist_ok=True)
        self.port = free_port()
        self.traps = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.traps.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        self.traps.bind((peers.HOST, 0))
        config = os.path.join(directory, "snmpd.conf")
        peers.write(config, f"""\
agentAddress udp:{peers.HOST}:{self.port}
master agentx
agentXSocket unix:{agentx}
agentXTimeout 5
agentXRetries 0
rocommunity {COMMUNITY} {peers.HOST}
trap2sink {peers.HOST}:{self.traps.getsockname()[1]} {COMMUNITY}
""")
        environment = {**os.environ, "SNMP_PERSISTENT_DIR": directory + "/kept",
                       "SNMPCONFPATH": directory + "/kept", "MIBS": ""}
        self.child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", peers.find_program("snmpd"), "-f", "-C", "-c", config,
             "-I", "-smux", "-Lf", os.path.join(directory, "snmpd.log")],
            env=environment, stdin=subprocess.DEVNULL)
        wait_for(lambda: os.path.exists(agentx), "snmpd to listen")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end(self.child)
        self.traps.close()

    def columns(self, root=MODULE):
        """The columns of every table below the module's root, by the OID of the table's entry."""
        listed = subprocess.run(
            ["snmpbulkwalk", "-v2c", "-c", COMMUNITY, "-OnQ", "-m", "", f"{peers.HOST}:{self.port}",
             "." + root], capture_output=True, text=True, check=True).stdout
        tables = {}
        for line in listed.splitlines():
            found = re.match(rf"\.({re.escape(root)}(?:\.\d+){{4}})\.(\d+)\.\d", line)
            if found and not line.split(" ")[0].endswith(".0"):
                tables.setdefault(found[1], set()).add(int(found[2]))
        return [",".join(f"{entry}.{column}" for column in sorted(columns))
                for entry, columns in tables.items()]

    def walk(self, groups, repetitions, seconds=0, walks=0):
        """Returns how many varbinds there were, and how long that took in seconds."""
        done = subprocess.run(
            [os.path.join(self.options.build, "tests/bench/snmp_walk"), f"{peers.HOST}:{self.port}",
             COMMUNITY, str(repetitions), str(seconds), str(walks), *groups],
            capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(done.stderr.strip())
        varbinds, _, lasted_ns = map(int, done.stdout.split())
        return varbinds, lasted_ns / 1e9

    def is_answering(self, group):
        try:
            return self.walk([group], 10, walks=1)[0] > 0
        except Failure:
            return False

    def measure(self, groups, repetitions, seconds, agent=None):
        """The same with the processor time of the agent, if it is another process, and of snmpd."""
        pids = [agent, self.child.pid]
        before = [cpu_us(pid) if pid else 0 for pid in pids]
        varbinds, lasted = self.walk(groups, repetitions, seconds)
        spent = [cpu_us(pid) - start if pid else 0 for pid, start in zip(pids, before)]
        return Figures(varbinds, lasted, *spent)


@contextlib.contextmanager
def agent(command, master, group, patience=20):
    """Another agent of this master, until it answers and for as long as it is wanted."""
    log = os.path.join(master.directory, os.path.basename(command[0]) + ".log")
    with open(log, "ab") as out:
        child = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command],
                                 stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        wait_for(lambda: child.poll() is not None or master.is_answering(group),
                 f"'{command[0]}' to answer", patience)
        if child.poll() is not None:
            raise Failure(f"'{command[0]}' has ended; its log is '{log}'")
        yield child
    finally:
        end(child)


def instructions(command, master, groups, rows=1000):
    """User instructions per varbind: what more walks cost more, by callgrind."""
    totals = []
    # What goes on by the clock meanwhile, as pings do, is to be little of it.
    for walks in (1, 2 + 10000 // rows):
        out = os.path.join(master.directory, "callgrind.log")
        counted = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                   f"--log-file={out}", *command]
        with agent(counted, master, groups[0], patience=60) as child:
            varbinds, _ = master.walk(groups, ONE_REPETITIONS, walks=walks)
            child.send_signal(signal.SIGTERM)
            child.wait(30)
        with open(out, encoding="utf-8", errors="replace") as log:
            totals.append((int(re.search(r"Collected : (\d+)", log.read())[1]), varbinds))
    (first, first_varbinds), (second, second_varbinds) = totals
    return (second - first) / (second_varbinds - first_varbinds)


class Role(Appliance):
    """The appliance without peers, its snmp role below a master of the bench."""

    def __init__(self, state, options):
        super().__init__(state, options.build, with_peers=False, one_process_a_role=True)
        self.options = options
        self.master = None

    def start_all(self):
        self.master = Master(os.path.join(self.state, "master"),
                             os.path.join(self.run_dir, "agentx.sock"), self.options)
        super().start_all()
        wait_for(lambda: self.master.is_answering(POINT_NAME), "the snmp role to answer")

    def stop(self):
        super().stop()
        if self.master:
            end(self.master.child)
            self.master.traps.close()
