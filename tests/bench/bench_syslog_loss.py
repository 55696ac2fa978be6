"""syslog-loss: what is lost on the way to a log server that dies ten times, beside rsyslog and syslog-ng

240,000 events of a log go to rsyslog over TCP, TLS and RELP and to syslog-ng over TCP and TLS, while
the server, the forwarder or both are killed, stopped and killed, restarted or moved, or the link is
cut (once for a minute, then for five seconds), or the server's disk is full, ten times in each row.
Then rsyslog's omfwd with a disk-assisted queue and syslog-ng with a reliable disk buffer send as many
messages to a server of their own kind that suffers the same. Ours must lose nothing, keep the order
of first arrival, and repeat no more than it sends.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time

import bench_syslog
import peers
import receivers
from appliance import SOURCE, Failure

sys.path.insert(0, os.path.join(SOURCE, "tests", "integration"))

import loss  # noqa: E402

EVENTS, TIMES, BATCHES = 240000, 10, 600
RECORD_BYTES = 350
# The peers are fed at this rate, so that there is something to lose whenever a fault comes.
FEED_RATE, QUIET_S = 8000, 8
WAYS = [("rsyslog", "tcp"), ("rsyslog", "tls"), ("rsyslog", "relp"), ("syslog-ng", "tcp"),
        ("syslog-ng", "tls")]
FAULTS = {
    "killed": lambda rig: rig.kill9(),
    "stopped and killed": lambda rig: rig.stall_and_kill(lambda: time.sleep(2)),
    "restarted": lambda rig: rig.restart(),
    "forwarder killed": lambda rig: rig.kill_forwarder(),
    "both killed": lambda rig: rig.kill_both(),
    "moved": lambda rig: rig.move(),
    "certificate replaced": lambda rig: rig.replace_certificate(),
}
OF_TLS = "certificate replaced"
# In namespaces, each time for so many seconds.
ISOLATED = {"link cut": [60] + [5] * (TIMES - 1), "disk full": [2] * TIMES}
# It writes some records behind later ones itself, when its disk had no room for them.
OWN_ORDER = ("syslog-ng", "disk full")
OF_THE_SERVER = ["killed", "stopped and killed", "restarted"]


def ours(state, options, way, fault, events):
    directory = os.path.join(state, "ours")
    os.makedirs(directory)
    rig = loss.Loss(directory, options.build, *way)
    faults = 0
    try:
        rig.fill(events, max(1, events // BATCHES))
        rig.wait_more(1)
        while faults < TIMES and not rig.has_all():
            FAULTS[fault](rig)
            faults += 1
            rig.wait_more(events * RECORD_BYTES // (TIMES + 4))
        return (*rig.result(900), faults)
    finally:
        rig.close()
        shutil.rmtree(directory)


class Feeder(threading.Thread):
    """Numbered messages to a peer, at a steady rate."""

    def __init__(self, port, count):
        super().__init__(daemon=True)
        self.port, self.count = port, count
        self.start()

    def run(self):
        group = FEED_RATE // 50
        with socket.create_connection((peers.HOST, self.port)) as out:
            begun = time.monotonic()
            for first in range(1, self.count + 1, group):
                records = [f'<86>1 2026-09-21T14:13:20.000000Z host cardea 1 AC100 [cardeaEvent@32473'
                           f' seq="{seq}"] {"x" * 150}'
                           for seq in range(first, min(first + group, self.count + 1))]
                out.sendall(b"".join(f"{len(text)} {text}".encode() for text in records))
                time.sleep(max(0, begun + first / FEED_RATE - time.monotonic()))


def theirs(state, kind, transport, fault, events):
    """The same of another sender, to a server of its own kind."""
    directory = os.path.join(state, "theirs")
    os.makedirs(directory)
    target = loss.Loss(directory, "", kind, transport)
    tls = (target.ca, target.cert, target.key) if transport == "tls" else None
    make = (bench_syslog.syslog_ng_sender if kind == "syslog-ng" else
            lambda *words: bench_syslog.rsyslog_sender(*words,
                                                       bench_syslog.QUEUES["disk-assisted"]))
    sender, feed_port = make(directory, "sender", target.port, tls)
    sender.start()
    try:
        feeder = Feeder(feed_port, events)
        for _ in range(TIMES):
            time.sleep(events / FEED_RATE / (TIMES + 2))
            FAULTS[fault](target)
        feeder.join(600)
        settle(target)
        with open(target.out, "rb") as out:
            seqs = [int(seq) for seq in loss.SEQ.findall(out.read())]
        return events, events - len(set(seqs)), len(seqs) - len(set(seqs)), True, TIMES
    finally:
        sender.end()
        target.close()
        shutil.rmtree(directory)


def settle(target):
    size, since = target.size(), time.monotonic()
    while time.monotonic() - since < QUIET_S:
        time.sleep(0.5)
        if target.size() != size:
            size, since = target.size(), time.monotonic()


def show(name, result):
    _, lost, again, is_ordered, faults = result
    print(f"{name:52} {faults:6} {lost:8} {again:9} {'yes' if is_ordered else 'NO':>6}", flush=True)


def run(rows, state, options):
    events = min(options.events, EVENTS)
    subprocess.run(["make", "-s", "-C", options.build, "tests/bench/log_bench"], check=True)
    rows.title(f"{events} events to a log server that is disturbed")
    print(f"{'':52} {'faults':>6} {'lost':>8} {'again':>9} {'order':>6}")
    try:
        for way in WAYS:
            for fault in FAULTS | ISOLATED:
                if fault == OF_TLS and way[1] != "tls":
                    continue
                result = (loss.disturb(options.build, way, fault, events, ISOLATED[fault])
                          if fault in ISOLATED else ours(state, options, way, fault, events))
                name = f"Cardea, {way[1]} to {way[0]}, {fault}"
                show(name, result)
                is_ordered = result[3] or (way[0], fault) == OWN_ORDER
                if result[1] or not is_ordered or result[2] > events:
                    rows.missed.append(name)
        for kind in ("rsyslog", "syslog-ng"):
            for transport in ("tcp", "tls"):
                for fault in OF_THE_SERVER:
                    show(f"{kind}'s own sender, {transport}, {fault}",
                         theirs(state, kind, transport, fault, events))
    except receivers.Unavailable as error:
        raise Failure(str(error)) from error
