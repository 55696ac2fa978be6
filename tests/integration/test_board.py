#!/usr/bin/env python3
"""The virtual board, asked by its own words: what it plays, what it tells, what it refuses."""

import json
import os
import subprocess

from harness import Failure, check, refused, run, wait_for
from appliance import Rpc

SCENARIOS = os.path.join(os.environ.get("CARDEA_SRCDIR")
                         or os.path.join(os.path.dirname(__file__), "..", ".."),
                         "board", "scenarios")


def board_socket(rig, client="test"):
    return Rpc(os.path.join(rig.run_dir, "board.sock"), client)


def show(rig, point=None):
    with board_socket(rig) as board:
        return board.call("do", words=["show", point] if point else ["show"])


def state_of(rig, point):
    return show(rig, point)["points"][point]


def program(rig, *words):
    done = subprocess.run([rig.program("cardea-board"), f"--run-dir={rig.run_dir}",
                           *map(str, words)], capture_output=True, text=True, timeout=60,
                          check=False)
    return done.returncode, done.stdout, done.stderr


def script(rig, text):
    path = os.path.join(rig.state, "story.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def stop_controller(rig):
    with rig.lock:
        rig.processes["agent"].stop()
    wait_for(lambda: not show(rig)["attached"], "the controller to be gone")


def start_controller(rig):
    rig.release("agent")
    wait_for(lambda: show(rig)["attached"], "the door role to be back")
    wait_for(lambda: rig.snapshot().get("board", {}).get("online"), "the board to be online")
    wait_for(lambda: rig.snapshot()["control"]["online"], "the store to follow the door role")


def test_every_point_is_described_with_the_words_for_it(rig):
    with board_socket(rig) as board:
        said = board.call("describe")
    points = {point["id"]: point for point in said["points"]}
    lock = points["door1.lock"]
    check(lock["kind"] == "lock_relay" and lock["place"] == "DOOR RELAY" and lock["door"] == 1,
          f"the lock is {lock}")
    check("set door1.lock safe on|off" in lock["words"] and "load door1.lock MA" in lock["words"],
          f"its words are {lock['words']}")
    check("press [DURATION]" in points["button"]["words"], "the button can be pressed")
    check("doors5_8.dc_in" not in points, "what is not fitted is not there")
    check(len(json.dumps(said)) < 60000, "it fits into one line")
    check(len(said["readers"]) == 8 and said["modules"] == [], "readers and modules are told")
    # The same through the controller, as the web console asks.
    answer = rig.rpc("board.console", request={"method": "describe"})
    check(answer["points"][0]["id"] == said["points"][0]["id"], "the console gets the same")


def test_one_language_for_words_and_methods(rig):
    rig.board("set", "input1", "closed")
    check(state_of(rig, "input1") == "closed, 0 ohms", state_of(rig, "input1"))
    with board_socket(rig) as board:
        board.call("do", words="set input1 ohms 4700")
        check(state_of(rig, "input1").endswith("4700 ohms"), state_of(rig, "input1"))
        board.call("set", point="input1", value="open")
        check(state_of(rig, "input1").startswith("open"), state_of(rig, "input1"))
        for method, params in (("set", {"point": "input9", "value": "open"}),
                               ("set", {"point": "input1", "value": "burning"}),
                               ("badge", {"reader": 9, "card": 1}),
                               ("badge", {"reader": 1, "card": 1, "format": "none"}),
                               ("reader", {"reader": 1, "state": "on fire"}),
                               ("do", {"words": []}), ("do", {"words": ["set"] * 25}),
                               ("do", {"words": [1]}), ("play", {"text": "at 1s"}),
                               ("branch", {"branch": "none", "on": True}),
                               ("led", {"point": "input1"}),
                               ("direction", {"point": "output1", "output": True})):
            refused(lambda m=method, p=params: board.call(m, **p), "bad_params")
    status, _, said = program(rig, "ctl", "set", "input1", "burning")
    check(status == 2 and "open|closed|short" in said, f"it said {said}")
    status, said, _ = program(rig, "ctl", "help")
    check(status == 0 and "set RELAY safe on|off" in said, "help prints the table")


def test_a_controller_is_told_what_changes(rig):
    stop_controller(rig)
    with board_socket(rig, "controller") as controller:
        attached = controller.call("attach")
        points = attached["points"]
        check(points["poe_plus"]["state"] is True and points["poe_plus"]["mv"] == 48000,
              f"PoE+ is {points['poe_plus']}")
        check(points["door1.12v"] == {"fault": None, "mv": 12000, "ma": 0}, points["door1.12v"])
        check(points["temperature"] == {"fault": None, "mc": 35000}, points["temperature"])
        check(points["button"]["state"] is False and points["casing"]["state"] is False, "quiet")
        pushes = []

        def wait_push(**expected):
            while not pushes or not expected.items() <= pushes[-1].items():
                pushes.append(controller.push())
            return pushes[-1]

        rig.board("load", "door1.12v", 120)
        wait_push(point="door1.12v", ma=120)
        rig.board("set", "door1.12v", "mv", 9000)
        wait_push(point="door1.12v", mv=9000)
        controller.call("branch", branch="door_sensors", on=False)
        wait_push(point="door1.12v", mv=0, ma=0)
        rig.board("fault", "temperature", "the", "sensor", "is", "gone")
        wait_push(point="temperature", fault="the sensor is gone")
        rig.board("works", "temperature")
        wait_push(point="temperature", fault=None, mc=35000)
        rig.board("set", "casing", "open")
        wait_push(point="casing", state=True)
        rig.board("set", "casing", "closed")
        rig.board("shake", "50ms")
        wait_push(point="motion", state=True)
        wait_push(point="motion", state=False)
        controller.call("led", point="doors1_4.led_stat", first="green", second="dark",
                        first_ms=20, second_ms=30)

        def changes_since_then():
            light = show(rig, "doors1_4.led_stat")
            since = light["pattern"]["since_us"]
            found = [change for change in light["changes"] if change["at_us"] >= since]
            return found if len(found) >= 5 else None
        changes = wait_for(changes_since_then, "five changes")[:5]
        steps = [after["at_us"] - before["at_us"] for before, after in zip(changes, changes[1:])]
        check(sorted(steps) == [20000, 20000, 30000, 30000], f"the light changed by {steps}")
        rig.board("fault", "output1")
        refused(lambda: controller.call("output", point="output1", on=True), "unavailable")
        rig.board("works", "output1")
    rig.board("load", "door1.12v", 0)
    rig.board("set", "door1.12v", "mv", "nominal")
    start_controller(rig)


def test_rule_3_restarts_the_device_and_opens_its_outputs(rig):
    rig.board("set", "dc_in", "on")
    rig.board("set", "poe_plus", "off")
    check(show(rig)["power"]["source"] == "dc_in", "DC IN has taken over")
    rig.board("set", "poe", "on")
    seq = rig.events()[-1]["seq"]
    rig.ctl("door", "unlock", 1)
    wait_for(lambda: state_of(rig, "door1.lock") == "on", "the lock to be released")
    boot = show(rig)["power"]["boot"]
    with board_socket(rig) as board:
        rig.board("set", "dc_in", "off")
        said = board.call("show")
        check(said["power"]["device"] == "starting" and not said["attached"], f"{said['power']}")
        check(said["points"]["door1.lock"] == "off", "outputs are open during a restart")
        refused(lambda: board.call("attach"), "unavailable")
    rig.wait_event("board.offline", after=seq)
    rig.wait_event("board.online", after=seq)
    after = show(rig)["power"]
    check(after["source"] == "poe" and after["boot"] != boot, f"it runs on {after}")
    # What a controller that has lost its power wanted before is over; it can be wanted again.
    check(state_of(rig, "door1.lock") == "off", "the lock is in its normal position")
    rig.ctl("door", "unlock", 1)
    wait_for(lambda: state_of(rig, "door1.lock") == "on", "the lock to be released again")
    rig.ctl("door", "lock", 1)


def test_outputs_that_nobody_drives_go_to_their_safe_state(rig):
    rig.board("set", "door2.lock", "safe", "on")
    rig.ctl("door", "lock", 2)
    stop_controller(rig)
    check(state_of(rig, "door2.lock") == "off", "at first nothing moves")
    wait_for(lambda: state_of(rig, "door2.lock") == "on", "the safe state")
    start_controller(rig)
    wait_for(lambda: state_of(rig, "door2.lock") == "off", "the door to be locked again")
    rig.board("set", "door2.lock", "safe", "off")


def test_a_script_is_played_and_told_step_by_step(rig):
    story = script(rig, "at 0 set input2 closed\n"
                        "repeat 2\n"
                        "  wait 50ms\n"
                        "  set input3 bounce 2 within 4ms\n"
                        "end\n"
                        "at 0.2s badge 1 --card 70000\n"
                        "at 0.3s say that was it\n")
    status, said, _ = program(rig, "play", story)
    lines = said.splitlines()
    check(status == 1 and "REFUSED: facility or card does not fit" in said, f"it said {said}")
    check([line.split()[0] for line in lines] ==
          ["0.000", "0.050", "0.100", "0.200", "0.300", "0.300"], f"the times are in {said}")
    check(lines[-1].endswith("over") and "that was it" in lines[-2], f"the end is {lines[-2:]}")
    check(state_of(rig, "input2").startswith("closed"), "the input is closed")
    status, _, said = program(rig, "play", script(rig, "show\n\nset input9 open\n"))
    check(status == 2 and "story.txt:3: " in said, f"it said {said}")
    # Nobody watches: it stops.
    with board_socket(rig) as board:
        board.call("play", text="wait 10m")
        refused(lambda: board.call("play", text="show"), "conflict")
    with board_socket(rig) as board:
        def is_free():
            try:
                return board.call("play", text="show") == {}
            except Failure:
                return False
        wait_for(is_free, "the stage to be free")


def test_every_scenario_that_comes_with_it_is_understood(rig):
    names = sorted(os.listdir(SCENARIOS))
    check(len(names) >= 5, f"there are only {names}")
    for name in names:
        status, said, complaint = program(rig, "check", os.path.join(SCENARIOS, name))
        check(status == 0 and said.rstrip().endswith("over"), f"{name}: {complaint}")


def test_the_button_is_held_with_a_countdown(rig):
    status, said, _ = program(rig, "ctl", "press", "1s")
    lines = said.splitlines()
    check(status == 0 and "1 s left" in lines[0] and "released" in lines[-1], f"it said {said}")


def test_modules_and_keypads_are_on_the_line(rig):
    rig.board("module", "add", 1, 20, "--inputs", 4, "--outputs", 2)
    [module] = show(rig)["modules"]
    check(module["address"] == 20 and module["inputs"] == ["inactive"] * 4, f"it is {module}")
    rig.board("module", 1, 20, "input", 4, "short")
    check(show(rig)["modules"][0]["inputs"][3] == "short", "the input is shorted")
    for wrong in (("add", 1, 20), ("add", 1, 0), (1, 21, "remove"), (1, 20, "input", 5, "cut")):
        try:
            rig.board("module", *wrong)
        except Failure:
            continue
        raise AssertionError(f"the board took {wrong}")
    rig.board("module", 1, 20, "remove")
    check(show(rig)["modules"] == [], "it is gone")
    for keys in ("1", "2", "3", "#"):
        rig.board("type", 1, keys)


if __name__ == "__main__":
    run(__name__)
