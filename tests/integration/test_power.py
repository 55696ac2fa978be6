#!/usr/bin/env python3
"""Power, end to end: what is plugged, drawn and shorted becomes state, alarms, lights and plots."""

import os

from harness import check, refused, run, wait_for
from appliance import Rpc


def head(rig):
    return rig.events()[-1]["seq"]


def kinds_after(rig, seq):
    return [event["kind"] for event in rig.events() if event["seq"] > seq]


def wait_live(rig, key, **expected):
    """A live object once it has these members."""
    def found():
        value = rig.snapshot().get(key, {})
        return value if all(value.get(name) == want for name, want in expected.items()) else None
    return wait_for(found, f"{key} to be {expected}")


def wait_supply(rig, name, **expected):
    def found():
        value = rig.snapshot().get("power", {}).get("sources", {}).get(name, {})
        return value if all(value.get(key) == want for key, want in expected.items()) else None
    return wait_for(found, f"the supply {name} to be {expected}")


def feed(rig, source):
    """Lets the controller start on one supply and DC IN DOOR alone, with nothing connected."""
    for name in ("poe", "poe_plus", "dc_in"):
        rig.board("set", name, "mv", "nominal")
    for load in ("relay", "aux.12v", "input.12v", "door1.bus_12v", "door1.12v", "door1.lock"):
        rig.board("load", load, 0)
    rig.board("set", "doors1_4.dc_in", "on")
    rig.board("set", source, "on")
    for name in ("dc_in", "poe_plus", "poe"):
        if name != source:
            rig.board("set", name, "off")
    wait_live(rig, "power", source=source)
    wait_for(lambda: rig.snapshot()["board"]["online"], "the board")


def turn_relay(rig, is_on):
    rig.ctl("output", "activate" if is_on else "deactivate", 1)


def test_every_supply_says_whether_it_is_there(rig):
    feed(rig, "poe")
    sources = rig.snapshot()["power"]["sources"]
    states = {name: supply["state"] for name, supply in sources.items()}
    check(states == {"poe": "present", "poe_plus": "absent", "dc_in": "absent",
                     "doors1_4": "present", "doors5_8": "not_fitted"}, f"the supplies are {states}")
    check(sources["poe"]["mv"] == 48000 and sources["poe"]["ma"] > 0, f"PoE is {sources['poe']}")
    seq = head(rig)
    rig.board("set", "dc_in", "on")
    wait_supply(rig, "dc_in", state="present", mv=12000)
    rig.wait_event("power.supply_back", after=seq, point="dc_in")
    check(rig.snapshot()["power"]["source"] == "poe", "it changed to DC IN")


def test_poe_lost_is_dc_in_without_a_restart(rig):
    wait_live(rig, "power", source="poe")
    seq = head(rig)
    rig.board("set", "poe", "off")
    event = rig.wait_event("power.source", after=seq, supply="dc_in", previous="poe")
    wait_live(rig, "power", source="dc_in", capacity_mw=36000)
    rig.wait_event("power.supply_lost", after=seq, point="poe")
    kinds = kinds_after(rig, seq)
    check("board.offline" not in kinds and "power.restarted" not in kinds, f"there was {kinds}")
    check("dc_in" in event["text"] and "poe" in event["text"], event["text"])


def test_on_dc_in_poe_is_added_and_nothing_changes(rig):
    wait_live(rig, "power", source="dc_in")
    seq = head(rig)
    rig.board("set", "poe", "on")
    rig.wait_event("power.supply_back", after=seq, point="poe")
    check(rig.snapshot()["power"]["source"] == "dc_in", "it changed to PoE")


def test_which_supply_it_is_outlives_the_door_role(rig):
    """Both are there, and only the current tells which came first."""
    seq = head(rig)
    rig.kill("door")
    rig.wait_event("control.started", after=seq)
    wait_live(rig, "power", source="dc_in")
    check("power.source" not in kinds_after(rig, seq), "what has not changed was told")


def test_dc_in_lost_is_a_restart_on_poe(rig):
    wait_live(rig, "power", source="dc_in")
    seq = head(rig)
    rig.board("set", "dc_in", "off")
    event = rig.wait_event("power.restarted", after=seq)
    check("DC IN was lost" in event["text"], event["text"])
    wait_live(rig, "power", source="poe", capacity_mw=15400)
    kinds = kinds_after(rig, seq)
    check(kinds.index("board.offline") < kinds.index("power.restarted"), f"there was {kinds}")


def test_another_class_of_poe_is_another_budget(rig):
    wait_live(rig, "power", source="poe")
    seq = head(rig)
    rig.board("set", "poe_plus", "on")
    rig.wait_event("power.source", after=seq, supply="poe_plus", previous="poe")
    wait_live(rig, "power", source="poe_plus", capacity_mw=30000)
    check("board.offline" not in kinds_after(rig, seq), "it restarted")


def test_without_the_doors_supply_there_is_an_alarm_and_no_power(rig):
    feed(rig, "poe_plus")
    wait_live(rig, "rail.readers", state="good", mv=12000)
    seq = head(rig)
    rig.board("set", "doors1_4.dc_in", "off")
    event = rig.wait_event("power.doors_lost", after=seq)
    check(event["severity"] == 1 and "DC IN DOOR 1-4" in event["text"], f"the alarm is {event}")
    for rail in ("readers", "door_sensors"):
        wait_live(rig, f"rail.{rail}", state="off", mv=0)
    wait_live(rig, "led.doors1_4.led_pwr", first="dark")
    wait_live(rig, "led.doors1_4.led_stat", first="dark")
    rig.board("set", "doors1_4.dc_in", "on")
    rig.wait_event("power.doors_back", after=event["seq"])
    wait_live(rig, "rail.readers", state="good", mv=12000)
    wait_live(rig, "led.doors1_4.led_pwr", first="green", first_ms=0)
    check("power.rail_fault" not in kinds_after(rig, seq), "a missing supply is no fault of rails")


def test_loads_add_up_by_rail_and_by_door(rig):
    rig.board("load", "door1.bus_12v", 500)
    rig.board("load", "door2.bus_12v", 250)
    rig.board("load", "door1.12v", 100)
    rail = wait_live(rig, "rail.readers", ma=750, mw=9000, state="good", limit_ma=2000)
    check(rail["label"] == "Supply of readers", f"its label is {rail['label']}")
    wait_live(rig, "rail.door_sensors", ma=100, mw=1200, limit_ma=400)
    live = wait_live(rig, "power", rs485_mw=9000)
    check(live["door_mw"] == [7200, 3000, 0, 0], f"the doors take {live['door_mw']}")
    check(live["total_mw"] > 10200, f"all together take {live['total_mw']}")
    for load in ("door1.bus_12v", "door2.bus_12v", "door1.12v"):
        rig.board("load", load, 0)
    wait_live(rig, "rail.readers", ma=0)


def test_every_rail_that_is_overloaded_or_sags_is_switched_off_and_tried_again(rig):
    """All at once, because each is proved for ten seconds before its alarm ends."""
    limits = {"input.12v": ("input_12v", 190), "aux.12v": ("aux_12v", 250),
              "door4.bus_12v": ("readers", 2000)}
    for point, (rail, limit) in limits.items():
        rig.board("load", point, limit)
        wait_live(rig, f"rail.{rail}", ma=limit, state="good", limit_ma=limit)
    rig.board("set", "door2.12v", "mv", 10800)
    wait_live(rig, "rail.door_sensors", mv=10800, state="good")
    seq = head(rig)
    for point, (rail, limit) in limits.items():
        rig.board("load", point, limit + 1)
        fault = rig.wait_event("power.rail_fault", after=seq, rail=rail, fault="over_current",
                               ma=limit + 1, limit=limit)
        check(fault["severity"] == 2 and str(limit) in fault["text"], f"the alarm is {fault}")
        wait_live(rig, f"rail.{rail}", state="over_current", mv=0)
    wait_live(rig, "led.doors1_4.led_oc_reader", first="red", first_ms=0)
    wait_live(rig, "led.doors1_4.led_oc_relay", first="dark")
    rig.board("set", "door2.12v", "mv", 10799)
    rig.wait_event("power.rail_fault", after=seq, rail="door_sensors", fault="under_voltage")
    for point, (rail, limit) in limits.items():
        rig.board("load", point, limit)
    rig.board("set", "door2.12v", "mv", "nominal")
    for rail in (*(rail for rail, _ in limits.values()), "door_sensors"):
        rig.wait_event("power.rail_fault_cleared", after=seq, rail=rail)
        wait_live(rig, f"rail.{rail}", state="good")
    wait_live(rig, "led.doors1_4.led_oc_reader", first="dark")
    check(kinds_after(rig, seq).count("power.rail_fault") == 4, "one was told more than once")
    for point in limits:
        rig.board("load", point, 0)


def test_the_relay_jumpers_budget_follows_the_supply(rig):
    table = {"dc_in": (1900, 1000), "poe": (150, 50), "poe_plus": (920, 420)}
    for source, limits in table.items():
        feed(rig, source)
        for volts, limit in zip((12, 24), limits):
            rig.board("set", "relay.jumper", volts)
            wait_live(rig, "rail.relay", limit_ma=limit, mv=volts * 1000, state="good")
    rig.board("set", "relay.jumper", "none")
    wait_live(rig, "rail.relay", state="off", limit_ma=0)


def test_relays_that_take_more_than_their_jumper_may_feed_are_switched_off(rig):
    feed(rig, "poe")
    turn_relay(rig, True)
    for door in (1, 2):
        rig.ctl("door", "unlock", door)
        wait_live(rig, f"led.door{door}.lock_led", first="green")
    rig.board("set", "relay.jumper", 24)
    rig.board("set", "doors1_4.jumper", 24)
    wait_live(rig, "rail.door_relays", limit_ma=1500, mv=24000)
    rig.board("set", "doors1_4.jumper", 12)
    wait_live(rig, "rail.door_relays", limit_ma=3800, mv=12000)
    for load, ma in (("relay", 50), ("door1.lock", 1800), ("door2.lock", 2000)):
        rig.board("load", load, ma)
    wait_live(rig, "rail.relay", ma=50, state="good")
    wait_live(rig, "rail.door_relays", ma=3800, state="good")
    seq = head(rig)
    rig.board("load", "relay", 51)
    rig.wait_event("power.rail_fault", after=seq, rail="relay", limit=50, supply="poe")
    rig.board("load", "door2.lock", 2001)
    rig.wait_event("power.rail_fault", after=seq, rail="door_relays", limit=3800)
    wait_live(rig, "led.doors1_4.led_oc_relay", first="red")
    for load in ("relay", "door1.lock", "door2.lock"):
        rig.board("load", load, 0)
    for rail in ("relay", "door_relays"):
        rig.wait_event("power.rail_fault_cleared", after=seq, rail=rail)
    wait_live(rig, "led.doors1_4.led_oc_relay", first="dark")
    for jumper in ("relay.jumper", "doors1_4.jumper"):
        rig.board("set", jumper, "none")
    for door in (1, 2):
        rig.ctl("door", "lock", door)
        wait_live(rig, f"led.door{door}.lock_led", first="dark")


def test_contacts_and_outputs_have_ratings(rig):
    turn_relay(rig, True)
    for number in (2, 3, 4, 5):
        rig.ctl("output", "activate", number)
    rig.ctl("door", "unlock", 1)
    wait_live(rig, "led.door1.lock_led", first="green")
    for point, limit in (("relay", 2000), ("output1", 100), ("output2", 100), ("output3", 100),
                         ("door1.aux", 2000), ("door1.lock", 4000)):
        seq = head(rig)
        rig.board("load", point, limit)
        rig.board("load", point, limit + 1)
        alarm = rig.wait_event("power.point_overload", after=seq, point=point, limit=limit)
        check(str(limit + 1) in alarm["text"], alarm["text"])
        wait_live(rig, "led.doors1_4.led_oc_relay", first="red" if "door" in point else "dark")
        rig.board("load", point, limit // 2)
        rig.wait_event("power.point_overload_cleared", after=seq, point=point)
        rig.board("load", point, 0)
    wait_live(rig, "led.doors1_4.led_oc_relay", first="dark")
    turn_relay(rig, False)
    for number in (2, 3, 4, 5):
        rig.ctl("output", "deactivate", number)
    rig.ctl("door", "lock", 1)
    wait_live(rig, "led.door1.lock_led", first="dark")


def test_too_little_power_is_warned_of_and_then_shed(rig):
    feed(rig, "dc_in")
    turn_relay(rig, True)
    rig.board("set", "relay.jumper", 24)
    wait_live(rig, "rail.relay", limit_ma=1000)
    seq = head(rig)
    # Within every branch's limit, and yet more than DC IN has: two regulators gone high.
    for supply in ("aux.12v", "input.12v"):
        rig.board("set", supply, "mv", 14000)
    for load, ma in (("aux.12v", 250), ("input.12v", 190), ("relay", 1000)):
        rig.board("load", load, ma)
    low = rig.wait_event("power.low", after=seq, supply="dc_in")
    shed = rig.wait_event("power.shed", after=low["seq"], rail="aux_12v")
    wait_live(rig, "rail.aux_12v", state="shed", ma=0)
    wait_live(rig, "power", shed=["aux_12v"], warned=True)
    wait_for(lambda: rig.snapshot()["power"]["sources"]["dc_in"]["mw"] < 36000, "the relief")
    rig.wait_event("power.supply_overload", after=seq, point="dc_in", limit=36000)
    check(shed["seq"] > low["seq"], "it was shed before it was warned of")
    for supply in ("aux.12v", "input.12v"):
        rig.board("set", supply, "mv", "nominal")
    # A board that restarts begins anew; the calm minute is the unit test's.
    feed(rig, "poe")
    rig.wait_event("power.restored", after=shed["seq"], rail="aux_12v")
    rig.wait_event("power.low_cleared", after=shed["seq"])
    wait_live(rig, "rail.aux_12v", state="good")
    rig.board("set", "relay.jumper", "none")
    turn_relay(rig, False)


def test_more_than_96_watts_through_dc_in_door_is_an_alarm(rig):
    seq = head(rig)
    rig.board("load", "door1.bus_12v", 9000)
    alarm = rig.wait_event("power.supply_overload", after=seq, point="doors1_4.dc_in")
    check(alarm["data"]["limit"] == 96000 and alarm["data"]["mw"] > 96000, f"it is {alarm}")
    rig.wait_event("power.rail_fault", after=seq, rail="readers")
    rig.board("load", "door1.bus_12v", 0)
    # Both alarms end while the next test is under way.


def test_a_voltage_outside_of_its_range_is_an_alarm(rig):
    feed(rig, "poe")
    for point, low, high in (("poe", 44000, 57000), ("doors1_4.dc_in", 10800, 13200)):
        for mv in (low - 1, high + 1):
            seq = head(rig)
            rig.board("set", point, "mv", low if mv < low else high)
            rig.board("set", point, "mv", mv)
            alarm = rig.wait_event("power.supply_voltage", after=seq, point=point, mv=mv)
            check(str(mv) in alarm["text"], alarm["text"])
            rig.board("set", point, "mv", "nominal")
            rig.wait_event("power.supply_voltage_cleared", after=seq, point=point)
    fault = rig.events(kind="power.rail_fault")[-1]
    check(fault["data"]["rail"] == "readers", f"the fault is {fault}")
    rig.wait_event("power.rail_fault_cleared", after=fault["seq"], rail="readers")
    alarm = rig.events(kind="power.supply_overload")[-1]
    rig.wait_event("power.supply_overload_cleared", after=alarm["seq"], point="doors1_4.dc_in")


def test_a_converter_that_breaks_says_nothing_of_its_rail(rig):
    rig.board("load", "door1.bus_12v", 300)
    rig.board("load", "door2.bus_12v", 200)
    wait_live(rig, "rail.readers", ma=500)
    seq = head(rig)
    rig.board("fault", "door1.bus_12v")
    wait_live(rig, "rail.readers", ma=200, mv=12000, state="good")
    rig.board("works", "door1.bus_12v")
    wait_live(rig, "rail.readers", ma=500)
    check("power.rail_fault" not in kinds_after(rig, seq), "it was taken for a fault of the rail")
    for load in ("door1.bus_12v", "door2.bus_12v"):
        rig.board("load", load, 0)


def test_what_was_taken_can_be_plotted(rig):
    rig.board("load", "door1.bus_12v", 100)
    def find():
        points = rig.rpc("power.history", what="readers", seconds=60)["points"]
        return points if points and points[-1]["max"] >= 1200 else None
    point = wait_for(find, "the plot of the readers")[-1]
    check(point["min"] <= point["mean"] <= point["max"], f"the point is {point}")
    for what in ("main", "doors", "relay", "temperature"):
        check(rig.rpc("power.history", what=what)["points"], f"there is no plot of {what}")
    refused(lambda: rig.rpc("power.history", what="nothing"), "bad_params")
    rig.board("load", "door1.bus_12v", 0)


def test_a_noisy_converter_does_not_flood_who_follows(rig):
    """Two hundred values in a breath; what is shown is the last one, and few before it."""
    with Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl") as follower, \
            Rpc(os.path.join(rig.run_dir, "board.sock"), "test") as board:
        follower.call("follow", stream="state")
        for ma in range(200):
            board.call("do", words=["load", "door1.bus_12v", str(ma)])
        shown = []
        while not shown or shown[-1] != 199:
            push = follower.push()
            if push.get("key") == "rail.readers":
                shown.append(push["value"]["ma"])
    check(len(shown) < 100, f"{len(shown)} of 200 values were shown")
    rig.board("load", "door1.bus_12v", 0)


def test_the_command_line_shows_power_and_lights(rig):
    power = rig.ctl("power")[0]
    check(power["power"]["source"] == "poe" and "readers" in power["rails"], f"it says {power}")
    check("temperature_mc" in power["climate"], f"it says {power}")
    check(rig.ctl("power", "history", "main")[0]["points"], "there is no plot")
    leds = rig.ctl("led")[0]
    check(leds["led.pwr"]["first"] == "green", f"the lights are {leds}")


def test_all_power_gone_and_back_is_a_restart_that_says_so(rig):
    seq = head(rig)
    rig.board("power", "off")
    rig.wait_event("board.offline", after=seq)
    rig.board("power", "on")
    event = rig.wait_event("power.restarted", after=seq)
    check("without power" in event["text"], event["text"])
    wait_live(rig, "power", source="poe")


if __name__ == "__main__":
    run(__name__, with_peers=False)
