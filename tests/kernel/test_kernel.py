#!/usr/bin/env python3
"""The real drivers on Debian's kernel in an emulated machine, with simulated lines and chips."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from rig import check, run, wait_for  # noqa: E402

PROFILE = os.path.join(HERE, "..", "..", "board", "kernel-test.conf")
# Levels of 1 kilo-ohm in series, in mV; between them lies what no resistors of it show.
LEVELS = {"closed": 243, "open": 448, "short": 20, "cut": 2790, "out_of_tolerance": 345}
HANG_MS = 8000
INPUT1_CHANNEL, CONTACT1_CHANNEL = 1, 3


def unlock(rig, door, line):
    """Unlocked until commanded otherwise."""
    rig.controller.ctl("door", "unlock", door)
    rig.wait_level(line, True)


def lock(rig, door, line):
    rig.controller.ctl("door", "lock", door)
    rig.wait_level(line, False)


def pair(rig, reader):
    """Gives it a key of its own, as an installer does once."""
    rig.controller.wait_state(f"reader.{reader}", security="no_key")
    rig.controller.ctl("reader", "install", reader)
    rig.controller.wait_state(f"reader.{reader}", security="secure", online=True)


def test_the_board_has_its_chips_and_lines(rig):
    said = rig.machine.run("temperature -5500; cat $(device hwmon lm75)/temp1_input")
    check(said == "-5500", f"-5.5 degrees are {said}")
    said = rig.machine.run("acceleration 0 -500 1000; cd $(device iio kxcjk1013); "
                           "cat in_accel_x_raw in_accel_y_raw in_accel_z_raw")
    check(said.split() == ["0", "-256", "512"], f"half a g down and one up are {said}")
    said = rig.machine.run("millivolts 7 2500; cat $(device iio ad7998)/in_voltage7_raw")
    check(said == "3103", f"2500 mV are {said} of 4096 parts of 3300 mV")


def test_a_command_moves_the_lock_and_no_other_line(rig):
    unlock(rig, 2, "relay4")
    check(not rig.level("relay1") and not rig.level("relay2"), "another relay moved")
    lock(rig, 2, "relay4")


def test_a_card_on_a_real_uart_releases_the_lock(rig):
    rig.controller.ctl("card", "add", "holder=Ada Lovelace", "facility=118", "card=1603",
                       "doors=[1]")
    pair(rig, 1)
    after = rig.controller.head()
    rig.readers("badge", 1, "--facility", 118, "--card", 1603)
    rig.wait_level("relay1", True)
    rig.controller.wait_event("access.granted", after=after, door=1)
    rig.wait_level("relay1", False)


def test_a_supervised_input_shows_what_is_wrong_with_its_line(rig):
    for state, level in LEVELS.items():
        rig.machine.run(f"millivolts {INPUT1_CHANNEL} {level}")
        live = rig.controller.wait_state("input.1", state=state)
        check(abs(live["mv"] - level) <= 2, f"{level} mV are {live['mv']}")


def test_a_bouncing_contact_is_one_event(rig):
    rig.machine.run("pull contact2 down")
    rig.controller.wait_state("door.2", position="closed")
    after = rig.controller.head()
    rig.machine.run("bounce contact2 up 20")
    rig.controller.wait_state("door.2", position="open")
    rig.machine.run("bounce contact2 down 20")
    rig.controller.wait_state("door.2", position="closed")
    kinds = [event["kind"] for event in rig.controller.events(after)
             if event["data"].get("door") == 2]
    check(kinds.count("door.forced") == 1, f"the events are {kinds}")


def keeps_its_lock(rig, signal):
    unlock(rig, 1, "relay1")
    rig.machine.run("watch_line relay1 /run/watched & echo $! >/run/watch.pid")
    old = rig.controller.signal(signal)
    rig.controller.wait_other(old)
    rig.controller.wait_state("door.1", mode="unlocked")
    said = rig.machine.run("kill $(cat /run/watch.pid); cat /run/watched")
    check(said.split() == ["1"], f"the lock's line went through {said.split()}")
    lock(rig, 1, "relay1")


def test_a_restart_of_the_door_role_leaves_the_lock_alone(rig):
    keeps_its_lock(rig, "TERM")


def test_a_killed_door_role_leaves_the_lock_alone(rig):
    keeps_its_lock(rig, "KILL")


def test_an_access_ends_although_the_role_was_killed_in_between(rig):
    rig.controller.ctl("door", "grant", 1)
    rig.wait_level("relay1", True)
    old = rig.controller.signal("KILL")
    rig.controller.wait_other(old)
    rig.wait_level("relay1", False)
    rig.controller.wait_state("door.1", mode="locked")


def test_a_chip_that_vanishes_is_a_fault_until_it_is_back(rig):
    unlock(rig, 2, "relay4")
    after = rig.controller.head()
    rig.machine.run("unplug door2")
    rig.controller.wait_event("point.fault", after=after, point="door2.lock")
    rig.controller.wait_event("point.fault", after=after, point="door2.contact")
    rig.machine.run("plug door2")
    rig.controller.wait_event("point.fault_cleared", after=after, point="door2.lock")
    rig.controller.wait_event("point.fault_cleared", after=after, point="door2.contact")
    rig.wait_level("relay4", True)
    lock(rig, 2, "relay4")


def test_a_converter_that_vanishes_is_a_fault_until_it_is_back(rig):
    rig.machine.run(f"millivolts {INPUT1_CHANNEL} {LEVELS['open']}")
    rig.controller.wait_state("input.1", state="open")
    after = rig.controller.head()
    rig.machine.run("unbind 0x20")
    rig.controller.wait_event("point.fault", after=after, point="input1")
    rig.controller.wait_event("point.fault", after=after, point="door1.contact")
    rig.machine.run("bind 0x20")
    rig.controller.wait_event("point.fault_cleared", after=after, point="input1")
    rig.controller.wait_state("input.1", state="open")


def test_nobody_holds_the_lines_of_a_controller_that_is_stopped(rig):
    unlock(rig, 1, "relay1")
    rig.controller.stop()
    rig.wait_level("relay1", False)
    check(not rig.level("relay1"), "a lock is released that nobody controls")


def test_a_door_role_that_hangs_is_replaced_under_the_lock(rig):
    rig.controller.watchdog_ms = HANG_MS
    rig.controller.start()
    unlock(rig, 1, "relay1")
    old = rig.controller.signal("STOP")
    rig.controller.wait_other(old)
    check(rig.level("relay1"), "the lock fell when the role was replaced")
    lock(rig, 1, "relay1")


if __name__ == "__main__":
    run(__name__, PROFILE)
