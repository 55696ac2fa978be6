#!/usr/bin/env python3
"""The access table is damaged: nobody is let in, or facility codes decide, and everybody is told."""

import os
import signal

from harness import Failure, check, run, wait_for

FACILITY = 118


def last_seq(rig):
    return rig.events()[-1]["seq"]


def badge(rig, card, facility=FACILITY):
    rig.board("badge", 1, "--facility", facility, "--card", card)


def is_deciding(rig):
    """Whether the reader is trusted again; the store is stopped and tells nothing."""
    try:
        answer = rig.rpc("access.explain", _socket="door.sock", _client="store", point=1,
                         card={"format": "h10301", "facility": FACILITY, "card": 1603})
    except (Failure, OSError):
        return False
    return answer["steps"][0]["result"] == "passed"


def damage(rig, at_end):
    """Another file with one wrong byte of the credentials, which are at the end, or of the board's
    part; what is mapped stays as it was."""
    path = os.path.join(rig.run_dir, "access.bin")
    with open(path, "rb") as file:
        table = bytearray(file.read())
    table[-12 if at_end else 4096] ^= 0x55
    with open(f"{path}.damaged", "wb") as file:
        file.write(table)
    os.replace(f"{path}.damaged", path)


def restart_without_store(rig):
    """The door role starts on the damaged table; the store is stopped meanwhile."""
    rig.signal("store", signal.SIGSTOP)
    damage(rig, at_end=True)
    rig.kill("door")
    wait_for(lambda: is_deciding(rig), "the reader to be back")


def test_credentials_that_cannot_be_read_let_nobody_in_and_are_an_alarm(rig):
    rig.ctl("card", "add", "holder=Ada Lovelace", f"facility={FACILITY}", "card=1603", "doors=[1]")
    seq = last_seq(rig)
    restart_without_store(rig)
    badge(rig, 1603)
    rig.signal("store", signal.SIGCONT)
    event = rig.wait_event("access.unknown", after=seq, card=1603)
    check(event["reason"] == "Other", f"the reason is {event['reason']}")
    raised = rig.wait_event("access.degraded", after=seq)
    check(raised["severity"] == 1 and "nobody is let in" in raised["text"], f"{raised}")


def test_the_store_makes_a_damaged_table_anew(rig):
    rig.wait_event("access.degraded_cleared")
    seq = last_seq(rig)
    badge(rig, 1603)
    rig.wait_event("access.granted", after=seq, holder="Ada Lovelace")


def test_facility_codes_open_loudly_where_somebody_has_said_so(rig):
    rig.ctl("settings", "set", f"degraded.facilities={FACILITY}")
    rig.ctl("door", "lock", 1)
    seq = last_seq(rig)
    restart_without_store(rig)
    badge(rig, 4711)
    wait_for(lambda: "door1.lock       on" in rig.board("show"), "the lock to be released")
    badge(rig, 4711, facility=7)
    rig.signal("store", signal.SIGCONT)
    event = rig.wait_event("access.granted", after=seq, card=4711)
    check(event["data"]["degraded"], f"{event['data']}")
    denied = rig.wait_event("access.unknown", after=seq, facility=7)
    check(denied["reason"] == "FacilityMismatch", f"the reason is {denied['reason']}")
    raised = rig.wait_event("access.degraded", after=seq)
    check("facility codes decide" in raised["text"], raised["text"])
    rig.wait_event("access.degraded_cleared", after=raised["seq"])


def test_a_damaged_table_takes_no_good_one_s_place(rig):
    for at_end in (False, True):
        damage(rig, at_end)
        try:
            rig.rpc("access.reload", _socket="door.sock", _client="store")
            check(False, "a damaged table was taken")
        except Failure as error:
            check("internal" in str(error), f"it was refused with {error}")
    seq = last_seq(rig)
    badge(rig, 1603)
    rig.wait_event("access.granted", after=seq, holder="Ada Lovelace")


if __name__ == "__main__":
    run(__name__)
