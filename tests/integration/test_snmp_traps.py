#!/usr/bin/env python3
"""What has gone wrong between subagents and Net-SNMP's master, measured, and must not here: floods
of notifications, a master that hangs, restarts, is reloaded, or waits for a receiver itself.

CARDEA_HANG_SECONDS makes the hang longer: './run check' hangs snmpd for 20 s.
"""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time

from harness import SOURCE, check, run, wait_for

import badger
import manager
import peers
from appliance import Rpc

HANG_SECONDS = float(os.environ.get("CARDEA_HANG_SECONDS", "4"))
BURST = 5000
# What is measured is below a second on a quiet machine.
BACK_SECONDS = 6
NOBODY = "80001f8880e9630000d61ff449"


class Happening:
    """Events that are notified, so many a second, and managers that read, until it ends."""

    def __init__(self, rig, rate=10, managers=0):
        self.rig, self.rate = rig, rate
        self.over = threading.Event()
        self.head = rig.events()[-1]["seq"]
        self.threads = [threading.Thread(target=self.toggle)]
        self.threads += [threading.Thread(target=self.read) for _ in range(managers)]

    def toggle(self):
        with Rpc(os.path.join(self.rig.run_dir, "agent.sock"), "cardeactl") as store:
            while not self.over.wait(1 / self.rate):
                store.call("output.command", output=1, command="toggle")

    def read(self):
        while not self.over.is_set():
            manager.snmp(self.rig, "snmpbulkwalk", manager.MODULE, options=("-r0", "-t1"))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def seqs(self):
        return [event["seq"] for event in self.rig.events()
                if event["seq"] > self.head and event["kind"] == "output.state"]


def check_all_notified(rig, happening, twice=1):
    """None is missing, all are in order, and what was under way may have come once more."""
    wanted = happening.seqs()
    check(wanted, "nothing happened")
    manager.wait_notified(rig, wanted)
    came = [seq for seq in manager.notified(rig) if seq > happening.head]
    first = list(dict.fromkeys(came))
    check(first == sorted(first), f"they came out of order: {came}")
    check(len(came) - len(first) <= twice, f"too many came twice: {came}")


def own_snmpd(rig, directory):
    """A second snmpd, for what would spoil the one that other tests need: (run, socket, asks)."""
    base = rig.ports.free_base()
    agentx = os.path.join(rig.run_dir, f"{directory}.sock")
    state = os.path.join(rig.state, directory)
    os.makedirs(state, mode=0o700, exist_ok=True)
    return base, agentx, state


@contextlib.contextmanager
def process(command, environment):
    child = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command],
                             env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.terminate()
        child.wait()


def get_from(state, port, oid, patience=2):
    done = subprocess.run(["snmpget", "-r0", f"-t{patience}", "-OnqU", "-m", "", f"{peers.HOST}:{port}",
                           oid], env={**os.environ, "SNMPCONFPATH": state,
                                      "SNMP_PERSISTENT_DIR": os.path.join(state, "manager")},
                          capture_output=True, text=True, check=False)
    return done.returncode == 0


def test_five_thousand_notifications_lock_up_neither_side(rig):
    base, agentx, state = own_snmpd(rig, "burst")
    received = os.path.join(state, "traps.log")
    receiver = peers.snmptrapd(state, SOURCE, base + 162, received)
    agent = peers.snmpd(state, SOURCE, agentx, base + 161, base + 162)
    with process(*receiver), process(*agent) as snmpd:
        wait_for(lambda: get_from(state, base + 161, manager.UPTIME), "snmpd to answer")
        sender = subprocess.Popen([rig.program("tests/integration/notify_burst"), agentx, str(BURST)],
                                  stdout=subprocess.PIPE, text=True)
        answers = 0
        while sender.poll() is None:
            answers += get_from(state, base + 161, manager.UPTIME, patience=10)
        out, _ = sender.communicate()
        check(out.split() == [str(BURST), "0"], f"confirmed and refused: {out}")
        check(sender.returncode == 0, "the session was lost")
        check(answers > 0, "snmpd answered nobody meanwhile")
        check(get_from(state, base + 161, manager.UPTIME), "snmpd does not answer any more")
        check(snmpd.poll() is None, "snmpd has ended")
        wait_for(lambda: os.path.exists(received) and os.path.getsize(received), "the receiver")


def test_after_a_restart_objects_are_back_at_once_and_no_event_is_missing(rig):
    manager.wait_answer(rig)
    with Happening(rig) as happening:
        wait_for(lambda: len(happening.seqs()) > 10, "something to happen")
        rig.kill("snmpd")
        manager.wait_answer(rig, manager.UPTIME)
        seconds = manager.wait_answer(rig)
        check(seconds <= BACK_SECONDS, f"the objects were away for {seconds:.1f} s more than snmpd")
        so_far = len(happening.seqs())
        wait_for(lambda: len(happening.seqs()) > so_far + 10, "something to happen")
    check_all_notified(rig, happening)


def test_a_stopped_snmpd_under_load_loses_no_event_and_is_found_again(rig):
    badger.allow(rig)
    with Happening(rig, managers=3) as happening:
        wait_for(lambda: len(happening.seqs()) > 10, "something to happen")
        rig.signal("snmpd", signal.SIGSTOP)
        begun = time.monotonic()
        try:
            doors = badger.measure(rig, badges=40)
            time.sleep(max(0, HANG_SECONDS - (time.monotonic() - begun)))
        finally:
            rig.signal("snmpd", signal.SIGCONT)
        check(doors["count"] >= 30, f"doors hardly moved: {doors}")
        manager.wait_answer(rig, manager.UPTIME)
        seconds = manager.wait_answer(rig)
        check(seconds <= BACK_SECONDS, f"the objects were away for {seconds:.1f} s more than snmpd")
    check_all_notified(rig, happening)


def test_a_reloaded_snmpd_keeps_or_regains_the_objects(rig):
    with Happening(rig) as happening:
        wait_for(lambda: len(happening.seqs()) > 5, "something to happen")
        rig.signal("snmpd", signal.SIGHUP)
        manager.wait_answer(rig, manager.UPTIME)
        seconds = manager.wait_answer(rig)
        check(seconds <= BACK_SECONDS, f"the objects were away for {seconds:.1f} s more than snmpd")
        so_far = len(happening.seqs())
        wait_for(lambda: len(happening.seqs()) > so_far + 5, "something to happen")
    check_all_notified(rig, happening)


def test_an_snmpd_that_was_away_is_found_within_seconds_of_its_return(rig):
    with Happening(rig) as happening:
        rig.hold("snmpd")
        so_far = len(happening.seqs())
        wait_for(lambda: len(happening.seqs()) > so_far + 20, "something to happen")
        rig.release("snmpd")
        manager.wait_answer(rig, manager.UPTIME)
        seconds = manager.wait_answer(rig)
        check(seconds <= BACK_SECONDS, f"the objects were away for {seconds:.1f} s more than snmpd")
    check_all_notified(rig, happening)


def add_silent_target(rig, port):
    """An inform target whose engine is given, so that snmpd need not ask for it and wait."""
    password = peers.secret(rig.snmp_dir, "password")
    with open(os.path.join(rig.snmp_dir, "snmpd.conf"), "a", encoding="utf-8") as file:
        file.write(f"trapsess -Ci -v 3 -e 0x{NOBODY} -u demo -l authPriv -a SHA-256 -A {password} "
                   f"-x AES -X {password} -t 2 -r 8 {peers.HOST}:{port}\n")


def test_an_inform_target_that_never_answers_holds_up_no_manager(rig):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind((peers.HOST, 0))
        nobody.settimeout(20)
        add_silent_target(rig, nobody.getsockname()[1])
        rig.kill("snmpd")
        manager.wait_answer(rig)
        with Happening(rig, rate=5) as happening:
            check(nobody.recv(65536), "an inform goes out")
            answered = sum(manager.get(rig, manager.DOOR_NAME) is not None for _ in range(30))
            check(answered == 30, f"{answered} of 30 requests were answered while informs wait")
        check_all_notified(rig, happening)


if __name__ == "__main__":
    run(__name__)
