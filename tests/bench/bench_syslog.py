"""syslog: what draining 1,000,000 stored events costs, beside rsyslog and syslog-ng

A log of a busy door controller, made through the store's own code, is forwarded over TCP and TLS to a
server that only counts, and over TLS to a real rsyslog. rsyslog's omfwd with a disk queue, and with
one that goes to disk when memory is full, and syslog-ng with a reliable disk buffer then send the
same messages to the same servers. Processor time is of all that drains: of ours the store's as well.
Then the time from an event to the wire, at 50 events a second.
"""

import datetime
import itertools
import json
import os
import re
import socket
import ssl
import subprocess
import threading
import time

import measure
import peers
import receivers
from appliance import Failure, Rpc, wait_for

CPU_LIMIT, RATE_LIMIT, RSS_LIMIT_MB, LATENCY_LIMIT_MS = 0.66, 1.5, 15.0, 60.0
LATENCY_RATE, LATENCY_EVENTS = 50, 500
DRAIN_S = 900

RSYSLOG = """
global(maxMessageSize="64k" defaultNetstreamDriverCAFile="{ca}")
module(load="imptcp")
input(type="imptcp" port="{feed}" address="127.0.0.1" ruleset="out")
template(name="asItCame" type="string" string="%rawmsg%")
ruleset(name="out") {{
    action(type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp" tcp_framing="octet-counted"
           template="asItCame" action.resumeRetryCount="-1" action.resumeInterval="1" {tls} {queue})
}}
"""
RSYSLOG_TLS = ('streamDriver="ossl" streamDriverMode="1" streamDriverAuthMode="x509/name" '
               'streamDriverPermittedPeers="localhost"')
QUEUES = {"disk queue": 'queue.type="Disk" queue.filename="q" queue.size="5000000"',
          "disk-assisted": 'queue.type="LinkedList" queue.filename="q" queue.size="10000" '
                           'queue.saveOnShutdown="on" queue.maxDiskSpace="8g"'}
SYSLOG_NG = """
options {{ log-msg-size(65536); stats-freq(0); time-reopen(1); keep-hostname(yes); }};
source s {{ syslog(transport("tcp") ip("127.0.0.1") port({feed}) max-connections(10)
                   log-iw-size(100000) log-fetch-limit(10000)); }};
destination d {{ syslog("127.0.0.1" transport("{transport}") port({port}) {tls}
    disk-buffer(reliable(yes) disk-buf-size(6000000000) mem-buf-size(163840000) dir("{dir}"))); }};
log {{ source(s); destination(d); flags(flow-control); }};
"""


class Sink:
    """The counting server; count() waits for what it was started for and returns seconds."""

    def __init__(self, bench, tls, port=None):
        self.port = port or receivers.free_port()
        self.child = subprocess.Popen(
            [os.path.join(bench.options.build, "tests/bench/syslog_sink"), str(self.port),
             str(bench.events), os.path.join(bench.state, "records"),
             *(bench.tls[1:] if tls else ())], stdout=subprocess.PIPE, text=True)
        if self.child.stdout.readline() != "listening\n":
            raise Failure("the counting log server does not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()

    def count(self):
        timer = threading.Timer(DRAIN_S, self.child.kill)
        timer.start()
        line = self.child.stdout.readline()
        timer.cancel()
        if not line:
            raise Failure(f"not everything arrived within {DRAIN_S} s")
        return json.loads(line)["us"] / 1e6


class RealSink:
    """The same of a real rsyslog: it counts the lines that it has written."""

    def __init__(self, bench, port=None):
        (ca, cert, key), state = bench.tls, bench.state
        self.port, self.events = port or receivers.free_port(), bench.events
        self.server = receivers.Rsyslog(state, "receiver", f"""
global(maxMessageSize="64k" defaultNetstreamDriverCAFile="{ca}"
       defaultNetstreamDriverCertFile="{cert}" defaultNetstreamDriverKeyFile="{key}")
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
input(type="imtcp" address="127.0.0.1" port="{self.port}" ruleset="count")
template(name="one" type="string" string=".")
ruleset(name="count" queue.type="LinkedList" queue.size="100000") {{
    action(type="omfile" file="{state}/receiver/count" template="one")
}}
""", [self.port])
        self.output = os.path.join(state, "receiver", "count")

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.end()
        os.unlink(self.output)

    def size(self):
        return os.path.getsize(self.output) if os.path.exists(self.output) else 0

    def count(self):
        wait_for(self.size, "the first message", 60)
        started = time.monotonic()
        wait_for(lambda: self.size() >= self.events, "everything", DRAIN_S)
        return time.monotonic() - started


class Ours:
    """Store and forwarder, with a log server for each way, all off but one."""

    def __init__(self, state, options, tls):
        self.state, self.build, self.tls = state, options.build, tls
        self.children = {}

    def run(self, name, *command):
        with open(os.path.join(self.state, name + ".log"), "ab") as log:
            self.children[name] = subprocess.Popen(command, stdout=log, stderr=log)

    def start(self, *names):
        if "store" in names:
            self.run("store", f"{self.build}/cardea-agent", "--role=store",
                     f"--run-dir={self.state}", f"--state-dir={self.state}")
            wait_for(self.answers, "the store")
        if "syslog" in names:
            self.run("syslog", f"{self.build}/cardea-syslog", f"--run-dir={self.state}")

    def stop(self):
        for child in self.children.values():
            child.terminate()
            child.wait(20)
        self.children = {}

    def answers(self):
        try:
            return self.call("snapshot")
        except (Failure, OSError):
            return None

    def call(self, method, **params):
        with Rpc(os.path.join(self.state, "agent.sock"), "cardeactl") as rpc:
            return rpc.call(method, **params)

    def add(self, port, transport):
        made = self.call("object.create", kind="log_server",
                         object={"name": f"{transport} {port}", "host": "localhost", "port": port,
                                 "transport": transport,
                                 "ca_file": self.tls[0] if transport == "tls" else ""})
        number = made.get("id") or made["object"]["id"]
        wait_for(lambda: self.report(number).get("state") == "up", "the log server to be up")
        self.enable(number, False)
        return number

    def report(self, number):
        return self.call("snapshot")["objects"].get(f"syslog.{number}", {})

    def enable(self, number, is_enabled, **fields):
        self.call("object.change", kind="log_server", id=number,
                  object={"enabled": is_enabled, **fields})

    def cpu_s(self):
        return sum(cpu_s(child.pid) for child in self.children.values())

    def rss_mb(self):
        return rss_mb(self.children["syslog"].pid)

    def fill(self, count):
        self.stop()
        subprocess.run([f"{self.build}/tests/bench/log_bench", f"{self.state}/events.db",
                        str(count)], check=True, capture_output=True)
        self.start("store", "syslog")


def cpu_s(pid):
    """Of a whole process, with those of its threads that have ended: rsyslog's come and go."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) / 1024


def feed(port, saved, events):
    """The messages that we have sent, as often as it takes, without waiting for anybody."""
    with open(saved, "rb") as file:
        data = file.read()
    records, at = [], 0
    while len(records) < 1000 and b" " in data[at:at + 8]:
        size, _, _ = data[at:at + 8].partition(b" ")
        end = at + len(size) + 1 + int(size)
        if end > len(data):
            break
        records.append(data[at:end])
        at = end
    block = b"".join(records)
    with socket.create_connection((peers.HOST, port)) as out:
        for _ in range(events // len(records)):
            out.sendall(block)
        out.sendall(b"".join(records[:events % len(records)]))
        out.shutdown(socket.SHUT_WR)
        while out.recv(4096):
            pass


def drain_peer(server, feed_port, saved, events, receiver):
    """Fills the queue of a running peer while nobody listens; then somebody does."""
    feed(feed_port, saved, events)
    before = settle(server.process.pid)
    with receiver() as sink:
        seconds = sink.count()
        cpu = cpu_s(server.process.pid) - before
    return seconds, cpu, rss_mb(server.process.pid)


def settle(pid):
    """Processor time once the process rests: then all of what it was fed is in its queue."""
    readings = [cpu_s(pid)]
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        time.sleep(0.5)
        readings.append(cpu_s(pid))
        if readings[-1] - readings[-2] < 0.03:
            break
    return readings[-1]


def rsyslog_sender(state, name, port, tls, queue):
    feed_port = receivers.free_port()
    config = RSYSLOG.format(ca=tls[0] if tls else "/dev/null", feed=feed_port, port=port,
                            tls=RSYSLOG_TLS if tls else "", queue=queue)
    if not tls:
        config = config.replace(' defaultNetstreamDriverCAFile="/dev/null"', "")
    return receivers.Rsyslog(state, name, config, [feed_port]), feed_port


def syslog_ng_sender(state, name, port, tls):
    feed_port = receivers.free_port()
    directory = os.path.join(state, name)
    trust = f'tls(ca-file("{tls[0]}") peer-verify(required-trusted))' if tls else ""
    config = SYSLOG_NG.format(feed=feed_port, port=port, dir=directory, tls=trust,
                              transport="tls" if tls else "tcp")
    return receivers.SyslogNg(state, name, config, [feed_port]), feed_port


class Bench:
    def __init__(self, rows, state, options):
        self.rows, self.state, self.options = rows, state, options
        self.events = options.events
        self.tls = peers.certificates(os.path.join(state, "tls"))
        self.saved = os.path.join(state, "sample")
        self.counter = itertools.count(1)

    def sink(self, tls, port=None):
        return Sink(self, tls, port)

    def print_row(self, name, seconds, cpu, rss):
        print(f"{name:44} {self.events / seconds:10.0f} {cpu * 1e6 / self.events:12.2f}"
              f" {rss:8.1f}", flush=True)

    def ours(self, ours, number, receiver, name):
        before = ours.cpu_s()
        with receiver() as sink:
            ours.enable(number, True, port=sink.port)
            seconds = sink.count()
            cpu = ours.cpu_s() - before
            wait_for(lambda: ours.report(number).get("confirmed", 0) >= self.events,
                     "the last receipt", 60)
            ours.enable(number, False)
        self.print_row(name, seconds, cpu, ours.rss_mb())
        return seconds, cpu

    def peer(self, make, tls, name, is_real=False):
        directory = os.path.join(self.state, f"peer{next(self.counter)}")
        os.makedirs(directory)
        port = receivers.free_port()
        server, feed_port = make(directory, port, self.tls if tls else None)
        server.start()
        try:
            seconds, cpu, rss = drain_peer(
                server, feed_port, self.saved, self.events,
                (lambda: self.real(port)) if is_real else (lambda: self.sink(tls, port)))
        finally:
            server.end()
            subprocess.run(["rm", "-rf", directory], check=True)
        self.print_row(name, seconds, cpu, rss)
        return seconds, cpu

    def real(self, port=None):
        return RealSink(self, port)


def peers_of(bench, tls, way, is_real=False):
    """The seconds and processor seconds of each peer, by name."""
    results = {}
    for name, queue in QUEUES.items():
        if is_real and name == "disk queue":
            continue
        results[name] = bench.peer(
            lambda directory, port, trust, queue=queue:
            rsyslog_sender(directory, "sender", port, trust, queue), tls,
            f"rsyslog omfwd, {name}, {way}", is_real)
    results["syslog-ng"] = bench.peer(
        lambda directory, port, trust: syslog_ng_sender(directory, "sender", port, trust), tls,
        f"syslog-ng, reliable disk buffer, {way}", is_real)
    return results


def compare(rows, way, ours, theirs):
    """Beside the cheapest and the fastest queue of rsyslog that is on disk."""
    rsyslog = [theirs[name] for name in QUEUES if name in theirs]
    cpu = ours[1] / min(each[1] for each in rsyslog)
    rate = min(each[0] for each in rsyslog) / ours[0]
    rows.add(f"processor, of rsyslog's, {way}", cpu, "ratio", CPU_LIMIT)
    is_missed = way == "TLS" and rate < RATE_LIMIT
    print(f"{'rate, of rsyslog' + chr(39) + 's, ' + way:44} {rate:10.2f}"
          f"{f' {RATE_LIMIT:10.2f}' if way == 'TLS' else ''}{'  MISSED' if is_missed else ''}",
          flush=True)
    if is_missed:
        rows.missed.append("rate over TLS")


def run(rows, state, options):
    subprocess.run(["make", "-s", "-C", options.build, "tests/bench/log_bench",
                    "tests/bench/syslog_sink"], check=True)
    bench = Bench(rows, state, options)
    ours = Ours(state, options, bench.tls)
    try:
        drain(bench, ours)
        latency(bench, ours)
    except receivers.Unavailable as error:
        raise Failure(str(error)) from error
    finally:
        ours.stop()


def drain(bench, ours):
    ours.start("store")
    ours.call("settings.set", values={"log.keep_events": 100000000})
    ours.start("syslog")
    with bench.sink(False) as plain, bench.sink(True) as tls:
        numbers = [ours.add(plain.port, "tcp"), ours.add(tls.port, "tls"),
                   ours.add(tls.port, "tls")]
    ours.fill(bench.events)
    bench.rows.title(f"draining {bench.events} events")
    print(f"{'':44} {'messages/s':>10} {'processor s/M':>12} {'MB':>8}")
    # The first time is for the caches, and for the messages that the others send.
    ways = (("TCP", False, numbers[0]), ("TLS", True, numbers[1]))
    results = {}
    for way, tls, number in ways:
        results[way] = bench.ours(ours, number, lambda tls=tls: bench.sink(tls),
                                  f"Cardea, {way}")
        os.replace(os.path.join(bench.state, "records"), bench.saved)
    bench.rows.add("memory of the forwarder", ours.rss_mb(), "MB", RSS_LIMIT_MB)
    real = bench.ours(ours, numbers[2], bench.real, "Cardea, TLS to rsyslog")
    for way, tls, _ in ways:
        compare(bench.rows, way, results[way], peers_of(bench, tls, way))
    theirs = peers_of(bench, True, "TLS to rsyslog", is_real=True)
    compare(bench.rows, "TLS to rsyslog", real, theirs)


class Ear(threading.Thread):
    """A TLS log server that notes how old a message is when it comes."""

    STAMP = re.compile(rb"^<\d+>1 (\S+) .* kind=\"setting.changed\"")

    def __init__(self, tls):
        super().__init__(daemon=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(tls[1], tls[2])
        self.listener = socket.create_server((peers.HOST, 0))
        self.port = self.listener.getsockname()[1]
        self.ages_ms = []
        self.start()

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            with self.context.wrap_socket(connection, server_side=True) as stream:
                self.read(stream)
                stream.unwrap()
        except OSError:
            pass

    def read(self, stream):
        data = b""
        while True:
            piece = stream.recv(65536)
            if not piece:
                return
            now = time.time()
            data += piece
            while True:
                size, space, rest = data.partition(b" ")
                if not space or len(rest) < int(size):
                    break
                self.note(rest[:int(size)], now)
                data = rest[int(size):]

    def note(self, record, now):
        found = self.STAMP.match(record)
        if found:
            stamp = datetime.datetime.fromisoformat(found.group(1).decode()).timestamp()
            self.ages_ms.append((now - stamp) * 1000)


def latency(bench, ours):
    ear = Ear(bench.tls)
    number = ours.call("object.create", kind="log_server", object={
        "name": "ear", "host": "localhost", "port": ear.port, "transport": "tls",
        "ca_file": bench.tls[0]})
    number = number.get("id") or number["object"]["id"]
    wait_for(lambda: ours.report(number).get("state") == "up", "the log server to be up")
    with Rpc(os.path.join(ours.state, "agent.sock"), "cardeactl") as rpc:
        next_at = time.monotonic()
        for count in range(LATENCY_EVENTS):
            rpc.call("settings.set", values={"system.location": f"Room {count}"})
            next_at += 1 / LATENCY_RATE
            time.sleep(max(0.0, next_at - time.monotonic()))
    wait_for(lambda: len(ear.ages_ms) >= LATENCY_EVENTS, "the last event")
    ages = sorted(ear.ages_ms)
    bench.rows.title(f"from an event to the wire, {LATENCY_RATE} a second, TLS")
    bench.rows.add("median", measure.median(ages), "ms")
    bench.rows.add("p99", ages[len(ages) * 99 // 100], "ms", LATENCY_LIMIT_MS)
