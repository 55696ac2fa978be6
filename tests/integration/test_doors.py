#!/usr/bin/env python3
"""Who decides over a door: commands, fire, interlocks, and what a restart leaves of them."""

import time

from harness import check, refused, run, wait_for

FIRE_INPUT, MONITOR_INPUT, OUTPUT1 = 1, 2, 2


def head(rig):
    return rig.events()[-1]["seq"]


def points(rig):
    return rig.rpc("show", _socket="board.sock")["points"]


def wait_point(rig, point, value):
    wait_for(lambda: points(rig)[point] == value, f"{point} to be {value}")


def wait_door(rig, number, **expected):
    def found():
        value = rig.snapshot().get(f"door.{number}", {})
        return all(value.get(name) == want for name, want in expected.items())
    wait_for(found, f"door {number} to be {expected}")


def configure(rig, number, **fields):
    rig.rpc("object.change", kind="door", id=number, object=fields)


def restarted(rig):
    before, seq = rig.pid("door"), head(rig)
    rig.kill("door")
    wait_for(lambda: rig.pid("door") not in (None, before), "another door role")
    rig.wait_event("control.started", after=seq)


def test_a_lockdown_of_all_doors_denies_cards_and_is_audited_for_each(rig):
    rig.rpc("object.create", kind="credential",
            object={"holder": "Ada", "facility": 118, "card": 1603, "doors": [1, 2, 3, 4]})
    seq = head(rig)
    rig.ctl("door", "lockdown", "all")
    for number in range(1, 5):
        wait_door(rig, number, mode="locked_down", reason="lockdown", lock="locked")
        rig.wait_event("door.command", after=seq, door=number, command="lockdown")
    mode = rig.wait_event("door.mode", after=seq, door=1, state="locked_down")
    check(mode["reason"] == "lockdown" and mode["actor"] != "system", f"the event is {mode}")
    before = rig.rpc("show", _socket="board.sock")["moves"]["door1.lock"]
    rig.board("badge", 1, "--facility", 118, "--card", 1603)
    wait_for(lambda: any(e["seq"] > seq and e["kind"].startswith("access.")
                         for e in rig.events()), "the card to be decided")
    check(rig.rpc("show", _socket="board.sock")["moves"]["door1.lock"] == before,
          "a card opens a door that is locked down")
    text = refused(lambda: rig.rpc("door.command", door=1, command="grant"), "conflict")
    check("locked_down" in text, f"the refusal says '{text}'")
    rig.ctl("door", "lockdown-release", "all")
    wait_door(rig, 1, mode="locked", reason="default")


def test_unlock_until_ends_by_itself_and_a_restart_does_not_prolong_it(rig):
    seq = head(rig)
    rig.ctl("door", "unlock", 2, 2)
    wait_point(rig, "door2.lock", "on")
    wait_door(rig, 2, mode="unlocked", reason="operator")
    left_s = rig.snapshot()["door.2"]["unlock_until_us"] / 1e6 - time.time()
    check(0 < left_s <= 2.1, f"the door is said to be unlocked for {left_s} s")
    restarted(rig)
    wait_door(rig, 2, mode="locked", reason="default")
    wait_point(rig, "door2.lock", "off")
    begin = rig.wait_event("door.mode", after=seq, door=2, state="unlocked")
    end = rig.wait_event("door.mode", after=begin["seq"], door=2, state="locked")
    lasted_us = end["mono_us"] - begin["mono_us"]
    check(1_999_000 <= lasted_us < 10_000_000, f"two seconds lasted {lasted_us} us")


def test_wishes_of_all_levels_outlive_the_role(rig):
    rig.ctl("door", "unlock", 3)
    rig.ctl("door", "lockdown", "3,4")
    wait_door(rig, 3, mode="locked_down")
    restarted(rig)
    wait_door(rig, 3, mode="locked_down", reason="lockdown")
    rig.ctl("door", "lockdown-release", "3,4")
    wait_door(rig, 3, mode="unlocked", reason="operator")
    wait_door(rig, 4, mode="locked", reason="default")
    rig.ctl("door", "release", 3)
    wait_door(rig, 3, mode="locked", reason="default")


def test_fire_opens_its_doors_until_it_is_normal_and_reset(rig):
    configure(rig, 1, fire_unlocks=True)
    rig.rpc("settings.set", values={"fire.input": FIRE_INPUT})
    rig.ctl("door", "lockdown", "1,2")
    wait_door(rig, 1, mode="locked_down")
    seq = head(rig)
    rig.board("set", "input1", "closed")
    rig.wait_event("fire.raised", after=seq)
    wait_point(rig, "door1.lock", "on")
    wait_door(rig, 1, mode="unlocked", reason="fire")
    wait_door(rig, 2, mode="locked_down")
    refused(lambda: rig.rpc("fire.reset"), "conflict")
    rig.board("set", "input1", "open")
    wait_for(lambda: rig.snapshot()["fire"] == {"input": 1, "active": False, "latched": True},
             "the fire input to be normal")
    restarted(rig)
    wait_for(lambda: rig.snapshot().get("input.1", {}).get("state") == "open", "input 1")
    wait_door(rig, 1, mode="unlocked", reason="fire")
    check(points(rig)["door1.lock"] == "on", "a restart has ended a fire alarm")
    rig.ctl("door", "fire-reset")
    cleared = rig.wait_event("fire.cleared", after=seq)
    check(cleared["actor"] != "system", f"the event is {cleared}")
    rig.wait_event("control.command", after=seq, command="fire.reset")
    wait_door(rig, 1, mode="locked_down", reason="lockdown")
    wait_point(rig, "door1.lock", "off")
    refused(lambda: rig.rpc("fire.reset"), "conflict")
    rig.ctl("door", "lockdown-release", "all")


def test_a_lock_that_its_monitor_contradicts_is_a_fault(rig):
    configure(rig, 4, lock_monitor=MONITOR_INPUT, bolt_time=700)
    rig.board("set", "input2", "closed")
    wait_for(lambda: rig.snapshot()["input.2"]["state"] == "closed", "input 2")
    seq = head(rig)
    rig.ctl("door", "unlock", 4)
    rig.wait_event("door.lock_fault", after=seq, door=4)
    wait_door(rig, 4, mode="unlocked", lock="fault")
    rig.board("set", "input2", "open")
    rig.wait_event("door.lock_fault_cleared", after=seq, door=4)
    wait_door(rig, 4, lock="unlocked")
    rig.ctl("door", "release", 4)
    rig.board("set", "input2", "closed")
    wait_door(rig, 4, mode="locked", lock="locked")
    configure(rig, 4, lock_monitor=0, bolt_time=0)


def test_the_second_lock_follows_the_mode(rig):
    configure(rig, 3, double_lock_output=OUTPUT1, access_time=1)
    rig.ctl("door", "double-lock", 3)
    wait_point(rig, "output1", "on")

    def moves():
        return rig.rpc("show", _socket="board.sock")["moves"]["output1"]
    before = moves()
    rig.ctl("door", "grant", 3)
    wait_for(lambda: moves() == before + 2, "the second lock to let go for a second")
    wait_point(rig, "output1", "on")
    rig.ctl("door", "release", 3)
    wait_point(rig, "output1", "off")


def test_a_door_shows_that_its_interlock_holds_it(rig):
    number = rig.rpc("object.create", kind="interlock",
                     object={"name": "Trap", "doors": [1, 2]})["id"]
    rig.ctl("door", "unlock", 1)
    wait_door(rig, 2, mode="locked", reason="interlock")
    rig.ctl("door", "release", 1)
    wait_door(rig, 2, mode="locked", reason="default")
    rig.rpc("object.remove", kind="interlock", id=number)
    for doors in ([1], [1, 9], [1, 1]):
        refused(lambda: rig.rpc("object.create", kind="interlock",
                                object={"name": "Wrong", "doors": doors}), "bad_params")


ALWAYS = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "to": "24:00"}]


def test_a_schedule_unlocks_and_waits_for_the_first_person(rig):
    schedule = rig.rpc("object.create", kind="schedule",
                       object={"name": "Always", "weekly": ALWAYS})["id"]
    configure(rig, 4, unlock_schedule=schedule)
    wait_door(rig, 4, mode="unlocked", reason="schedule", lock="unlocked")
    wait_point(rig, "door4.lock", "on")
    rig.ctl("door", "lock", 4)
    wait_door(rig, 4, mode="locked", reason="operator")
    rig.ctl("door", "release", 4)
    wait_door(rig, 4, mode="unlocked", reason="schedule")
    configure(rig, 4, first_person=True, access_time=1)
    wait_door(rig, 4, mode="locked", reason="default")
    boss = rig.rpc("object.create", kind="person",
                   object={"name": "Boss", "first_person": True, "toggle": True})["id"]
    rig.rpc("object.create", kind="credential",
            object={"person": boss, "facility": 118, "card": 7, "doors": [1, 2, 3, 4]})
    seq = head(rig)
    rig.board("badge", 7, "--facility", 118, "--card", 7)
    rig.wait_event("access.granted", after=seq, door=4)
    wait_door(rig, 4, mode="unlocked", reason="schedule")
    restarted(rig)
    wait_door(rig, 4, mode="unlocked", reason="schedule")
    configure(rig, 4, unlock_schedule=0, first_person=False)
    wait_door(rig, 4, mode="locked", reason="default")


def test_a_double_badge_unlocks_the_door_and_locks_it(rig):
    configure(rig, 2, toggle=True)
    wait_for(lambda: rig.snapshot().get("reader.3", {}).get("online"), "reader 3")
    for mode, reason in (("unlocked", "operator"), ("locked", "default")):
        seq = head(rig)
        rig.board("badge", 3, "--facility", 118, "--card", 7)
        rig.wait_event("access.granted", after=seq, door=2)
        rig.board("badge", 3, "--facility", 118, "--card", 7)
        wait_door(rig, 2, mode=mode, reason=reason)
        event = rig.wait_event("door.mode", after=seq, door=2, state=mode)
        check(event["actor"].startswith("card:") and event["reason"] == reason,
              f"the event is {event}")
    configure(rig, 2, toggle=False)


def test_wrong_commands_are_refused(rig):
    for params in ({"command": "lock"}, {"command": "lock", "doors": []},
                   {"command": "lock", "door": 1, "doors": [2]},
                   {"command": "lock", "door": 1, "seconds": 5},
                   {"command": "unlock", "door": 1, "seconds": 700000},
                   {"command": "fly", "door": 1}):
        refused(lambda: rig.rpc("door.command", **params), "bad_params")


if __name__ == "__main__":
    run(__name__)
