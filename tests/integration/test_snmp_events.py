#!/usr/bin/env python3
"""Events and alarms for a manager: with a real snmpd and a real snmptrapd, what is notified, what
can be read of it, and what becomes of it while nobody listens."""

import os
import re

from harness import check, run, wait_for

import manager

EVENTS, ALARMS, CONTROL = (f"{manager.MODULE}.{group}" for group in (4, 10, 16))
EVENT_TEXT, EVENT_KIND = f"{EVENTS}.14.1.8", f"{EVENTS}.14.1.4"
ALARM_SEVERITY, ALARM_OBJECT = f"{ALARMS}.1.1.2", f"{ALARMS}.1.1.8"
WORST, CRITICAL = f"{ALARMS}.2.0", f"{ALARMS}.3.0"
RESEND = f"{ALARMS}.11.0"
LATE_COUNT = f"{CONTROL}.4.0"
FORCED = 210


def received(rig, after=0):
    """What snmptrapd was told: a list of {object: value} in the order in which it came."""
    if not os.path.exists(rig.traps):
        return []
    with open(rig.traps, encoding="utf-8", errors="replace") as file:
        lines = [line.rstrip("\n") for line in file if "cardeaEventSeq" in line]
    pairs = [dict(pair.partition(" = ")[::2] for pair in line.split("|")[1:]) for line in lines]
    return [{name.removesuffix(".0"): value for name, value in one.items()} for one in pairs
            if int(one["cardeaEventSeq.0"]) > after]


def wait_received(rig, seq, copies=1, seconds=30):
    def find():
        found = [one for one in received(rig) if one["cardeaEventSeq"] == str(seq)]
        return found[copies - 1:copies]
    return wait_for(find, f"notification {seq}, {copies} times", seconds)[0]


def walk(rig, oid, tool="snmpwalk"):
    out, err = manager.snmp(rig, tool, oid)
    check(not err, err)
    rows = (line.partition(" ") for line in out.splitlines())
    return {name.removeprefix(f"{oid}."): value.strip('"') for name, _, value in rows
            if name.startswith(f"{oid}.")}


def head(rig):
    return rig.events()[-1]["seq"]


def force(rig, door):
    """Opens a door without access; returns the event. Six changes of one door at once are told one by
    one, so tests take different doors."""
    rig.board("set", f"door{door}.contact", "closed")
    wait_for(lambda: rig.snapshot()[f"door.{door}"]["alarm"] == "normal", "a door without alarm")
    after = head(rig)
    rig.board("set", f"door{door}.contact", "open")
    return rig.wait_event("door.forced", after=after, door=door)


def close(rig, door):
    after = head(rig)
    rig.board("set", f"door{door}.contact", "closed")
    return rig.wait_event("door.forced_cleared", after=after, door=door)


def test_an_alarm_is_one_row_from_the_event_that_raises_it_to_the_one_that_ends_it(rig):
    manager.wait_answer(rig)
    before = len(walk(rig, ALARM_SEVERITY))
    raised = force(rig, 3)
    told = wait_received(rig, raised["seq"])
    check(raised["data"]["alarm"] == raised["seq"], f"the alarm's id in {raised}")
    check(told["snmpTrapOID"] == "cardeaDoorForced", told)
    check(told["cardeaEventAlarm"] == str(raised["seq"]), told)
    check(told["cardeaEventAlarmSeverity"] == "critical", told)
    check(told["cardeaEventObject"] == "cardeaDoorName.3", told)
    check(told["cardeaEventLate"] == "false", told)
    key = str(raised["seq"])
    wait_for(lambda: walk(rig, ALARM_SEVERITY).get(key) == "3", "a row of the alarm")
    check(walk(rig, ALARM_OBJECT)[key] == f"{manager.MODULE}.2.1.1.2.3", "which door it is about")
    check(manager.get(rig, WORST) == "3" and int(manager.get(rig, CRITICAL)) >= 1, "the worst")
    listed = rig.rpc("alarm.list")["alarms"]
    check(raised["seq"] in [alarm["id"] for alarm in listed], f"{listed}")
    check(raised["seq"] in [alarm["id"] for alarm in rig.ctl("alarms")], "cardeactl lists it")
    cleared = close(rig, 3)
    told = wait_received(rig, cleared["seq"])
    check(cleared["data"]["alarm"] == raised["seq"], f"the alarm's id in {cleared}")
    check(told["snmpTrapOID"] == "cardeaDoorForcedCleared", told)
    check(told["cardeaEventAlarm"] == key, told)
    check(told["cardeaEventAlarmSeverity"] == "cleared", told)
    wait_for(lambda: key not in walk(rig, ALARM_SEVERITY), "the row to go")
    check(len(walk(rig, ALARM_SEVERITY)) == before, "the rows of before")


def test_what_stands_is_known_after_store_and_role_were_killed(rig):
    raised = force(rig, 3)
    wait_received(rig, raised["seq"])
    rig.kill("store")
    rig.kill("snmp")
    manager.wait_answer(rig)
    wait_for(lambda: str(raised["seq"]) in walk(rig, ALARM_SEVERITY), "the alarm's row")
    cleared = close(rig, 3)
    check(cleared["data"]["alarm"] == raised["seq"], f"{cleared}")
    wait_received(rig, cleared["seq"])


def test_a_gap_is_filled_by_a_bulk_request_from_the_last_number_known(rig):
    known = head(rig)
    for _ in range(3):
        force(rig, 4)
        close(rig, 4)
    events = [event for event in rig.events() if event["seq"] > known]
    wait_received(rig, events[-1]["seq"])
    notified = {one["cardeaEventSeq"]: one["cardeaEventText"] for one in received(rig, known)}
    check(len(notified) >= 12, f"{notified}")
    out, err = manager.snmp(rig, "snmpbulkget", f"{EVENT_TEXT}.{known}", options=("-Cr40",))
    check(not err, err)
    rows = dict(re.findall(rf"^{re.escape(EVENT_TEXT)}\.(\d+) \"(.*)\"$", out, re.M))
    missing = {seq: text for seq, text in notified.items() if rows.get(seq) != text}
    check(not missing, f"{missing} is not in {rows}")


def test_what_happened_while_snmpd_was_away_comes_in_order_and_late(rig):
    known = head(rig)
    rig.hold("snmpd")
    raised = force(rig, 1)
    cleared = close(rig, 1)
    rig.release("snmpd")
    wait_received(rig, cleared["seq"])
    told = [one for one in received(rig, known)
            if raised["seq"] <= int(one["cardeaEventSeq"]) <= cleared["seq"]]
    seqs = [int(one["cardeaEventSeq"]) for one in told]
    check(seqs == sorted(set(seqs)), f"in order and once: {seqs}")
    check({raised["seq"], cleared["seq"]} <= set(seqs), f"{seqs}")
    check(all(one["cardeaEventLate"] == "true" for one in told), f"{told}")
    check(int(manager.get(rig, LATE_COUNT)) >= len(told), "they are counted")
    again = force(rig, 1)
    check(wait_received(rig, again["seq"])["cardeaEventLate"] == "false", "the next one is not late")
    close(rig, 1)


def test_alarms_that_stand_are_sent_again_when_asked_and_when_snmpd_starts_anew(rig):
    raised = force(rig, 2)
    first = wait_received(rig, raised["seq"])
    wait_for(lambda: manager.get(rig, f"{manager.MODULE}.1.9.0") >= str(raised["seq"]),
             "the notification to be confirmed")
    _, err = manager.snmp(rig, "snmpset", RESEND, "i", "2")
    check(not err, err)
    again = wait_received(rig, raised["seq"], copies=2)
    check(again["cardeaEventLate"] == "true", again)
    same = ("snmpTrapOID", "cardeaEventAlarm", "cardeaEventTime", "cardeaEventText")
    check(all(again[name] == first[name] for name in same), f"{again} is not {first}")
    check(manager.get(rig, RESEND) == "1", "it reads none(1)")
    _, err = manager.snmp(rig, "snmpset", RESEND, "i", "3")
    check("wrongValue" in err, err)
    rig.kill("snmpd")
    wait_received(rig, raised["seq"], copies=3)
    close(rig, 2)


def test_a_kind_is_switched_off_and_its_events_can_still_be_read(rig):
    rig.rpc("settings.set", values={"snmp.notifications.off": "door.forced"})
    wait_for(lambda: manager.get(rig, f"{CONTROL}.1.1.3.{FORCED}") == "2", "the switch")
    suppressed = int(manager.get(rig, f"{CONTROL}.1.1.5.{FORCED}"))
    quiet = force(rig, 2)
    cleared = close(rig, 2)
    wait_received(rig, cleared["seq"])
    check(quiet["seq"] not in manager.notified(rig), "it was sent")
    check(int(manager.get(rig, f"{CONTROL}.1.1.5.{FORCED}")) == suppressed + 1, "it is counted")
    check(walk(rig, EVENT_KIND).get(str(quiet["seq"])) == "door.forced", "it is in the table")
    rig.rpc("settings.set", values={"snmp.notifications.off": ""})
    wait_for(lambda: manager.get(rig, f"{CONTROL}.1.1.3.{FORCED}") == "1", "the switch")
    loud = force(rig, 2)
    wait_received(rig, loud["seq"])
    close(rig, 2)


def test_a_heartbeat_comes_when_its_setting_is_changed(rig):
    known = head(rig)
    rig.rpc("settings.set", values={"snmp.heartbeat": 30})
    beat = rig.wait_event("snmp.heartbeat", after=known)
    told = wait_received(rig, beat["seq"])
    check(told["snmpTrapOID"] == "cardeaSnmpHeartbeat", told)
    rig.rpc("settings.set", values={"snmp.heartbeat": 0})


def test_an_alarm_that_flaps_is_told_with_its_last_state(rig):
    known = head(rig)
    for _ in range(6):
        force(rig, 2)
        close(rig, 2)
    last = [event["seq"] for event in rig.events() if event["kind"] == "door.forced_cleared"][-1]
    wait_received(rig, last, seconds=40)
    changes = [one for one in received(rig, known) if "DoorForced" in one["snmpTrapOID"]]
    check(len(changes) < 12, f"{len(changes)} of 12 changes were told")
    check(int(changes[-1]["cardeaEventSeq"]) == last, "the last one is the last state")


def test_nothing_of_a_card_can_be_read(rig):
    known = head(rig)
    rig.board("badge", 1, "--facility", 118, "--card", 54321)
    event = rig.wait_event("access.unknown", after=known)
    told = wait_received(rig, event["seq"])
    check("54321" not in str(told), told)
    wait_for(lambda: str(event["seq"]) in walk(rig, EVENT_TEXT), "the event's row")
    check("54321" not in str(walk(rig, f"{EVENTS}.14")), "the table has the card's number")


if __name__ == "__main__":
    run(__name__)
