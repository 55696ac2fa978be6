"""What arrives at a real log server that is disturbed while the log is forwarded to it.

A log that is full already is forwarded in batches with a receipt each, so that it takes some seconds
whatever the machine is; faults come when a share of it has arrived.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import harness
from harness import SOURCE, wait_for

sys.path.insert(0, os.path.join(SOURCE, "tools"))

import peers  # noqa: E402
import receivers  # noqa: E402
from appliance import Failure, Rpc  # noqa: E402

SEQ = re.compile(rb'\[cardeaEvent@32473 seq="(\d+)"')
# A queue of its own would lose what it holds: messages are on disk before they are confirmed.
RSYSLOG = """
module(load="omprog")
global(maxMessageSize="64k" defaultNetstreamDriverCAFile="{ca}"
       defaultNetstreamDriverCertFile="{cert}" defaultNetstreamDriverKeyFile="{key}")
main_queue(queue.type="Direct")
{input}
template(name="asItCame" type="string" string="%rawmsg%\\n")
ruleset(name="write") {{
    action(type={write} template="asItCame" action.resumeRetryCount="-1" action.resumeInterval="1")
}}
"""
OMFILE = '"omfile" file="{out}" asyncWriting="off" flushOnTXEnd="on"'
# What confirms a record when the disk has it: omfile says so of what it throws away as well.
WRITER = '"omprog" binary="{source}/contrib/rsyslog/cardea-write {out}" confirmMessages="on"'
INPUTS = {
    "tcp": """module(load="imtcp")
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="write")""",
    "tls": """module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1"
       StreamDriver.AuthMode="anon")
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="write")""",
    "relp": """module(load="imrelp")
input(type="imrelp" address="127.0.0.1" port="{port}" ruleset="write")""",
}
SYSLOG_NG = """
options {{ log-msg-size(65536); flush-lines(1); time-reopen(1); log-fifo-size(500000); }};
source s {{ syslog(transport("{transport}") ip("127.0.0.1") port({port}) flags(no-parse) {tls}); }};
destination d {{ file("{out}" template("$MSG\\n")); }};
log {{ source(s); destination(d); flags(flow-control); }};
"""
HELD_S = 15  # until what a server has read and not written is taken as lost
MOUNT_SPARE = 1 << 18  # bytes on the server's disk, over those that are used
SYSLOG_NG_TLS = 'tls(key-file("{key}") cert-file("{cert}") peer-verify(optional-untrusted))'


class Loss:
    """Store, forwarder and one log server over a transport; kind is rsyslog or syslog-ng."""

    def __init__(self, directory, build, kind, transport, write=OMFILE):
        self.dir, self.build, self.kind, self.transport = directory, build, kind, transport
        self.write = write
        self.ca, self.cert, self.key = peers.certificates(os.path.join(directory, "tls"))
        self.disk = os.path.join(directory, "disk")
        os.makedirs(self.disk, mode=0o700, exist_ok=True)
        self.out = os.path.join(self.disk, "out")
        self.is_mounted = False
        self.children = {}
        self.first = 0
        self.port = receivers.free_port()
        self.server = self.make_server()
        self.server.start()

    def make_server(self):
        names = {"ca": self.ca, "cert": self.cert, "key": self.key, "out": self.out,
                 "port": self.port, "transport": self.transport}
        if self.kind == "rsyslog":
            text = RSYSLOG.format(input=INPUTS[self.transport].format(**names),
                                  write=self.write.format(source=SOURCE, **names), **names)
            return receivers.Rsyslog(self.dir, "server", text, [self.port])
        tls = SYSLOG_NG_TLS.format(**names) if self.transport == "tls" else ""
        return receivers.SyslogNg(self.dir, "server", SYSLOG_NG.format(tls=tls, **names),
                                  [self.port])

    def run(self, name, *command):
        with open(os.path.join(self.dir, name + ".log"), "ab") as log:
            self.children[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log)

    def start_store(self):
        self.run("store", f"{self.build}/cardea-agent", "--role=store", f"--run-dir={self.dir}",
                 f"--state-dir={self.dir}/store")
        wait_for(self.answers, "the store")

    def start_forwarder(self):
        self.run("syslog", f"{self.build}/cardea-syslog", f"--run-dir={self.dir}")

    def end(self, name, number=signal.SIGTERM):
        child = self.children.pop(name)
        child.send_signal(number)
        child.wait(20)

    def close(self):
        for name in list(self.children):
            self.end(name)
        self.server.end()
        if self.is_mounted:
            subprocess.run(["umount", self.disk], check=True)

    def call(self, method, **params):
        with Rpc(os.path.join(self.dir, "agent.sock"), "cardeactl") as rpc:
            return rpc.call(method, **params)

    def answers(self):
        try:
            return self.call("snapshot")
        except (Failure, OSError):
            return None

    def fill(self, count, batch):
        """A log of so many events, of which none has been forwarded, and then begins to be."""
        os.makedirs(f"{self.dir}/store", mode=0o700, exist_ok=True)
        self.start_store()
        self.call("object.create", kind="log_server", object={
            "name": "Loss", "host": "localhost", "port": self.port, "enabled": False,
            "transport": self.transport, "receipt_records": batch,
            "ca_file": self.ca if self.transport == "tls" else ""})
        self.first = self.call("status")["log"]["head"] + 1
        self.end("store")
        subprocess.run([f"{self.build}/tests/bench/log_bench", f"{self.dir}/store/events.db",
                        str(count)], check=True, capture_output=True)
        self.start_store()
        self.start_forwarder()
        self.change(enabled=True)

    def change(self, **fields):
        self.call("object.change", kind="log_server", id=1, object=fields)

    def size(self):
        return os.path.getsize(self.out) if os.path.exists(self.out) else 0

    def wait_more(self, size):
        """Until so many more bytes of records have arrived, or nothing more is to come."""
        wanted = self.size() + size
        wait_for(lambda: self.size() >= wanted or self.has_all(), "more records", 180)

    def cursor(self):
        followers = {row["name"]: row for row in self.call("status")["followers"]}
        return followers["syslog.1"]

    def has_all(self):
        try:
            return self.cursor()["lag"] == 0
        except (Failure, OSError):
            return False

    def arrived(self):
        """(events, lost, duplicates, in order) as the server's file is now."""
        last = self.cursor()["seq"]
        with open(self.out, "rb") as out:
            seqs = [int(seq) for seq in SEQ.findall(out.read())]
        firsts = [seq for seq in dict.fromkeys(seqs) if self.first <= seq <= last]
        wanted = last - self.first + 1
        return wanted, wanted - len(firsts), len(seqs) - len(set(seqs)), firsts == sorted(firsts)

    def result(self, seconds=120):
        """What has arrived once everything is confirmed, and the server has written what it holds."""
        wait_for(self.has_all, "everything to be confirmed", seconds)
        until = time.monotonic() + HELD_S
        while self.arrived()[1] and time.monotonic() < until:
            time.sleep(0.2)
        return self.arrived()

    # Faults

    def kill9(self):
        self.server.end(signal.SIGKILL)
        self.server.start()

    def stall_and_kill(self, stall):
        self.server.process.send_signal(signal.SIGSTOP)
        stall()
        self.server.end(signal.SIGKILL)
        self.server.start()

    def restart(self):
        self.server.end()
        self.server.start()

    def kill_forwarder(self):
        self.end("syslog", signal.SIGKILL)
        self.start_forwarder()

    def kill_both(self):
        self.end("syslog", signal.SIGKILL)
        self.server.end(signal.SIGKILL)
        self.server.start()
        self.start_forwarder()

    def replace_certificate(self):
        """The server comes back with a certificate of another CA, which is then trusted."""
        shutil.rmtree(os.path.join(self.dir, "tls"))
        peers.certificates(os.path.join(self.dir, "tls"))
        self.restart()

    def move(self):
        """The server is at another port, and the object says so later."""
        self.server.end(signal.SIGKILL)
        self.port = receivers.free_port()
        self.server = self.make_server()
        self.server.start()
        self.change(port=self.port)


    # These two in a namespace of their own: see isolated()

    def mount(self, *more):
        """False when more is used already than there would be."""
        return not subprocess.run(["mount", "-t", "tmpfs", *more, "tmpfs", self.disk], check=False,
                                  stderr=subprocess.DEVNULL).returncode

    def narrow(self):
        state = os.statvfs(self.disk)
        used = (state.f_blocks - state.f_bfree) * state.f_frsize
        return self.mount("-o", f"remount,size={used + MOUNT_SPARE}")

    def fill_disk(self, seconds):
        """The server's disk has no room for so long. It is one of its own from the first time on."""
        if not self.is_mounted:
            self.server.end()
            os.rename(self.out, os.path.join(self.dir, "before"))
            self.is_mounted = self.mount("-o", "size=90%")
            shutil.copyfile(os.path.join(self.dir, "before"), self.out)
            self.server.start()
        wait_for(self.narrow, "a smaller disk")
        wait_for(lambda: os.statvfs(self.disk).f_bfree == 0 or self.has_all(), "a full disk", 60)
        time.sleep(seconds)
        self.mount("-o", "remount,size=90%")

    def cut_link(self, seconds):
        """Nothing passes between forwarder and server."""
        subprocess.run(["ip", "link", "set", "lo", "down"], check=True)
        time.sleep(seconds)
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def isolated(*words):
    """A command with mounts and a loopback interface of its own."""
    return ["unshare", "-rmn", "--kill-child", *words]


def is_isolating():
    done = subprocess.run(isolated("ip", "link", "set", "lo", "up"), capture_output=True,
                          check=False)
    return done.returncode == 0


def disturb(build, way, fault, events, seconds):
    """The result of so many of these faults, one for each number of seconds, in namespaces."""
    script = os.path.join(SOURCE, "tests", "integration", "loss.py")
    done = subprocess.run(isolated(sys.executable, "-B", script, build, *way, fault, str(events),
                                   *map(str, seconds)), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"{fault}: {(done.stderr.strip().splitlines() or ['it failed'])[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def unavailable(kind, transport):
    """Why this server cannot be had; "" when it can."""
    try:
        if kind == "rsyslog":
            receivers.need_rsyslog(*{"tls": ["lmnsd_ossl"], "relp": ["imrelp"]}.get(transport, []))
        else:
            receivers.syslog_ng_root()
    except receivers.Unavailable as error:
        return str(error)
    return ""


def show(result, name):
    wanted, lost, again, is_ordered = result
    print(f"# {name}: {wanted} events, {lost} lost, {again} again,"
          f" {'in order' if is_ordered else 'OUT OF ORDER'}", flush=True)
    harness.check(lost == 0, f"{name}: {lost} of {wanted} events are lost")
    harness.check(is_ordered, f"{name}: events arrived out of order")
    harness.check(again <= wanted, f"{name}: {again} duplicates of {wanted} events")


def main():
    build, kind, transport, fault, events, *seconds = sys.argv[1:]
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    directory = tempfile.mkdtemp(prefix="cardea-loss.")
    rig = Loss(directory, build, kind, transport, WRITER if fault == "disk full" else OMFILE)
    faults = 0
    try:
        rig.fill(int(events), max(1, int(events) // 600))
        rig.wait_more(1)
        for length in map(float, seconds):
            if rig.has_all():
                break
            {"disk full": rig.fill_disk, "link cut": rig.cut_link}[fault](length)
            faults += 1
            rig.wait_more(int(events) * 350 // (len(seconds) + 4))
        print(json.dumps([*rig.result(900), faults]))
    finally:
        rig.close()
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
