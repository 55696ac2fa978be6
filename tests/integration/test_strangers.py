#!/usr/bin/env python3
"""Cards that nobody has, bits of no format, wrong parity: thousands of them, at all readers at once.

Each is denied with the right reason and in the log; the manager hears of a few, and how many more
there were, while the log server gets every one; an alarm meanwhile does not wait behind them.
CARDEA_STRANGERS=10000 makes it ten thousand, which takes a minute: './run check' does.
"""

import os
import random
import re
import threading

from harness import check, run, wait_for
from appliance import Rpc

READERS = 8
COUNT = int(os.environ.get("CARDEA_STRANGERS", "1200"))
KINDS = ("unknown", "parity", "format", "short")
REASONS = {"unknown": "InvalidIdentifierValue", "parity": "BadParity", "format": "UnknownFormat",
           "short": "UnknownFormat"}


class World:
    """What the tests share: which card was shown when, and what was answered."""
    shown = []
    told = []
    arrived = threading.Condition()


def bits_of(kind, number):
    """A card of 26 bits by its fields, or bits that are none."""
    if kind == "format":
        return {"bits": f"{number & 0xfffffff:08x}", "bit_count": 29}
    if kind == "short":
        return {"bits": f"{number & 0xff:02x}", "bit_count": 5}
    value = 77 << 16 | number & 0xffff
    even = bin(value >> 12).count("1") % 2
    odd = 1 - bin(value & 0xfff).count("1") % 2
    if kind == "parity":
        odd ^= 1
    return {"bits": f"{(even << 25 | value << 1 | odd) << 6:08x}", "bit_count": 26}


def follow(rig, stop):
    """Every event as it comes."""
    with Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl") as stream:
        stream.call("follow", stream="events", after=rig.rpc("status")["log"]["head"])
        stop.ready.set()
        while not stop.is_set():
            event = stream.push().get("event")
            if event and event["kind"] == "access.unknown":
                with World.arrived:
                    World.told.append(event)
                    World.arrived.notify_all()


def badge_all(rig, reader, share):
    """One card after another: the next when the one before has been decided."""
    with Rpc(os.path.join(rig.run_dir, "board.sock"), "ctl") as board:
        for kind, number in share:
            board.call("badge", reader=reader, **bits_of(kind, number))
            with World.arrived:
                World.shown.append((reader, kind))
                check(World.arrived.wait_for(
                    lambda: sum(event["data"]["reader"] == reader for event in World.told) >=
                    sum(own == reader for own, _ in World.shown), 30),
                      f"reader {reader} waits in vain for the decision of a card '{kind}'")


def test_each_is_denied_with_the_right_reason_and_in_the_log(rig):
    rig.forward()
    dice = random.Random(4711)
    cards = [(dice.choice(KINDS), dice.randrange(1 << 28)) for _ in range(COUNT)]
    stop = threading.Event()
    stop.ready = threading.Event()
    follower = threading.Thread(target=follow, args=(rig, stop), daemon=True)
    follower.start()
    check(stop.ready.wait(20), "the log is not followed")
    threads = [threading.Thread(target=badge_all, args=(rig, reader, cards[reader - 1::READERS]))
               for reader in range(1, READERS + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    check(len(World.told) == COUNT, f"{len(World.told)} of {COUNT} were told")
    for reader in range(1, READERS + 1):
        wanted = [REASONS[kind] for own, kind in World.shown if own == reader]
        said = [event["reason"] for event in World.told if event["data"]["reader"] == reader]
        check(said == wanted, f"reader {reader}: {set(zip(said, wanted))}")
    numbers = [event["seq"] for event in World.told]
    check(numbers == sorted(set(numbers)), "events are out of order or doubled")


def test_the_raw_bits_of_what_is_no_card_are_kept(rig):
    strange = [event for event in World.told if event["reason"] != "InvalidIdentifierValue"]
    check(strange and all(event["data"]["bits"] and event["data"]["bit_count"]
                          for event in strange), "bits are missing")


def forwarded(rig):
    """Numbers of the events at the log server, as they arrived first."""
    with open(rig.records, encoding="utf-8", errors="replace") as file:
        return list(dict.fromkeys(map(int, re.findall(r'\[cardeaEvent@\d+ seq="(\d+)"', file.read()))))


def test_the_log_server_gets_every_denial_in_order(rig):
    wanted = [event["seq"] for event in World.told]
    wait_for(lambda: wanted[-1] in forwarded(rig), "the last denial at the log server", 60)
    found = forwarded(rig)
    check(not set(wanted) - set(found), f"{len(set(wanted) - set(found))} denials did not arrive")
    check(found == sorted(found), "events arrived out of order")


def traps(rig, what):
    try:
        with open(rig.traps, encoding="utf-8", errors="replace") as file:
            return [line for line in file if what in line]
    except FileNotFoundError:
        return []


def test_an_alarm_is_notified_while_hundreds_of_denials_are_left_out(rig):
    rig.board("set", "door1.contact", "open")
    wait_for(lambda: traps(rig, "Door 1 was forced open"), "the alarm at the manager")
    check(len(traps(rig, "cardeaAccessUnknown")) < COUNT / 4,
          f"{len(traps(rig, 'cardeaAccessUnknown'))} denials were notified")
    [line] = wait_for(lambda: traps(rig, "cardeaSnmpLeftOut")[:1], "the summary", 40)
    check("access.unknown were left out" in line, line)


def test_the_chain_is_whole_and_nothing_was_lost(rig):
    rig.ctl("log", "verify")
    check(not [event for event in rig.events() if event["kind"] == "events.lost"],
          "events were lost")


if __name__ == "__main__":
    run(__name__)
