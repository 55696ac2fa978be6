#!/usr/bin/env python3
"""Processes are killed while every reader badges as fast as its bus allows.

CARDEA_ROUNDS, CARDEA_ROUND_SECONDS and CARDEA_OUTAGE_SECONDS make it longer: './run check' runs ten
rounds of ten seconds and keeps the log server dead for a minute, 'make check' does a short form.
"""

import collections
import os
import re
import signal
import time

from harness import check, run, wait_for

ROUNDS = int(os.environ.get("CARDEA_ROUNDS", "2"))
SECONDS = float(os.environ.get("CARDEA_ROUND_SECONDS", "3"))
OUTAGE_SECONDS = float(os.environ.get("CARDEA_OUTAGE_SECONDS", "3"))
VICTIMS = ["door", "store", "snmp", "www", "syslog", "snmpd", "rsyslogd", "snmptrapd"]
READERS = range(1, 9)


def forward(rig):
    """Makes the private rsyslogd the log server; returns the seq behind which all must arrive."""
    rig.forward()
    wait_for(lambda: rig.snapshot().get("syslog.1", {}).get("state") == "up", "the log server")
    return rig.rpc("status")["log"]["head"]


def check_forwarded(rig, after):
    """Every event behind after is at the log server at least once."""
    head = rig.events()[-1]["seq"]

    def has_confirmed():
        followers = {row["name"]: row["seq"] for row in rig.rpc("status")["followers"]}
        return followers["syslog.1"] >= head
    wait_for(has_confirmed, "the log server to confirm everything", 120)
    with open(rig.records, encoding="utf-8", errors="replace") as file:
        received = collections.Counter(int(seq) for seq in
                                       re.findall(r'cardeaEvent@32473 seq="(\d+)"', file.read()))
    wanted = range(after + 1, head + 1)
    missing = [seq for seq in wanted if seq not in received]
    check(not missing, f"{len(missing)} of {len(wanted)} events never arrived: {missing[:5]}")
    again = sum(received[seq] - 1 for seq in wanted)
    print(f"# {len(wanted)} events at the log server, {again} of them again")


def answered(rig):
    """The cards of each reader that the controller answered with its LED: decisions taken."""
    return {reader: {int(number) for number in rig.board("answered", reader).split()}
            for reader in READERS}


def logged(rig):
    """How often each (reader, card) of the storm is in the log; facility is the reader."""
    return collections.Counter(
        (event["data"]["facility"], event["data"]["card"]) for event in rig.events()
        if event["kind"] == "access.unknown" and event["data"].get("facility") in READERS)


def all_quiet(rig):
    """The storm is over and the log has taken everything: nothing comes any more."""
    readers = [rig.snapshot().get(f"reader.{reader}", {}) for reader in READERS]
    if not all(reader.get("online") for reader in readers):
        return None
    head = rig.rpc("status")["log"]["head"]
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        if rig.rpc("status")["log"]["head"] != head:
            return None
        time.sleep(0.05)
    return head


def test_every_decision_is_in_the_log_exactly_once_whoever_is_killed(rig):
    start = forward(rig)
    for number in range(ROUNDS):
        rig.board("storm", int(SECONDS * 1000))
        until = time.monotonic() + SECONDS
        pause = SECONDS / (len(VICTIMS) + 1)
        for index, victim in enumerate(VICTIMS):
            # The kills are spread over the storm; this paces the harm, it waits for nothing.
            time.sleep(max(0.0, until - SECONDS + (index + 1) * pause - time.monotonic()))
            rig.kill(victim)
        wait_for(lambda: time.monotonic() > until and all_quiet(rig), "the storm to settle", 60)
        print(f"# round {number + 1}: {sum(map(len, answered(rig).values()))} decisions so far")
    taken, found = answered(rig), logged(rig)
    missing = [(reader, card) for reader in READERS for card in taken[reader]
               if (reader, card) not in found]
    doubled = [key for key, count in found.items() if count > 1]
    check(sum(map(len, taken.values())) > 100, "hardly anything was decided")
    check(not missing, f"{len(missing)} decisions are not in the log: {missing[:5]}")
    check(not doubled, f"{len(doubled)} decisions are there twice: {doubled[:5]}")
    [proof] = rig.ctl("log", "verify")
    check(proof["count"] == proof["last"], f"the chain has gaps: {proof}")
    check_forwarded(rig, start)


def test_nothing_is_missing_after_the_log_server_was_dead_under_load(rig):
    head = rig.rpc("status")["log"]["head"]
    rig.hold("rsyslogd")
    rig.board("storm", int(OUTAGE_SECONDS * 1000))
    until = time.monotonic() + OUTAGE_SECONDS
    wait_for(lambda: time.monotonic() > until, "the outage to be over", OUTAGE_SECONDS + 5)
    wait_for(lambda: rig.rpc("status")["log"]["head"] - head > 50 * OUTAGE_SECONDS,
             "so many events to be made meanwhile")
    rig.release("rsyslogd")
    wait_for(lambda: all_quiet(rig), "the storm to settle", 60)
    check_forwarded(rig, head)


def test_doors_open_while_store_snmp_www_and_syslog_are_all_dead(rig):
    rig.ctl("card", "add", "holder=Grace Hopper", "facility=118", "card=1604", "doors=[1,2,3,4]")
    for door in (1, 2, 3, 4):  # the next test waits for them to fall back
        rig.rpc("object.change", kind="door", id=door, object={"access_time": 5})
    dead = ["store", "snmp", "www", "syslog"]
    head = rig.events()[-1]["seq"]
    for name in dead:
        rig.hold(name)
    for door in (1, 2, 3, 4):
        rig.board("badge", 2 * door, "--facility", 118, "--card", 1604)
    wait_for(lambda: rig.board("show").count("lock       on") == 4, "four locks to be released")
    for name in dead:
        rig.release(name)
    for door in (1, 2, 3, 4):
        rig.wait_event("access.granted", after=head, door=door, holder="Grace Hopper")


def test_a_store_that_hangs_holds_up_no_door(rig):
    rig.signal("store", signal.SIGSTOP)
    try:
        for door in (1, 2, 3, 4):
            # A door that is still released is no proof: it must lock by its own timer first.
            wait_for(lambda d=door: f"door{d}.lock       off" in rig.board("show"),
                     "the lock to fall back without the store", 30)
        rig.board("badge", 1, "--facility", 118, "--card", 1604)
        wait_for(lambda: "door1.lock       on" in rig.board("show"), "the lock to be released")
    finally:
        rig.signal("store", signal.SIGCONT)


def test_a_killed_board_is_an_alarm_and_comes_back(rig):
    head = rig.events()[-1]["seq"]
    rig.kill("board")
    rig.wait_event("board.offline", after=head)
    rig.wait_event("board.online", after=head)
    # A reader that was switched on again lights its LED once it has been attached anew; what is
    # badged before is thrown away by the reader, as OSDP wants.
    wait_for(lambda: re.search(r"reader3 +led (red|green)", rig.board("show")), "the reader's LED")
    rig.board("badge", 3, "--facility", 118, "--card", 1604)
    rig.wait_event("access.granted", after=head, reader=3)


if __name__ == "__main__":
    run(__name__, one_process_a_role=True)
