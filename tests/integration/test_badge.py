#!/usr/bin/env python3
"""One badge, end to end: relay, log, SNMP notification, syslog line and stream are one event."""

import re

from harness import check, run, wait_for


def lines_with(path, text):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return [line for line in file if text in line]
    except FileNotFoundError:
        return []


def test_a_card_becomes_the_same_event_everywhere(rig):
    rig.forward()
    rig.ctl("card", "add", "holder=Ada Lovelace", "facility=118", "card=1603", "doors=[1]")
    rig.rpc("latency", _socket="door.sock", _client="store", reset=True)
    rig.board("badge", 1, "--format", "h10301", "--facility", 118, "--card", 1603)
    event = rig.wait_event("access.granted", holder="Ada Lovelace")
    seq = event["seq"]
    check(event["data"]["door"] == 1 and event["data"]["reader"] == 1, f"the place is {event}")
    check(event["actor"] == "card:h10301:118:1603", f"the actor is {event['actor']}")
    wait_for(lambda: "door1.lock       on" in rig.board("show"), "the relay to release the lock")
    latency = rig.rpc("latency", _socket="door.sock", _client="store")
    check(latency["count"] == 1 and latency["max_us"] > 0, f"card to relay was {latency}")
    print(f"# card to relay {latency['max_us']} us")

    [trap] = wait_for(lambda: lines_with(rig.traps, f"cardeaEventSeq.0 = {seq}|"),
                      "the notification in snmptrapd")
    check("cardeaAccessGranted" in trap, f"the notification is {trap}")
    check("Access granted to Ada Lovelace at Door 1" in trap, f"its text is {trap}")

    [record] = wait_for(lambda: lines_with(rig.records, f'[cardeaEvent@32473 seq="{seq}" '),
                        "the line in rsyslogd")
    check(re.match(r"<86>1 \S+Z \S+ cardea \d+ AC100 ", record), f"the record is {record}")
    check('holder="Ada Lovelace"' in record and f'sequenceId="{seq}"' in record, record)


def test_a_card_that_nobody_holds_is_denied_with_its_reason(rig):
    rig.board("badge", 3, "--facility", 7, "--card", 7)
    event = rig.wait_event("access.unknown", card=7)
    check(event["reason"] == "InvalidIdentifierValue", f"the reason is {event['reason']}")
    check("door2.lock       off" in rig.board("show"), "the lock must not move")


def test_a_card_of_another_door_is_denied(rig):
    rig.board("badge", 5, "--facility", 118, "--card", 1603)
    event = rig.wait_event("access.denied", door=3)
    check(event["reason"] == "Unauthorized", f"the reason is {event['reason']}")


def test_raw_bits_of_no_known_format_are_kept(rig):
    rig.board("badge", 7, "--bits", "a5c0", "--bit-count", 10)
    event = rig.wait_event("access.unknown", door=4)
    check(event["reason"] == "UnknownFormat" and event["data"]["bits"] == "a5c0", f"{event}")


def test_a_card_taken_away_opens_nothing_any_more(rig):
    [cards] = rig.ctl("card", "list")
    rig.ctl("card", "remove", cards[0]["id"])
    rig.ctl("door", "lock", 1)
    seq = rig.events()[-1]["seq"]
    rig.board("badge", 1, "--facility", 118, "--card", 1603)
    rig.wait_event("access.unknown", after=seq, door=1)


def test_a_door_opened_after_a_grant_is_an_access_taken(rig):
    seq = rig.events()[-1]["seq"]
    rig.ctl("door", "grant", 2)
    rig.board("set", "door2.contact", "open")
    rig.wait_event("access.taken", after=seq, door=2)
    rig.board("set", "door2.contact", "closed")
    rig.wait_event("door.mode", after=seq, door=2, state="locked")


def test_a_door_forced_open_raises_one_alarm_until_it_is_closed(rig):
    seq = rig.events()[-1]["seq"]
    rig.board("set", "door3.contact", "open")
    forced = rig.wait_event("door.forced", after=seq, door=3)
    wait_for(lambda: lines_with(rig.traps, f"cardeaEventSeq.0 = {forced['seq']}|"),
             "the notification of the alarm")
    check(rig.snapshot()["door.3"]["alarm"] == "forced_open", "the live state shows the alarm")
    rig.board("set", "door3.contact", "closed")
    rig.wait_event("door.forced_cleared", after=forced["seq"], door=3)
    raised = [event for event in rig.events() if event["kind"] == "door.forced"]
    check(len(raised) == 1, f"there are {len(raised)} alarms")


def test_a_request_to_exit_opens_without_an_alarm(rig):
    seq = rig.events()[-1]["seq"]
    rig.board("set", "door4.rex", "pressed")
    rig.wait_event("door.lock", after=seq, door=4, state="unlocked")
    rig.board("set", "door4.rex", "released")
    rig.board("set", "door4.contact", "open")
    rig.wait_event("door.position", after=seq, door=4, state="open")
    rig.board("set", "door4.contact", "closed")
    rig.wait_event("door.mode", after=seq, door=4, state="locked")
    kinds = {event["kind"] for event in rig.events() if event["seq"] > seq}
    check("door.forced" not in kinds, f"the events are {kinds}")


def test_the_log_is_one_intact_chain(rig):
    [proof] = rig.ctl("log", "verify")
    check(proof["first"] == 1 and proof["count"] == proof["last"], f"the chain is {proof}")


def test_a_second_start_carries_on_with_every_event_and_setting(rig):
    head = rig.rpc("status")["log"]["head"]
    rig.ctl("settings", "set", "system.name=Gate house")
    rig.kill("store")
    wait_for(lambda: rig.snapshot().get("control", {}).get("online"), "the store to be back")
    check(rig.ctl("settings", "get", "system.name")[0]["system.name"] == "Gate house",
          "the setting is kept")
    wait_for(lambda: rig.rpc("status")["log"]["head"] > head, "the log to go on")
    rig.ctl("log", "verify")


if __name__ == "__main__":
    run(__name__)
