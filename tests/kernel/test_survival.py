#!/usr/bin/env python3
"""What a real board does while the door role is restarted, killed or hung, and while a part of the
board is gone: on Debian's kernel in an emulated machine.
"""

import contextlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from controller import RUN_DIR  # noqa: E402
from rig import Failure, check, run  # noqa: E402

OPEN_MV, INPUT1_CHANNEL = 448, 1
HANG_MS = 8000
LONG_ACCESS_S, SHORT_ACCESS_S = 8, 2
RELAY, AUX_RELAY1 = 1, 5


def unlock(rig, door, line):
    """Unlocked until commanded otherwise."""
    rig.controller.ctl("door", "unlock", door)
    rig.wait_level(line, True)


def lock(rig, door, line):
    rig.controller.ctl("door", "lock", door)
    rig.wait_level(line, False)


@contextlib.contextmanager
def held(rig):
    """A lock and a relay are on meanwhile; afterwards they do not trouble the next test."""
    unlock(rig, 1, "relay1")
    rig.controller.ctl("output", "activate", AUX_RELAY1)
    rig.wait_level("relay2", True)
    try:
        yield ("relay1", "relay2")
    finally:
        with contextlib.suppress(Failure):
            rig.controller.ctl("output", "deactivate", AUX_RELAY1)
            lock(rig, 1, "relay1")


def keeps_its_lines(rig, signal):
    """Nobody sees at a lock or a relay that the role was ended by this signal."""
    with held(rig) as lines:
        for line in lines:
            rig.watch(line)
        old = rig.controller.signal(signal)
        rig.controller.wait_other(old)
        rig.controller.wait_state("door.1", mode="unlocked")
        rig.controller.wait_state(f"output.{AUX_RELAY1}", active=True)
        for line in lines:
            seen = [is_on for is_on, _ in rig.seen(line)]
            check(seen == [True], f"{line} went through {seen}")


def test_a_restart_of_the_door_role_moves_nothing(rig):
    keeps_its_lines(rig, "TERM")


def test_a_killed_door_role_moves_nothing(rig):
    keeps_its_lines(rig, "KILL")


def grant(rig, seconds):
    rig.controller.rpc("object.change", kind="door", id=1, object={"access_time": seconds})
    rig.controller.ctl("door", "grant", 1)
    rig.wait_level("relay1", True)


def test_an_access_neither_ends_nor_lasts_because_the_role_was_killed(rig):
    rig.watch("relay1")
    grant(rig, LONG_ACCESS_S)
    old = rig.controller.signal("KILL")
    rig.controller.wait_other(old)
    rig.wait_level("relay1", False)
    rig.controller.wait_state("door.1", mode="locked")
    seen = rig.seen("relay1")
    check([is_on for is_on, _ in seen] == [False, True, False], f"the lock went through {seen}")
    lasted = seen[2][1] - seen[1][1]
    check(lasted > LONG_ACCESS_S - 0.5, f"the access lasted {lasted} s")


def test_an_access_whose_end_nobody_saw_ends_at_the_restart(rig):
    grant(rig, SHORT_ACCESS_S)
    rig.machine.run("kill -STOP $(cat /run/manager.pid)")
    old = rig.controller.signal("KILL")
    # Time itself is what is waited for here; the line stays, because nobody is there to move it.
    rig.machine.run(f"sleep {SHORT_ACCESS_S + 1}")
    check(rig.level("relay1"), "the line fell although its descriptor is kept")
    rig.machine.run("kill -CONT $(cat /run/manager.pid)")
    rig.controller.wait_other(old)
    rig.wait_level("relay1", False)


def test_a_chip_that_vanishes_is_a_fault_until_it_is_back(rig):
    unlock(rig, 2, "relay4")
    after = rig.controller.head()
    rig.machine.run("unplug door2")
    for point in ("door2.lock", "door2.contact"):
        rig.controller.wait_event("point.fault", after=after, point=point)
    rig.machine.run("plug door2")
    for point in ("door2.lock", "door2.contact"):
        rig.controller.wait_event("point.fault_cleared", after=after, point=point)
    rig.wait_level("relay4", True)
    lock(rig, 2, "relay4")


def test_a_chip_that_was_replaced_while_nobody_looked_is_taken_anew(rig):
    unlock(rig, 2, "relay4")
    rig.machine.run("kill -STOP $(cat /run/manager.pid)")
    old = rig.controller.signal("KILL")
    rig.machine.run("unplug door2; plug door2; kill -CONT $(cat /run/manager.pid)")
    rig.controller.wait_other(old)
    rig.wait_level("relay4", True)
    lock(rig, 2, "relay4")


def test_a_converter_that_vanishes_is_a_fault_until_it_is_back(rig):
    rig.machine.run(f"millivolts {INPUT1_CHANNEL} {OPEN_MV}")
    rig.controller.wait_state("input.1", state="open")
    after = rig.controller.head()
    rig.machine.run("unbind 0x20")
    for point in ("input1", "door1.contact"):
        rig.controller.wait_event("point.fault", after=after, point=point)
    rig.machine.run("bind 0x20")
    for point in ("input1", "door1.contact"):
        rig.controller.wait_event("point.fault_cleared", after=after, point=point)
    rig.controller.wait_state("input.1", state="open")


def test_nobody_holds_the_lines_of_a_controller_that_is_stopped(rig):
    unlock(rig, 1, "relay1")
    rig.controller.stop()
    rig.wait_level("relay1", False)
    rig.controller.start()
    lock(rig, 1, "relay1")


def test_a_restart_of_the_device_opens_outputs_and_brings_them_back_to_normal(rig):
    rig.controller.ctl("output", "set", RELAY, "normal=closed")
    rig.wait_level("relay3", True)
    rig.controller.ctl("output", "activate", AUX_RELAY1)
    rig.wait_level("relay2", True)
    rig.controller.stop()
    rig.wait_level("relay3", False)
    rig.wait_level("relay2", False)
    # What is on tmpfs does not outlive the device, and the chips begin anew.
    rig.machine.run(f"rm -rf {RUN_DIR} && unplug doorio && plug doorio")
    rig.controller.start()
    rig.wait_level("relay3", True)
    rig.controller.wait_state(f"output.{AUX_RELAY1}", active=False)
    check(not rig.level("relay2"), "an output is active that nobody has activated since")
    rig.controller.ctl("output", "set", RELAY, "normal=open")
    rig.wait_level("relay3", False)


def test_a_line_that_somebody_else_has_is_a_fault_until_it_is_free(rig):
    rig.controller.stop()
    rig.machine.run("occupy relay4")
    rig.controller.start()
    fault = rig.controller.wait_event("point.fault", point="door2.lock",
                                      after=rig.controller.started)
    check("use" in fault["text"], f"the fault is {fault['text']}")
    rig.machine.run("release relay4")
    rig.controller.wait_event("point.fault_cleared", after=fault["seq"], point="door2.lock")
    unlock(rig, 2, "relay4")
    lock(rig, 2, "relay4")


def test_a_hung_door_role_is_replaced_and_moves_nothing(rig):
    rig.controller.stop()
    rig.controller.watchdog_ms = HANG_MS
    rig.controller.start()
    keeps_its_lines(rig, "STOP")


if __name__ == "__main__":
    run(__name__)
