#!/usr/bin/env python3
"""No event is lost on its way to a log server, whatever dies, stops or moves meanwhile.

Each fault once for each transport, to a real rsyslog; ./run bench syslog-loss does all of it longer,
to syslog-ng as well and beside other senders. CARDEA_LOSS_EVENTS is how many there are.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time

import harness
import loss
from harness import SOURCE, check

BUILD = os.environ.get("CARDEA_BUILDDIR", SOURCE)
EVENTS = int(os.environ.get("CARDEA_LOSS_EVENTS", "4000"))
BATCH = 20
# RELP needs no batches, and is through sooner.
TIMES = {"tcp": 2, "tls": 1, "relp": 15}


def faults_of(rig):
    return {
        "killed": rig.kill9,
        "stopped and killed": lambda: rig.stall_and_kill(lambda: time.sleep(1)),
        "restarted": rig.restart,
        "forwarder killed": rig.kill_forwarder,
        "both killed": rig.kill_both,
        "moved": rig.move,
        **({"certificate replaced": rig.replace_certificate} if rig.transport == "tls" else {}),
    }


def survive(kind, transport):
    directory = tempfile.mkdtemp(prefix="cardea-loss.")
    rig = loss.Loss(directory, BUILD, kind, transport)
    try:
        rig.fill(EVENTS * TIMES[transport], BATCH)
        rig.wait_more(1)
        faults = faults_of(rig)
        for name, fault in faults.items():
            check(not rig.has_all(), f"everything had arrived before the fault '{name}'")
            fault()
            rig.wait_more(5000)
        loss.show(rig.result(), f"{transport} to {kind}, {len(faults)} faults")
    finally:
        rig.close()
        shutil.rmtree(directory, ignore_errors=True)


def test_nothing_is_lost_over_tcp():
    survive("rsyslog", "tcp")


def test_nothing_is_lost_over_tls():
    survive("rsyslog", "tls")


def test_nothing_is_lost_over_relp():
    survive("rsyslog", "relp")


def disturb(fault):
    """None, with a reason, where the kernel gives no namespaces."""
    if not loss.is_isolating():
        print("# SKIP: the kernel gives no namespaces to whoever runs this", flush=True)
        return None
    *result, faults = loss.disturb(BUILD, ("rsyslog", "tls"), fault, 2 * EVENTS, [1, 1])
    check(faults, f"everything had arrived before the fault '{fault}'")
    return result


def test_nothing_is_lost_when_the_link_is_cut():
    result = disturb("link cut")
    if result:
        loss.show(result, "tls to rsyslog, link cut")


def test_nothing_is_lost_when_the_disk_of_the_server_is_full():
    result = disturb("disk full")
    if result:
        loss.show(result, "tls to rsyslog, disk full")


def main():
    tests = [test_nothing_is_lost_over_tcp, test_nothing_is_lost_over_tls,
             test_nothing_is_lost_over_relp, test_nothing_is_lost_when_the_link_is_cut,
             test_nothing_is_lost_when_the_disk_of_the_server_is_full]
    reason = loss.unavailable("rsyslog", "tls") or loss.unavailable("rsyslog", "relp")
    if reason:
        harness.skip_all(reason)
    if os.path.exists(f"{BUILD}/Makefile"):
        subprocess.run(["make", "-s", "-C", BUILD, "tests/bench/log_bench"], check=True)
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        started = time.monotonic()
        name = test.__name__.removeprefix("test_")
        try:
            test()
            print(f"ok {number} - {name}", flush=True)
        except Exception as error:  # whatever it is, it is this test's failure
            print(f"not ok {number} - {name}\n# {type(error).__name__}: {error}", flush=True)
            failed += 1
        print(f"# {time.monotonic() - started:.1f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
