#!/usr/bin/env python3
"""Lights, control button, casing, motion and temperature, end to end on the virtual board."""

from harness import check, refused, run, wait_for

GREEN, AMBER, DARK = ({"first": colour, "second": colour, "first_ms": 0, "second_ms": 0}
                      for colour in ("green", "amber", "dark"))


def head(rig):
    return rig.events()[-1]["seq"]


def kinds_after(rig, seq):
    return [event["kind"] for event in rig.events() if event["seq"] > seq]


def wait_live(rig, key, **expected):
    """A live object once it has these members."""
    def found():
        value = rig.snapshot().get(key, {})
        return value if all(value.get(name) == want for name, want in expected.items()) else None
    return wait_for(found, f"{key} to be {expected}", 40)


def wait_climate(rig, **expected):
    return wait_live(rig, "climate", **expected)


def tell_fact(rig, fact, is_on):
    """What the process that upgrades and restores will say."""
    rig.rpc("light.fact", _client="store", _socket="door.sock", fact=fact, on=is_on)


def test_every_led_is_there_and_shows_that_all_is_well(rig):
    leds = {key: value for key, value in rig.snapshot().items() if key.startswith("led.")}
    check(len(leds) == 16, f"there are {sorted(leds)}")
    check(leds["led.led.stat"] == GREEN and leds["led.led.pwr"] == GREEN, f"they are {leds}")
    check(leds["led.doors1_4.led_pwr"] == GREEN, f"they are {leds}")
    check(leds["led.doors1_4.led_stat"] == {"first": "green", "second": "dark", "first_ms": 200,
                                            "second_ms": 2000}, f"they are {leds}")
    dark = ("doors1_4.led_oc_reader", "doors1_4.led_oc_relay", "led.relay", "door1.lock_led",
            "door1.aux_led")
    check(all(leds[f"led.{name}"] == DARK for name in dark), f"they are {leds}")


def show_led(rig, point):
    return rig.rpc("do", _socket="board.sock", words=["show", point])


def test_the_board_blinks_as_it_was_told(rig):
    check(show_led(rig, "led.stat")["pattern"]["first"] == "green", "STAT is not green")

    def is_measured():
        shown = show_led(rig, "doors1_4.led_stat")
        times = [(change["colour"], change["at_us"]) for change in shown["changes"]
                 if change["at_us"] >= shown["pattern"]["since_us"]]
        return [(colour, after - at) for (colour, at), (_, after) in zip(times, times[1:])][-2:]
    spans = wait_for(lambda: len(is_measured()) == 2 and is_measured(), "two changes of the LED")
    check(sorted(spans) == [("dark", 2000000), ("green", 200000)], f"it blinks {spans}")


def test_relays_have_their_lights(rig):
    rig.ctl("output", "activate", 1)
    wait_live(rig, "led.led.relay", **GREEN)
    rig.ctl("output", "deactivate", 1)
    wait_live(rig, "led.led.relay", **DARK)
    rig.ctl("door", "unlock", 3)
    wait_live(rig, "led.door3.lock_led", **GREEN)
    check(rig.snapshot()["led.door3.aux_led"] == DARK, "the AUX relay's is another")
    rig.ctl("door", "lock", 3)
    wait_live(rig, "led.door3.lock_led", **DARK)
    aux = next(key for key, value in rig.snapshot().items()
               if key.startswith("output.") and value and value["point"] == "door2.aux")
    number = aux.removeprefix("output.")
    rig.ctl("output", "activate", number)
    wait_live(rig, "led.door2.aux_led", **GREEN)
    rig.ctl("output", "deactivate", number)
    wait_live(rig, "led.door2.aux_led", **DARK)


def test_upgrades_and_restores_have_their_patterns(rig):
    tell_fact(rig, "upgrading", True)
    wait_live(rig, "led.led.pwr", first="green", second="amber", first_ms=500, second_ms=500)
    wait_live(rig, "led.doors1_4.led_stat", first="green", second="red")
    tell_fact(rig, "upgrading", False)
    wait_live(rig, "led.led.pwr", **GREEN)
    tell_fact(rig, "upgrade_failed", True)
    wait_live(rig, "led.led.stat", first="red", second="dark", first_ms=1000, second_ms=1000)
    tell_fact(rig, "upgrade_failed", False)
    tell_fact(rig, "restoring", True)
    wait_live(rig, "led.led.stat", **AMBER)
    tell_fact(rig, "restoring", False)
    wait_live(rig, "led.led.stat", **GREEN)
    refused(lambda: tell_fact(rig, "dancing", True), "bad_params")


def test_without_its_controller_the_doors_part_blinks_offline(rig):
    """Seen by who watches the board: the patterns are asserted again when it comes back."""
    seq = head(rig)
    rig.board("power", "off")
    rig.wait_event("board.offline", after=seq)
    wait_live(rig, "led.doors1_4.led_stat", first="green", first_ms=1000, second_ms=1000)
    rig.board("power", "on")
    wait_live(rig, "led.doors1_4.led_stat", first="green", first_ms=200, second_ms=2000)
    rig.wait_event("power.restarted", after=seq)


def test_status_is_amber_until_the_roles_have_found_each_other(rig):
    rig.hold("store")
    try:
        rig.kill("door")
        wait_for(lambda: show_led(rig, "led.stat")["pattern"]["first"] == "amber", "amber", 40)
    finally:
        rig.release("store")
    wait_for(lambda: show_led(rig, "led.stat")["pattern"]["first"] == "green", "green", 40)
    wait_live(rig, "led.led.stat", **GREEN)


def test_an_open_casing_is_an_alarm_only_when_it_is_wanted(rig):
    seq = head(rig)
    rig.board("set", "casing", "open")
    wait_climate(rig, casing="open", alarms=[])
    rig.ctl("settings", "set", "alarm.casing=true")
    alarm = rig.wait_event("casing.open", after=seq)
    check(alarm["severity"] == 2, f"the alarm is {alarm}")
    wait_climate(rig, alarms=["casing"])
    rig.board("set", "casing", "closed")
    rig.wait_event("casing.closed", after=alarm["seq"])
    rig.board("set", "casing", "open")
    again = rig.wait_event("casing.open", after=alarm["seq"])
    rig.ctl("settings", "set", "alarm.casing=false")
    rig.wait_event("casing.closed", after=again["seq"])
    rig.board("set", "casing", "closed")
    wait_climate(rig, casing="closed", alarms=[])


def test_motion_is_one_alarm_until_it_has_been_at_rest(rig):
    seq = head(rig)
    rig.ctl("settings", "set", "alarm.motion=true", "alarm.motion_hold_off=1")
    for _ in range(3):
        rig.board("shake", "100ms")
    alarm = rig.wait_event("motion.detected", after=seq)
    rig.wait_event("motion.cleared", after=alarm["seq"])
    wait_climate(rig, motion=False, alarms=[])
    kinds = kinds_after(rig, seq)
    check(kinds.count("motion.detected") == 1, f"the events are {kinds}")
    rig.ctl("settings", "set", "alarm.motion=false")
    seq = head(rig)
    rig.board("shake", "100ms")
    wait_climate(rig, motion=True)
    wait_climate(rig, motion=False)
    check("motion.detected" not in kinds_after(rig, seq), "it was told though not wanted")


def test_the_external_tamper_contact_can_be_an_alarm(rig):
    rig.board("set", "tamper", "wired", "serial_4k7")
    rig.board("set", "tamper", "open")
    rig.ctl("input", "set", 4, "supervision=serial_4k7")
    wait_live(rig, "input.4", state="open", supervision="serial_4k7")
    seq = head(rig)
    rig.board("set", "tamper", "closed")
    wait_climate(rig, tampered=True, alarms=[])
    rig.ctl("settings", "set", "alarm.tamper=true")
    rig.wait_event("tamper.external", after=seq, state="closed")
    rig.board("set", "tamper", "open")
    cleared = rig.wait_event("tamper.external_cleared", after=seq)
    rig.board("set", "tamper", "cut")
    rig.wait_event("tamper.external", after=cleared["seq"], state="cut")
    rig.board("set", "tamper", "open")
    rig.wait_event("tamper.external_cleared", after=cleared["seq"])
    rig.ctl("settings", "set", "alarm.tamper=false")


def test_heat_warns_before_it_is_critical_and_clears_three_degrees_below(rig):
    rig.ctl("settings", "set", "temperature.warning=50", "temperature.critical=60")
    wait_climate(rig, warning_mc=50000, critical_mc=60000)
    seq = head(rig)
    rig.board("temperature", 50)
    wait_climate(rig, temperature_mc=50000, alarms=[])
    rig.board("temperature", 60.5)
    warning = rig.wait_event("temperature.warning", after=seq)
    critical = rig.wait_event("temperature.critical", after=warning["seq"], celsius=60, limit=60)
    check("60 degrees" in critical["text"], critical["text"])
    wait_climate(rig, alarms=["temperature_warning", "temperature_critical"])
    rig.board("temperature", 57.5)
    wait_climate(rig, temperature_mc=57500, alarms=["temperature_warning", "temperature_critical"])
    rig.board("temperature", 30)
    rig.wait_event("temperature.critical_cleared", after=critical["seq"])
    rig.wait_event("temperature.warning_cleared", after=critical["seq"])
    wait_climate(rig, temperature_mc=30000, alarms=[])
    status, said = rig.ctl("settings", "set", "temperature.warning=60", check=False)
    check(status == 1 and "temperature.critical" in said, f"it says {said}")


def test_what_does_not_work_is_not_shown_as_it_was(rig):
    rig.ctl("settings", "set", "alarm.casing=true")
    rig.board("set", "casing", "open")
    wait_climate(rig, casing="open", alarms=["casing"])
    seq = head(rig)
    rig.board("fault", "casing")
    rig.board("fault", "temperature")
    rig.wait_event("point.fault", after=seq, point="temperature")
    wait_climate(rig, temperature_mc=None, casing="unknown", alarms=["casing"])
    rig.board("works", "casing")
    rig.board("works", "temperature")
    wait_climate(rig, temperature_mc=30000, casing="open")
    rig.board("set", "casing", "closed")
    rig.ctl("settings", "set", "alarm.casing=false")
    wait_climate(rig, casing="closed", alarms=[])


def test_the_button_counts_from_power_up_only(rig):
    seq = head(rig)
    rig.board("set", "button", "pressed")
    wait_live(rig, "button", pressed=True, phase="idle")
    rig.board("power", "off")
    rig.board("power", "on")
    live = wait_live(rig, "button", pressed=True, phase="held")
    check(0 < live["remaining_ms"] <= 25000, f"the countdown is {live}")
    wait_live(rig, "led.led.stat", **AMBER)
    wait_live(rig, "led.led.stat", **DARK)
    less = wait_for(lambda: rig.snapshot()["button"], "the countdown")
    check(less["remaining_ms"] < live["remaining_ms"], f"the countdown stands: {less}")
    rig.board("set", "button", "released")
    wait_live(rig, "button", pressed=False, phase="idle", remaining_ms=0)
    wait_live(rig, "led.led.stat", **GREEN)
    check("button.reset" not in kinds_after(rig, seq), "it was reset after a few seconds")


def test_25_seconds_on_the_button_reset_everything_but_the_log(rig):
    rig.ctl("account", "add", "ada", "operator", stdin="correct horse battery\n")
    rig.ctl("card", "add", "holder=Ada", "facility=1", "card=2")
    rig.ctl("settings", "set", "system.name=Back door", "alarm.motion_hold_off=99")
    first = rig.events()[0]
    seq = head(rig)
    rig.board("set", "button", "pressed")
    rig.board("power", "off")
    rig.board("power", "on")
    wait_live(rig, "button", phase="held")
    wait_live(rig, "button", phase="armed", remaining_ms=0)
    check(rig.snapshot()["led.led.stat"] == AMBER, "STAT is not amber for the second time")
    check("button.reset" not in kinds_after(rig, seq), "it is a release that resets")
    rig.board("set", "button", "released")
    rig.wait_event("button.reset", after=seq)
    event = rig.wait_event("system.factory_default", after=seq)
    check(event["actor"] == "button", f"it was {event}")
    wait_live(rig, "button", phase="idle")
    wait_live(rig, "led.led.stat", **GREEN)
    check(rig.ctl("account") == [[]], "there are accounts")
    check(rig.ctl("card") == [[]], "there are cards")
    settings = rig.ctl("settings")[0]
    check(settings["system.name"] == "Cardea" and settings["alarm.motion_hold_off"] == 10,
          f"the settings are {settings}")
    check(len(rig.ctl("door")[0]) == 4, "the doors are gone")
    check(rig.events()[0] == first, "the log begins anew")
    wait_live(rig, "reader.1", security="no_key")


def test_an_administrator_can_do_the_same(rig):
    seq = head(rig)
    rig.ctl("settings", "set", "system.name=Back door")
    rig.rpc("factory.default")
    event = rig.wait_event("system.factory_default", after=seq)
    check(event["actor"].startswith("local:"), f"it was {event}")
    check(rig.ctl("settings", "get", "system.name")[0] == {"system.name": "Cardea"}, "it stays")


if __name__ == "__main__":
    run(__name__, with_peers=False, one_process_a_role=True)
