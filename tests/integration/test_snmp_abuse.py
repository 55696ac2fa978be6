#!/usr/bin/env python3
"""What managers do wrong, or too often: old versions, wrong types, oversized requests, storms of
SETs and of readings. Each gets the right error or the right answer, and no door notices.

CARDEA_SETS is how many SETs a storm has.
"""

import os
import re
import threading

from harness import Appliance, check, run, wait_for

import badger
import manager
import peers
from appliance import Rpc

SETS = int(os.environ.get("CARDEA_SETS", "60"))
MANAGERS = 6
DOOR = f"{manager.MODULE}.2.1.1"
COMMAND, NAME = f"{DOOR}.14", f"{DOOR}.2"
LOG_HEAD = f"{manager.MODULE}.1.8.0"  # a Counter64
BEFORE_HEAD = f"{manager.MODULE}.1.8"
COMMUNITY = "old"
BURST = 300


class Old(Appliance):
    """One with a community for versions 1 and 2c beside its user."""

    def start_all(self):
        super().start_all()
        with open(os.path.join(self.snmp_dir, "snmpd.conf"), "a", encoding="utf-8") as file:
            file.write(f"rwcommunity {COMMUNITY} {peers.HOST}\n")
        self.kill("snmpd")
        manager.wait_answer(self)


def old(rig, version, tool, *words):
    return manager.snmp(rig, tool, *words, options=(f"-v{version}", "-c", COMMUNITY))


def test_version_1_gets_no_such_name_for_a_counter_of_64_bits(rig):
    out, err = old(rig, "2c", "snmpget", LOG_HEAD)
    check(not err and re.search(r" \d+$", out.strip()), f"{out}{err}")
    out, err = old(rig, "1", "snmpget", LOG_HEAD)
    check("noSuchName" in out + err, f"RFC 2576, section 4.1.2.1: {out}{err}")


def test_version_1_walks_past_counters_of_64_bits(rig):
    out, err = old(rig, "1", "snmpgetnext", BEFORE_HEAD)
    oid = out.partition(" ")[0]
    check(not err and oid and oid != LOG_HEAD, f"RFC 2576, section 4.1.2.2: {out}{err}")
    newest = [line.partition(" ")[0] for line in
              old(rig, "2c", "snmpwalk", manager.MODULE + ".1")[0].splitlines()]
    oldest = [line.partition(" ")[0] for line in
              old(rig, "1", "snmpwalk", manager.MODULE + ".1")[0].splitlines()]
    check(LOG_HEAD in newest and LOG_HEAD not in oldest, "the counter is left out")
    check(oldest == [oid for oid in newest if oid in oldest], "the order is the same")
    check(oldest and oldest[-1] == newest[-1], "the walk ends where it does in version 2c")


def test_version_1_is_told_of_wrong_sets_by_the_errors_it_has(rig):
    for words, error in (((f"{COMMAND}.1", "i", "99"), "badValue"),
                         ((f"{COMMAND}.1", "s", "grant"), "badValue"),
                         ((f"{COMMAND}.9", "i", "2"), "noSuchName"),
                         ((f"{NAME}.1", "s", "Door"), "noSuchName")):
        out, err = old(rig, "1", "snmpset", *words)
        check(error in out + err, f"{words}: {out}{err}")


def test_oversized_and_strange_values_are_wrong_types(rig):
    for words, error in (((f"{COMMAND}.1", "s", "x" * 60000), "wrongType"),
                         ((f"{COMMAND}.1", "x", "ff" * 5000), "wrongType"),
                         ((f"{COMMAND}.1", "o", ".1.3.6.1"), "wrongType"),
                         ((f"{COMMAND}.1", "a", "10.0.0.1"), "wrongType"),
                         ((f"{COMMAND}.1", "t", "2"), "wrongType"),
                         ((f"{COMMAND}.1", "i", "-1"), "wrongValue"),
                         ((f"{COMMAND}.1", "i", "2147483647"), "wrongValue"),
                         ((f"{DOOR}.14", "i", "2"), "noCreation"),
                         ((f"{DOOR}.14.1.1", "i", "2"), "noCreation"),
                         ((f"{DOOR}.99.1", "i", "2"), "noCreation")):
        out, err = old(rig, "2c", "snmpset", *words)
        check(error in out + err, f"{words[1]} {words[2][:20]}: {(out + err)[:300]}")


def test_a_hundred_variables_are_one_answer(rig):
    names = [f"{NAME}.{door}" for door in (1, 2, 3, 4)] * 32  # as many as the tool takes
    out, err = manager.snmp(rig, "snmpget", *names)
    check(not err and len(out.splitlines()) == len(names), f"{len(out.splitlines())} answers; {err}")
    out, err = manager.snmp(rig, "snmpbulkget", manager.MODULE, options=("-Cr1000",))
    # More snmpd does not ask for.
    check(not err and len(out.splitlines()) == 100, f"{len(out.splitlines())} answers; {err}")


def set_again_and_again(rig, count, answers):
    """Doors are commanded from many places at once, rightly and wrongly."""
    for number in range(count):
        right = number % 2
        words = (f"{COMMAND}.{1 + number % 4}", "i", "2" if right else "77")
        answers.append((right, *old(rig, "2c", "snmpset", *words)))


def test_a_storm_of_sets_is_answered_one_by_one_while_cards_open_doors(rig):
    badger.allow(rig)
    head = rig.events()[-1]["seq"]
    answers = []
    threads = [threading.Thread(target=set_again_and_again, args=(rig, SETS // MANAGERS, answers))
               for _ in range(MANAGERS)]
    for thread in threads:
        thread.start()
    cards = [rig.board("badge", 1 + 2 * (number % 4), "--facility", badger.FACILITY, "--card",
                       badger.CARD) for number in range(8)]
    for thread in threads:
        thread.join()
    for right, out, err in answers:
        text = out + err
        check("Timeout" not in text, f"a SET was not answered: {text}")
        # Two commands for one door at a time are one too many; that is said, too.
        fits = not err or re.search("resourceUnavailable|inconsistentValue|commitFailed", text)
        check(fits if right else "wrongValue" in text, f"a SET was answered with {text}")
    accepted = sum(right and not err for right, _, err in answers)
    check(accepted > 0, "no SET at all was accepted")
    wait_for(lambda: sum(event["kind"] == "access.granted" for event in rig.events()
                         if event["seq"] > head) == len(cards), "every card to be decided")
    wait_for(lambda: sum(event["kind"] == "door.command" for event in rig.events()
                         if event["seq"] > head) == accepted,
             f"the {accepted} commands that were accepted to be carried out")
    wait_for(lambda: manager.get(rig, f"{NAME}.1"), "the role to answer")


def read_again_and_again(rig, over, readings):
    while not over.is_set():
        out, err = manager.snmp(rig, "snmpbulkwalk", manager.MODULE, options=("-Cr50",))
        readings.append((len(out.splitlines()), err))


def toggle(rig, output, count):
    with Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl") as store:
        for _ in range(count):
            store.call("output.command", output=output, command="toggle")


def told_or_counted(rig, head):
    """How many of the burst were notified one by one, and how many are in a summary."""
    events = [event for event in rig.events() if event["seq"] > head]
    toggled = {event["seq"] for event in events if event["kind"] == "output.state"}
    left_out = sum(event["data"]["count"] for event in events
                   if event["kind"] == "snmp.left_out" and event["data"]["which"] == "output.state")
    return len(toggled & set(manager.notified(rig))) + left_out


def test_many_managers_and_a_burst_of_events_are_served_while_cards_open_doors(rig):
    over, readings = threading.Event(), []
    head = rig.events()[-1]["seq"]
    managers = [threading.Thread(target=read_again_and_again, args=(rig, over, readings))
                for _ in range(MANAGERS)]
    bursts = [threading.Thread(target=toggle, args=(rig, output, BURST // 2)) for output in (1, 2)]
    for thread in managers + bursts:
        thread.start()
    try:
        figures = badger.measure(rig, badges=40)
        for thread in bursts:
            thread.join()
        wait_for(lambda: len(readings) > 3 * MANAGERS, "everybody to have read", 60)
    finally:
        over.set()
        for thread in managers:
            thread.join()
    # What is left out is told later, however quiet it is by then.
    wait_for(lambda: told_or_counted(rig, head) == BURST, "every event to be told or counted", 60)
    check(figures["count"] >= 30, f"doors hardly moved: {figures}")
    check(readings and not any(err for _, err in readings), f"a reading failed: {readings}")
    check(min(size for size, _ in readings) > 1000, f"a reading was not whole: {readings}")
    came = [seq for seq in manager.notified(rig) if seq > head]
    check(came == sorted(set(came)), "notifications came out of order or twice")


def test_the_role_was_never_restarted(rig):
    with open(os.path.join(rig.state, "log", "agent.log"), encoding="utf-8") as log:
        check("the snmp role" not in log.read(), "the role has ended meanwhile")


if __name__ == "__main__":
    run(__name__, made_by=Old)
