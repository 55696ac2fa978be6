#!/usr/bin/env python3
"""Points of a real board: Debian's kernel in an emulated machine, with simulated lines and chips."""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from controller import PROFILE  # noqa: E402
from rig import check, run, wait_for  # noqa: E402

# Levels of 1 kilo-ohm in series, in mV; between them lies what no resistors of it show.
LEVELS = {"closed": 243, "open": 448, "short": 20, "cut": 2790, "out_of_tolerance": 345}
# As board/kernel-test.conf has them.
INPUT1_CHANNEL = 1
DOORS_VOLTAGE, DOORS_CURRENT, DIVIDER, MA_OF_MV = 2, 3, 6, 4
RELAY = 1


def test_the_board_has_its_chips_and_lines(rig):
    said = rig.machine.run("temperature -5500; cat $(device hwmon lm75)/temp1_input")
    check(said == "-5500", f"-5.5 degrees are {said}")
    said = rig.machine.run("acceleration 0 -500 1000; cd $(device iio kxcjk1013); "
                           "cat in_accel_x_raw in_accel_y_raw in_accel_z_raw")
    check(said.split() == ["0", "-256", "512"], f"half a g down and one up are {said}")
    said = rig.machine.run("millivolts 7 2500; cat $(device iio ad7998)/in_voltage7_raw")
    check(said == "3103", f"2500 mV are {said} of 4096 parts of 3300 mV")
    said = rig.machine.run("supply 5 1250; cat $(device hwmon ads7828)/in5_input")
    check(abs(int(said) - 1250) <= 1, f"1250 mV are {said}")


def test_every_point_of_the_profile_works(rig):
    board = rig.controller.wait_state("board", online=True)
    check(not board["faults"], f"there are faults: {board['faults']}")


def test_a_profile_is_proven_while_the_controller_runs(rig):
    """Everything is found, and who uses it; only the port cannot be tried beside its user."""
    status, said = rig.machine.try_run(f"cardeactl --json board check {PROFILE}")
    found = {(each["point"], each["part"]): each for each in json.loads(said)["findings"]}
    wrong = [name for name, each in found.items() if not each["ok"]]
    check(status == 1 and [part for _, part in wrong] == ["tty"], f"these are wrong: {wrong}")
    said = found["door1.lock", "line"]["found"]
    check(said.endswith("in use by 'cardea door1.lock'"), f"the lock's line is {said}")
    said = found["temperature", "temperature"]["found"]
    check("reads" in said, f"the sensor is {said}")


def test_a_command_moves_the_lock_and_no_other_line(rig):
    rig.controller.ctl("door", "unlock", 2)
    rig.wait_level("relay4", True)
    check(not rig.level("relay1") and not rig.level("relay2"), "another relay moved")
    rig.controller.ctl("door", "lock", 2)
    rig.wait_level("relay4", False)


def test_a_relay_moves_and_its_light_on_a_line(rig):
    rig.controller.ctl("output", "activate", RELAY)
    rig.wait_level("relay3", True)
    rig.wait_level("led-relay", True)
    rig.controller.ctl("output", "deactivate", RELAY)
    rig.wait_level("relay3", False)
    rig.wait_level("led-relay", False)


def test_a_light_of_the_led_class_shows_the_state(rig):
    live = rig.controller.wait_state("led.led.stat", first="green")
    check(live["first_ms"] == 0, f"the light is {live}")
    rig.wait_level("cardea:green:stat", True)
    check(not rig.level("cardea:red:stat"), "it is red, too")


def test_a_card_on_a_real_uart_releases_the_lock(rig):
    rig.controller.ctl("card", "add", "holder=Ada Lovelace", "facility=118", "card=1603",
                       "doors=[1]")
    rig.controller.pair(1)
    after = rig.controller.head()
    rig.readers("badge", 1, "--facility", 118, "--card", 1603)
    rig.wait_level("relay1", True)
    rig.controller.wait_event("access.granted", after=after, door=1)
    rig.wait_level("relay1", False)


def test_readers_come_back_when_their_line_was_cut(rig):
    rig.controller.wait_state("reader.1", online=True)
    rig.readers.stop()
    rig.controller.wait_state("reader.1", online=False)
    rig.readers.start()
    rig.controller.wait_state("reader.1", online=True, security="secure")


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


def test_a_button_on_a_line_releases_the_door(rig):
    rig.machine.run("pull rex2 down")
    rig.wait_level("relay4", True)
    rig.machine.run("pull rex2 up")
    rig.wait_level("relay4", False)


def test_the_supply_of_the_doors_is_a_line_a_voltage_and_a_current(rig):
    after = rig.controller.head()
    rig.machine.run(f"supply {DOORS_VOLTAGE} {12000 // DIVIDER}; "
                    f"supply {DOORS_CURRENT} {1000 // MA_OF_MV}; pull dc-doors up")
    rig.controller.wait_event("power.doors_back", after=after)

    def is_measured():
        supply = rig.controller.snapshot()["power"]["sources"]["doors1_4"]
        return (supply["state"] != "absent" and abs(supply["mv"] - 12000) < 20
                and abs(supply["ma"] - 1000) < 10)
    wait_for(is_measured, "12 V and 1 A at the doors' supply", 60)
    rig.machine.run("pull dc-doors down")
    rig.controller.wait_event("power.doors_lost", after=after)


def test_heat_is_a_warning_until_it_has_gone(rig):
    after = rig.controller.head()
    rig.machine.run("temperature 68000")
    rig.controller.wait_event("temperature.warning", after=after)
    rig.controller.wait_state("climate", temperature_mc=68000)
    rig.machine.run("temperature 25500")
    rig.controller.wait_event("temperature.warning_cleared", after=after)


def test_an_open_casing_and_a_push_are_alarms(rig):
    rig.machine.run("pull casing down; acceleration 0 0 1000")
    rig.controller.wait_state("climate", casing="closed")
    rig.controller.ctl("settings", "set", "alarm.casing=true", "alarm.motion=true",
                       "alarm.motion_hold_off=1")
    after = rig.controller.head()
    rig.machine.run("pull casing up")
    rig.controller.wait_event("casing.open", after=after)
    rig.machine.run("pull casing down")
    rig.controller.wait_event("casing.closed", after=after)
    rig.controller.wait_state("climate", motion=False)
    after = rig.controller.head()
    rig.machine.run("acceleration 600 0 800")
    rig.controller.wait_event("motion.detected", after=after)
    rig.controller.wait_event("motion.cleared", after=after)


if __name__ == "__main__":
    run(__name__)
