#!/usr/bin/env python3
"""Supervised inputs, end to end: a wire on the virtual board becomes state, alarm and door."""

from harness import Failure, check, refused, run, wait_for

SCHEMES = {"parallel_22k_4k7": (3873, 22000), "serial_1k": (1000, 2000), "serial_2k2": (2200, 4400),
           "serial_4k7": (4700, 9400), "serial_10k": (10000, 20000)}


def head(rig):
    return rig.events()[-1]["seq"]


def wait_state(rig, number, **expected):
    """The live object of an input once it has these members."""
    def found():
        value = rig.snapshot().get(f"input.{number}", {})
        return value if all(value.get(name) == want for name, want in expected.items()) else None
    return wait_for(found, f"input {number} to be {expected}")


def supervise(rig, number, scheme, **more):
    fields = [f"{name}={value}" for name, value in more.items()]
    rig.ctl("input", "set", number, f"supervision={scheme}", *fields)
    wait_state(rig, number, supervision=scheme)


def test_an_input_without_resistors_is_open_or_closed_at_one_volt(rig):
    wait_state(rig, 1, state="open", active=False, supervision="none", point="input1")
    seq = head(rig)
    rig.board("set", "input1", "closed")
    rig.wait_event("input.state", after=seq, input=1, state="closed")
    live = wait_state(rig, 1, state="closed", active=True)
    check(live["ohms"] == 0 and live["mv"] == 0, f"the live state is {live}")
    rig.board("set", "input1", "ohms", 5700)
    live = wait_state(rig, 1, state="closed", mv=985)
    check(abs(live["ohms"] - 5700) < 20, f"the resistance is {live['ohms']}")
    rig.board("set", "input1", "ohms", 6100)
    wait_state(rig, 1, state="open", active=False)
    rig.board("set", "input1", "open")


def test_every_scheme_tells_open_closed_short_cut_and_wrong_resistors(rig):
    for scheme, (closed, opened) in SCHEMES.items():
        rig.board("set", "input2", "wired", scheme)
        rig.board("set", "input2", "open")
        supervise(rig, 2, scheme)
        for word, state in (("closed", "closed"), ("open", "open"), ("short", "short"),
                            ("open", "open"), ("cut", "cut"), ("closed", "closed")):
            rig.board("set", "input2", word)
            wait_state(rig, 2, state=state, fault=state in ("short", "cut"))
        rig.board("set", "input2", "ohms", (closed + opened) // 2)
        wait_state(rig, 2, state="out_of_tolerance", fault=True)
        rig.board("set", "input2", "ohms", closed)
        wait_state(rig, 2, state="closed")


def test_the_alarm_of_an_aux_port_ends_when_it_becomes_an_output(rig):
    aux1 = 9  # of the outputs
    number = wait_for(lambda: next((int(key[6:]) for key, value in rig.snapshot().items()
                                    if key.startswith("input.") and value
                                    and value["point"] == "aux1"), None), "AUX 1 as an input")
    rig.board("set", "aux1", "wired", "serial_4k7")
    rig.board("set", "aux1", "open")
    supervise(rig, number, "serial_4k7")
    wait_state(rig, number, state="open")
    seq = head(rig)
    rig.board("set", "aux1", "cut")
    fault = rig.wait_event("input.fault", after=seq, point="aux1")
    rig.ctl("output", "set", aux1, "direction=output")
    ended = rig.wait_event("alarm.ended", after=fault["seq"], alarm=fault["seq"])
    check(ended["data"]["why"] == "it is an output now", f"the end is {ended}")
    # What it does to its own line as an output is no news of an input.
    rig.board("set", "aux1", "short")
    rig.ctl("output", "activate", aux1)
    rig.ctl("output", "deactivate", aux1)
    rig.board("set", "aux1", "cut")
    wait_for(lambda: rig.snapshot()["output.9"]["active"] is False, "the output to rest")
    told = [event for event in rig.events() if event["seq"] > ended["seq"]
            and event["kind"].startswith("input.")]
    check(not told, f"an output is told as an input: {told}")
    # The line is still cut when it is one again, and that is another alarm.
    rig.ctl("output", "set", aux1, "direction=input")
    again = rig.wait_event("input.fault", after=ended["seq"], point="aux1")
    check(again["data"]["alarm"] == again["seq"], f"it is {again}")
    rig.board("set", "aux1", "open")
    rig.wait_event("input.fault_cleared", after=again["seq"], point="aux1")
    supervise(rig, number, "none")


def test_a_cut_wire_raises_one_alarm_until_it_is_mended(rig):
    rig.board("set", "input3", "wired", "serial_4k7")
    rig.board("set", "input3", "open")
    supervise(rig, 3, "serial_4k7")
    wait_state(rig, 3, state="open")
    seq = head(rig)
    rig.board("set", "input3", "cut")
    fault = rig.wait_event("input.fault", after=seq, input=3, state="cut")
    check(fault["severity"] == 1 and fault["data"]["ohms"] == 1000000, f"the alarm is {fault}")
    check("cut" in fault["text"], f"its text is {fault['text']}")
    rig.board("set", "input3", "short")
    rig.wait_event("input.state", after=fault["seq"], input=3, state="short")
    rig.board("set", "input3", "open")
    rig.wait_event("input.fault_cleared", after=fault["seq"], input=3, state="open")
    kinds = [event["kind"] for event in rig.events() if event["seq"] > seq]
    check(kinds.count("input.fault") == 1, f"the events are {kinds}")


def test_a_bounce_is_no_event(rig):
    seq = head(rig)
    rig.ctl("input", "set", 3, "debounce=399")
    for _ in range(5):
        rig.board("set", "input3", "closed")
        rig.board("set", "input3", "open")
    rig.board("set", "input3", "closed")
    rig.wait_event("input.state", after=seq, input=3, state="closed")
    states = [event for event in rig.events()
              if event["seq"] > seq and event["kind"] == "input.state"]
    check(len(states) == 1, f"there are {len(states)} events of input 3")


def test_the_normal_state_says_what_is_active(rig):
    wait_state(rig, 3, state="closed", active=True)
    rig.ctl("input", "set", 3, "normal=closed")
    wait_state(rig, 3, state="closed", active=False)
    rig.board("set", "input3", "open")
    wait_state(rig, 3, state="open", active=True)


def test_a_drifting_resistor_warns_before_the_tolerance_is_left(rig):
    rig.board("set", "alarm", "wired", "serial_10k")
    rig.board("set", "alarm", "drift", 4)
    seq = head(rig)
    supervise(rig, 5, "serial_10k")
    drift = rig.wait_event("input.drift", after=seq, input=5)
    check(drift["data"]["state"] == "open", f"the warning is {drift}")
    live = wait_state(rig, 5, drifting=True, fault=False, state="open")
    check(35 <= live["drift"] <= 45, f"the drift is {live['drift']} per mille")
    rig.board("set", "alarm", "drift", 0)
    rig.ctl("input", "set", 5, "debounce=60")
    rig.wait_event("input.drift_cleared", after=drift["seq"], input=5)


def test_the_trend_of_a_resistor_can_be_read(rig):
    def find():
        answer = rig.rpc("input.history", input=5)
        return answer if answer["points"] else None
    answer = wait_for(find, "the first point of the trend")
    point = answer["points"][-1]
    check(answer["step"] == 10 and point["count"] > 0, f"the trend is {answer}")
    check(-2 <= point["min"] <= point["mean"] <= point["max"] <= 45, f"the point is {point}")
    check(rig.rpc("input.history", input=1, seconds=60)["points"] == [], "bare wires age not")
    refused(lambda: rig.rpc("input.history", input=16), "bad_params")
    refused(lambda: rig.rpc("input.history", input=5, seconds=1), "bad_params")


def test_the_wiring_is_learnt_from_both_positions(rig):
    rig.board("set", "tamper", "wired", "serial_2k2")
    rig.board("set", "tamper", "open")
    wait_refreshes(rig, 4)
    rig.board("set", "tamper", "closed")
    check(rig.snapshot()["input.4"]["proposal"] is None, "one position proves nothing")
    live = wait_state(rig, 4, proposal="serial_2k2")
    check(live["supervision"] == "none", "a proposal changes nothing by itself")


def wait_refreshes(rig, times):
    """The door role looks at its inputs as often as it shows its readers' counters."""
    seen = set()

    def is_enough():
        seen.add(rig.snapshot()["reader.1"]["polls"])
        return len(seen) > times
    wait_for(is_enough, "the refreshes")


def test_a_supervised_contact_moves_its_door_and_a_cut_is_its_fault(rig):
    rig.board("set", "door1.contact", "wired", "parallel_22k_4k7")
    supervise(rig, 6, "parallel_22k_4k7")
    wait_for(lambda: rig.snapshot()["door.1"]["position"] == "closed", "the door to be closed")
    seq = head(rig)
    rig.ctl("door", "grant", 1)
    rig.board("set", "door1.contact", "open")
    rig.wait_event("door.position", after=seq, door=1, state="open")
    rig.board("set", "door1.contact", "closed")
    rig.wait_event("door.position", after=seq, door=1, state="closed")
    rig.board("set", "door1.contact", "ohms", 8000)
    fault = rig.wait_event("input.fault", after=seq, door=1, state="out_of_tolerance")
    rig.wait_event("door.position", after=seq, door=1, state="fault")
    check(rig.snapshot()["input.6"]["ohms"] in range(7950, 8050), "the ohms are readable")
    rig.board("set", "door1.contact", "closed")
    rig.wait_event("input.fault_cleared", after=fault["seq"], door=1)


def test_a_short_on_a_supervised_exit_button_opens_nothing(rig):
    # In this order: to an input that is not supervised, resistors are a pressed button.
    supervise(rig, 11, "serial_1k")
    rig.board("set", "door2.rex", "wired", "serial_1k")
    wait_state(rig, 11, state="open", active=False)
    seq = head(rig)
    rig.board("set", "door2.rex", "short")
    rig.wait_event("input.fault", after=seq, door=2, state="short")
    check(rig.snapshot()["door.2"]["lock"] == "locked", "the short must not open the door")
    rig.board("set", "door2.rex", "pressed")
    rig.wait_event("door.lock", after=seq, door=2, state="unlocked")
    rig.board("set", "door2.rex", "released")


def test_configuration_and_state_survive_a_killed_door_role(rig):
    seq = head(rig)
    rig.kill("door")
    rig.wait_event("control.started", after=seq)
    wait_for(lambda: rig.snapshot()["control"]["online"], "the store to follow it again")
    wait_state(rig, 2, supervision="serial_10k", state="closed")
    wait_state(rig, 6, supervision="parallel_22k_4k7", state="closed")
    wait_for(lambda: rig.snapshot()["door.1"]["position"] == "closed", "the door to be closed")


def test_what_happens_while_the_board_is_away_is_told_when_it_is_back(rig):
    supervise(rig, 1, "none")
    rig.board("set", "input1", "closed")
    wait_state(rig, 1, state="closed")
    seq = head(rig)
    rig.kill("board")
    rig.wait_event("board.online", after=rig.wait_event("board.offline", after=seq)["seq"])
    # The board that is back has bare wires and open switches.
    rig.wait_event("input.state", after=seq, input=1, state="open")
    rig.wait_event("input.fault", after=seq, input=3, state="cut")
    rig.wait_event("door.position", after=seq, door=1, state="fault")


def test_the_list_names_every_input_and_wrong_values_are_refused(rig):
    [rows] = rig.ctl("input", "list")
    points = [row["point"] for row in rows]
    check(points[:6] == ["input1", "input2", "input3", "tamper", "alarm", "door1.contact"],
          f"the points are {points}")
    check(len(rows) == 15, f"there are {len(rows)} inputs")
    refused(lambda: rig.rpc("object.change", kind="input", id=1, object={"debounce": 400}),
            "bad_params")
    refused(lambda: rig.rpc("object.change", kind="input", id=1,
                            object={"supervision": "serial_3k3"}), "bad_params")
    refused(lambda: rig.rpc("object.change", kind="input", id=16, object={"name": "x"}),
            "not_found")
    refused(lambda: rig.rpc("object.create", kind="input", object={"name": "x"}), "conflict")
    for wrong in (("input4", "open"), ("input1", "ohms", "x"), ("input1", "ohms", "-1"),
                  ("input1", "wired", "serial_3k3"), ("input1", "pressed")):
        try:
            rig.board("set", *wrong)
        except Failure:
            continue
        raise AssertionError(f"the board took {wrong}")


def test_every_input_of_the_board_is_measured_and_supervised(rig):
    """Three inputs, TAMPER, ALARM, contact and REX of each door, two AUX ports."""
    points = {value["point"]: int(key.split(".")[1]) for key, value in rig.snapshot().items()
              if key.startswith("input.") and value}
    check(len(points) == 15, f"the inputs are {sorted(points)}")
    for point, number in points.items():
        supervise(rig, number, "serial_10k", normal="open")
        for ohms, state in ((10000, "closed"), (20000, "open"), (1000000, "cut"), (0, "short")):
            rig.board("set", point, "ohms", ohms)
            live = wait_state(rig, number, state=state, fault=state in ("cut", "short"))
            check(live["point"] == point, f"input {number} is {live['point']}")
            check(live["active"] == (state != "open") or live["fault"], f"{point} is {live}")


if __name__ == "__main__":
    run(__name__)
