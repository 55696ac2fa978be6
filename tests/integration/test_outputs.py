#!/usr/bin/env python3
"""Relays, outputs and AUX ports, and what they and the locks do when the door role dies."""

import signal

from harness import check, refused, run, wait_for

RELAY, OUTPUT1, AUX_RELAY2, AUX1 = 1, 2, 6, 9


def head(rig):
    return rig.events()[-1]["seq"]


def points(rig):
    return rig.rpc("show", _socket="board.sock")["points"]


def moves(rig, point):
    return rig.rpc("show", _socket="board.sock")["moves"][point]


def wait_moves(rig, point, before, times):
    """For what is on for a second only: whoever looks now and then may miss it."""
    wait_for(lambda: moves(rig, point) >= before + times, f"{point} to move {times} times")


def wait_point(rig, point, value):
    wait_for(lambda: points(rig)[point] == value, f"{point} to be {value}")


def wait_output(rig, number, **expected):
    def found():
        value = rig.snapshot().get(f"output.{number}") or {}
        return value if all(value.get(name) == want for name, want in expected.items()) else None
    return wait_for(found, f"output {number} to be {expected}")


def wait_door(rig, number, **expected):
    def found():
        value = rig.snapshot().get(f"door.{number}", {})
        return all(value.get(name) == want for name, want in expected.items())
    wait_for(found, f"door {number} to be {expected}")


def restarted(rig, kill):
    """Ends the door role and waits for the one that takes its place."""
    before = rig.pid("door")
    seq = head(rig)
    kill()
    wait_for(lambda: rig.pid("door") not in (None, before), "another door role")
    rig.wait_event("control.started", after=seq)


def test_an_output_follows_its_command_and_is_audited(rig):
    seq = head(rig)
    rig.ctl("output", "activate", RELAY)
    wait_point(rig, "relay", "on")
    state = rig.wait_event("output.state", after=seq, output=RELAY, state="active")
    check(state["data"]["point"] == "relay", f"the event is {state}")
    command = rig.wait_event("control.command", after=seq, command="output.command")
    check(command["data"]["output"] == RELAY and command["actor"] != "system",
          f"the audit says {command}")
    rig.ctl("output", "toggle", RELAY)
    wait_point(rig, "relay", "off")
    wait_output(rig, RELAY, active=False, closed=False, normal="open", point="relay")


def test_every_output_moves_its_own_point(rig):
    """Relay, three open drains, four AUX relays, two AUX ports."""
    expected = ["relay", "output1", "output2", "output3", "door1.aux", "door2.aux", "door3.aux",
                "door4.aux", "aux1", "aux2"]
    for number in (AUX1, AUX1 + 1):
        rig.ctl("output", "set", number, "direction=output")
    for number, point in enumerate(expected, 1):
        wait_output(rig, number, active=False, point=point)
        rig.ctl("output", "activate", number)
        wait_point(rig, point, "on")
        others = [name for name in expected if name != point and points(rig)[name] == "on"]
        check(not others, f"output {number} moved {others}")
        rig.ctl("output", "deactivate", number)
        wait_point(rig, point, "off")
    for number in (AUX1, AUX1 + 1):
        rig.ctl("output", "set", number, "direction=input")


def test_a_pulse_ends_by_itself(rig):
    seq = head(rig)
    before = moves(rig, "door2.aux")
    rig.ctl("output", "pulse", AUX_RELAY2, 1)
    wait_moves(rig, "door2.aux", before, 2)
    wait_point(rig, "door2.aux", "off")
    on = rig.wait_event("output.state", after=seq, output=AUX_RELAY2, state="active")
    off = rig.wait_event("output.state", after=seq, output=AUX_RELAY2, state="inactive")
    lasted_us = off["mono_us"] - on["mono_us"]
    check(lasted_us >= 999_000, f"the pulse of a second lasted {lasted_us} us")


def test_a_normally_closed_output_opens_when_it_is_active(rig):
    rig.ctl("output", "set", OUTPUT1, "normal=closed")
    wait_point(rig, "output1", "on")
    wait_output(rig, OUTPUT1, active=False, closed=True)
    rig.ctl("output", "activate", OUTPUT1)
    wait_point(rig, "output1", "off")
    wait_output(rig, OUTPUT1, active=True, closed=False)


def test_new_settings_bring_an_output_back_to_normal(rig):
    rig.ctl("output", "set", OUTPUT1, "name=Siren")
    wait_output(rig, OUTPUT1, active=False, name="Siren")
    wait_point(rig, "output1", "on")
    rig.ctl("output", "set", OUTPUT1, "normal=open", "name=Output 1")
    wait_point(rig, "output1", "off")


def test_an_aux_port_is_an_input_until_it_is_made_an_output(rig):
    text = refused(lambda: rig.rpc("output.command", output=AUX1, command="activate"), "conflict")
    check("is an input" in text, f"the refusal says '{text}'")
    check(not rig.snapshot().get(f"output.{AUX1}"), "an AUX input is shown as an output")
    rig.ctl("output", "set", AUX1, "direction=output")
    wait_output(rig, AUX1, active=False)
    rig.ctl("output", "activate", AUX1)
    wait_point(rig, "aux1", "on")
    rig.ctl("output", "set", AUX1, "direction=input")
    wait_for(lambda: not rig.snapshot().get(f"output.{AUX1}"), "the AUX port to be an input")


def test_wrong_commands_are_refused(rig):
    refused(lambda: rig.rpc("output.command", output=0, command="activate"), "bad_params")
    refused(lambda: rig.rpc("output.command", output=11, command="activate"), "bad_params")
    refused(lambda: rig.rpc("output.command", output=1, command="explode"), "bad_params")
    refused(lambda: rig.rpc("output.command", output=1, command="pulse", seconds=3601),
            "bad_params")


def test_a_lock_and_an_output_do_not_move_when_the_door_role_is_killed(rig):
    rig.ctl("door", "unlock", 3)
    rig.ctl("output", "activate", RELAY)
    wait_point(rig, "door3.lock", "on")
    wait_point(rig, "relay", "on")
    before = moves(rig, "door3.lock")
    for kill in (lambda: rig.kill("door"), lambda: rig.signal("door", signal.SIGTERM)):
        restarted(rig, kill)
        wait_door(rig, 3, mode="unlocked", lock="unlocked")
        wait_output(rig, RELAY, active=True)
    check(points(rig)["door3.lock"] == "on" and points(rig)["relay"] == "on",
          "what was unlocked is locked after a restart")
    check(moves(rig, "door3.lock") == before, "the lock moved")
    rig.ctl("door", "lock", 3)
    rig.ctl("output", "deactivate", RELAY)
    wait_point(rig, "door3.lock", "off")


def test_a_momentary_unlock_ends_although_the_role_died_in_it(rig):
    rig.rpc("object.change", kind="door", id=2, object={"access_time": 1})
    seq = head(rig)
    before = moves(rig, "door2.lock")
    rig.ctl("door", "grant", 2)
    wait_moves(rig, "door2.lock", before, 1)
    rig.ctl("output", "pulse", AUX_RELAY2, 1)
    restarted(rig, lambda: rig.kill("door"))
    wait_point(rig, "door2.lock", "off")
    wait_point(rig, "door2.aux", "off")
    rig.wait_event("access.not_taken", after=seq, door=2)
    locked = rig.wait_event("door.lock", after=seq, door=2, state="locked")
    opened = rig.wait_event("door.lock", after=seq, door=2, state="unlocked")
    check(locked["mono_us"] - opened["mono_us"] >= 999_000, "the access ended early")


def test_a_door_forced_while_the_role_was_dead_is_an_alarm(rig):
    wait_door(rig, 1, position="closed", lock="locked")
    seq = head(rig)
    before = rig.pid("door")
    rig.signal("door", signal.SIGSTOP)
    rig.board("set", "door1.contact", "open")
    rig.kill("door")
    wait_for(lambda: rig.pid("door") not in (None, before), "another door role")
    rig.wait_event("door.forced", after=seq, door=1)
    # An alarm of the process before is cleared by the one after it.
    restarted(rig, lambda: rig.kill("door"))
    wait_door(rig, 1, alarm="forced_open")
    rig.board("set", "door1.contact", "closed")
    rig.wait_event("door.forced_cleared", after=seq, door=1)


def test_a_loss_of_power_leaves_no_alarm_standing(rig):
    wait_door(rig, 2, position="closed", lock="locked")
    seq = head(rig)
    rig.board("set", "door2.contact", "open")
    rig.wait_event("door.forced", after=seq, door=2)
    rig.board("power", "off")
    rig.wait_event("board.offline", after=seq)
    rig.board("set", "door2.contact", "closed")
    rig.board("power", "on")
    rig.wait_event("door.forced_cleared", after=seq, door=2)
    wait_door(rig, 2, position="closed", alarm="normal", lock="locked")


def test_an_input_that_does_not_answer_is_a_fault_until_it_does(rig):
    seq = head(rig)
    rig.board("set", "door4.contact", "fault")
    fault = rig.wait_event("point.fault", after=seq, point="door4.contact")
    check(fault["severity"] == 2 and fault["data"]["error"], f"the event is {fault}")
    wait_door(rig, 4, position="fault")
    check(list(rig.snapshot()["board"]["faults"]) == ["door4.contact"],
          f"the board shows {rig.snapshot()['board']}")
    rig.board("set", "door4.contact", "closed")
    rig.wait_event("point.fault_cleared", after=fault["seq"], point="door4.contact")
    wait_door(rig, 4, position="closed")
    check(rig.snapshot()["board"]["faults"] == {}, "the fault is still shown")


if __name__ == "__main__":
    run(__name__)
