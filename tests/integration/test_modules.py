#!/usr/bin/env python3
"""Expansion modules: their keys, their inputs and outputs, and the floors of a lift."""

import os
import random
import signal
import stat

from harness import check, refused, run, wait_for
from appliance import Rpc  # harness.py knows where it is

PORT = 4
ADDRESS = 2
OTHER_ADDRESS = 3
CABIN_READER = 3  # at port 2
HOST_KEY = "5e1190a733c2480d6f82e91477bb05d1"


def head(rig):
    return rig.events()[-1]["seq"]


def on_the_wire(rig, address=ADDRESS):
    """What the virtual module is doing, whatever the controller believes."""
    for module in rig.rpc("show", _socket="board.sock")["modules"]:
        if module["bus"] == PORT and module["address"] == address:
            return module
    return None


def wait_outputs(rig, expected, address=ADDRESS):
    def found():
        outputs = on_the_wire(rig, address)["outputs"]
        return [number for number, is_on in enumerate(outputs, 1) if is_on] == expected
    wait_for(found, f"the outputs {expected} of the module at {address}, and no others, to be on")


def wait_module(rig, number, **expected):
    def found():
        module = rig.snapshot().get(f"module.{number}") or {}
        return module if all(module.get(name) == value
                             for name, value in expected.items()) else None
    return wait_for(found, f"module {number} to be {expected}")


def add(rig, address, name, number):
    seq = head(rig)
    [made] = rig.ctl("module", "add", f"name={name}", f"bus={PORT}", f"address={address}")
    check(made["id"] == number, f"'{name}' became module {made['id']}")
    rig.wait_event("module.online", after=seq, module=number)
    wait_module(rig, number, online=True, security="secure")


def test_no_module_is_added_before_there_is_a_key(rig):
    text = refused(lambda: rig.rpc("object.create", kind="module",
                                   object={"name": "Attic", "bus": PORT, "address": ADDRESS}),
                   "conflict")
    check("key" in text and "generate" in text, f"the refusal '{text}' does not say what to do")
    refused(lambda: rig.rpc("module.key_export"), "not_found")
    check(rig.snapshot()["module_key"] == {"present": False, "exported": False,
                                           "fingerprint": ""}, "a key is shown")


def test_a_key_is_made_entered_and_exported_once(rig):
    seq = head(rig)
    [first] = rig.ctl("module", "key", "generate")
    check("Export" in first["warning"], f"nobody is warned: {first}")
    refused(lambda: rig.rpc("module.key_generate"), "conflict")
    [second] = rig.ctl("module", "key", "generate", "--replace")
    check(first["fingerprint"] != second["fingerprint"], "the same key was made twice")
    refused(lambda: rig.rpc("module.key_set", key="00" * 16, replace=True), "bad_params")
    refused(lambda: rig.rpc("module.key_set", key="zz" * 16, replace=True), "bad_params")
    rig.ctl("module", "key", "set", "-", "--replace", stdin=HOST_KEY)
    path = os.path.join(rig.state, "module.key")
    rig.ctl("module", "key", "export", path)
    with open(path, encoding="ascii") as file:
        check(file.read().strip() == HOST_KEY, "what was exported is not what was entered")
    check(stat.S_IMODE(os.stat(path).st_mode) == 0o600, "others may read the exported key")
    text = refused(lambda: rig.rpc("module.key_export"), "conflict")
    check("once" in text, f"the refusal says '{text}'")
    for what in ("generated", "entered", "exported"):
        rig.wait_event("module.host_key", after=seq, what=what)
    everything = str(rig.events()) + str(rig.snapshot())
    check(HOST_KEY not in everything.lower(), "the key is in an event or in the live state")
    for name in os.listdir(rig.state):
        whole = os.path.join(rig.state, name)
        if not os.path.isfile(whole) or whole == path:
            continue
        with open(whole, "rb") as file:
            content = file.read()
        check(bytes.fromhex(HOST_KEY) not in content and HOST_KEY.encode() not in content,
              f"the key is in clear in {name}")


def test_a_new_module_is_paired_and_shown(rig):
    rig.board("module", "add", PORT, ADDRESS, "--inputs", 4, "--outputs", 16)
    seq = head(rig)
    add(rig, ADDRESS, "Attic", 1)
    module = wait_module(rig, 1, name="Attic", bus=PORT, address=ADDRESS)
    check(len(module["inputs"]) == 4 and len(module["outputs"]) == 16, f"it is {module}")
    check(module["firmware"] == "1.0.0" and module["serial"], f"it is {module}")
    check(on_the_wire(rig)["secure"], "the module does not speak encrypted")
    rig.wait_event("module.secured", after=seq, module=1)
    # Its neighbours at the port have not noticed.
    check(not [event for event in rig.events() if event["seq"] > seq
               and event["kind"] in ("reader.offline", "reader.unsecured")],
          "readers at the same port were lost")


def test_outputs_are_switched_and_pulsed_by_the_module(rig):
    seq = head(rig)
    rig.ctl("module", "output", 1, 3, "activate")
    wait_outputs(rig, [3])
    rig.wait_event("module.output", after=seq, module=1, output=3, state="active")
    rig.wait_event("control.command", after=seq, command="module.output")
    wait_for(lambda: rig.snapshot()["module.1"]["outputs"][2], "output 3 to be shown as active")
    rig.ctl("module", "output", 1, 3, "toggle")
    wait_outputs(rig, [])
    rig.ctl("module", "output", 1, 5, "pulse", 2)
    wait_outputs(rig, [5])
    wait_outputs(rig, [])
    on = rig.wait_event("module.output", after=seq, output=5, state="active")
    rig.wait_event("module.output", after=on["seq"], output=5, state="inactive")
    refused(lambda: rig.rpc("module.output", module=2, output=1, command="activate"), "not_found")
    refused(lambda: rig.rpc("module.output", module=1, output=17, command="activate"),
            "bad_params")


def test_inputs_are_seen(rig):
    for word in ("active", "short", "cut", "inactive"):
        seq = head(rig)
        rig.board("module", PORT, ADDRESS, "input", 2, word)
        rig.wait_event("module.input", after=seq, module=1, input=2, state=word)
        wait_for(lambda: rig.snapshot()["module.1"]["inputs"][1] == word,
                 f"input 2 to be shown as {word}")


def test_tampering_and_power_are_alarms(rig):
    for words, raised, cleared in ((("tampered",), "module.tamper", ("untampered",)),
                                   (("power", "fails"), "module.power", ("power", "good"))):
        seq = head(rig)
        rig.board("module", PORT, ADDRESS, *words)
        rig.wait_event(raised, after=seq, module=1)
        rig.board("module", PORT, ADDRESS, *cleared)
        rig.wait_event(raised + "_cleared", after=seq, module=1)


def firmware(folder, name, size):
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(random.Random(size).randbytes(size))
    return path


def test_firmware_is_uploaded_or_comes_with_the_controller(rig):
    seq = head(rig)
    uploaded = firmware(rig.state, "uploaded.bin", 30000)
    status, said = rig.ctl("module", "upgrade", 1, uploaded, check=False)
    check(status == 0, f"the upload failed: {said}")
    rig.wait_event("module.upgrade", after=seq, module=1, file="uploaded.bin", bytes=30000)
    done = rig.wait_event("module.upgrade_done", after=seq, module=1)
    check(on_the_wire(rig)["file"]["size"] == 30000, f"the module has {on_the_wire(rig)['file']}")
    wait_module(rig, 1, online=True, security="secure", firmware="1.1.0")
    check(rig.rpc("firmware.list") == {"files": []}, "there is firmware that nobody has bundled")
    firmware(os.path.join(rig.state, "firmware"), "module-2.bin", 50000)
    firmware(os.path.join(rig.state, "firmware"), ".hidden", 10)
    os.symlink(uploaded, os.path.join(rig.state, "firmware", "link.bin"))
    check(rig.rpc("firmware.list") == {"files": [{"name": "module-2.bin", "bytes": 50000}]},
          f"the list says {rig.rpc('firmware.list')}")
    for name in ("../uploaded.bin", ".hidden", "link.bin", "nothing.bin"):
        refused(lambda name=name: rig.rpc("firmware.bundled", name=name), "not_found", "conflict")
    status, said = rig.ctl("module", "upgrade", 1, "--bundled", "module-2.bin", check=False)
    check(status == 0, f"the bundled one failed: {said}")
    rig.wait_event("module.upgrade_done", after=done["seq"], module=1, file="module-2.bin")
    wait_module(rig, 1, online=True, security="secure", firmware="1.2.0")


def test_only_a_module_that_is_there_is_upgraded(rig):
    refused(lambda: rig.rpc("module.upgrade", module=2), "not_found")
    rig.ctl("module", "set", 1, "enabled=false")
    wait_module(rig, 1, online=False)
    refused(lambda: rig.rpc("module.upgrade", module=1), "not_found", "unavailable")
    rig.ctl("module", "set", 1, "enabled=true")
    wait_module(rig, 1, online=True, security="secure")


def test_a_module_that_is_taken_away_while_it_is_upgraded_is_not_waited_for(rig):
    seq = head(rig)
    path = firmware(rig.state, "big.bin", 250000)
    with open(path, "rb") as file:
        data = file.read()
    rig.rpc("firmware.begin", name="big.bin", size=len(data))
    for offset in range(0, len(data), 24000):
        rig.rpc("firmware.chunk", offset=offset, data=data[offset:offset + 24000].hex())
    rig.rpc("module.upgrade", module=1)
    rig.wait_event("module.upgrade", after=seq, module=1)
    rig.ctl("module", "set", 1, "enabled=false")
    event = rig.wait_event("module.upgrade_failed", after=seq, module=1)
    check("cancelled" in event["data"]["why"], f"the event is {event}")
    rig.rpc("firmware.drop")
    rig.ctl("module", "set", 1, "enabled=true")
    wait_module(rig, 1, online=True, security="secure")


def test_a_pulse_ends_on_time_although_the_role_is_killed_in_it(rig):
    seq = head(rig)
    rig.ctl("module", "output", 1, 7, "activate")
    wait_outputs(rig, [7])
    rig.ctl("module", "output", 1, 6, "pulse", 2)
    wait_outputs(rig, [6, 7])
    rig.signal("door", signal.SIGSTOP)
    # Nobody is there who could end it but the module; what is switched for good stays.
    wait_outputs(rig, [7])
    rig.kill("door")
    # The store has heard of the next one, so it can command it.
    rig.wait_event("control.started", after=seq)
    wait_module(rig, 1, online=True, security="secure")
    wait_for(lambda: rig.snapshot()["module.1"]["outputs"][6], "output 7 to be known as active")
    rig.ctl("module", "output", 1, 7, "deactivate")
    wait_outputs(rig, [])


def test_an_alarm_of_the_process_before_is_cleared_by_the_one_after_it(rig):
    seq = head(rig)
    rig.board("module", PORT, ADDRESS, "tampered")
    rig.wait_event("module.tamper", after=seq, module=1)
    rig.signal("door", signal.SIGSTOP)
    rig.board("module", PORT, ADDRESS, "untampered")
    rig.kill("door")
    rig.wait_event("module.tamper_cleared", after=seq, module=1)
    wait_module(rig, 1, online=True, tamper=False)


def test_a_module_works_on_while_the_store_is_dead(rig):
    seq = head(rig)
    rig.signal("store", signal.SIGSTOP)
    try:
        rig.signal("door", signal.SIGSTOP)
        rig.board("module", PORT, ADDRESS, "unplugged")
        rig.board("module", PORT, ADDRESS, "plugged")
        check(not on_the_wire(rig)["secure"], "there is a session that nobody can have made")
        rig.kill("door")
        wait_for(lambda: on_the_wire(rig)["secure"], "a session without the store")
    finally:
        rig.signal("store", signal.SIGCONT)
    rig.wait_event("control.started", after=seq)
    wait_module(rig, 1, online=True, security="secure")


def restart_store(rig, seq):
    rig.kill("store")
    rig.wait_event("system.started", after=seq)


def test_modules_work_on_while_the_host_key_cannot_be_opened(rig):
    sealing = os.path.join(rig.state, "store", "device.key")
    seq = head(rig)
    os.rename(sealing, sealing + ".away")
    restart_store(rig, seq)
    wait_for(lambda: rig.snapshot().get("module_key", {}).get("present") is False,
             "the host key to be missed")
    wait_module(rig, 1, online=True, security="secure")
    rig.ctl("module", "output", 1, 9, "activate")
    wait_outputs(rig, [9])
    rig.ctl("module", "output", 1, 9, "deactivate")
    seq = head(rig)
    os.rename(sealing + ".away", sealing)
    restart_store(rig, seq)
    wait_for(lambda: rig.snapshot().get("module_key", {}).get("present"), "the host key")
    wait_module(rig, 1, online=True, security="secure")
    check(not [event for event in rig.events() if event["kind"] == "module.offline"],
          "the module was lost")


def test_a_module_that_goes_away_is_an_alarm_until_it_is_back(rig):
    seq = head(rig)
    rig.ctl("module", "output", 1, 8, "activate")
    wait_outputs(rig, [8])
    rig.board("module", PORT, ADDRESS, "unplugged")
    rig.wait_event("module.offline", after=seq, module=1)
    refused(lambda: rig.rpc("module.output", module=1, output=1, command="activate"),
            "unavailable")
    rig.board("module", PORT, ADDRESS, "plugged")
    rig.wait_event("module.online", after=seq, module=1)
    # It has forgotten what it was told, the controller has not.
    wait_outputs(rig, [8])
    rig.ctl("module", "output", 1, 8, "deactivate")
    wait_outputs(rig, [])


def standing(rig, source):
    return [alarm["name"] for alarm in rig.rpc("alarm.list")["alarms"] if alarm["source"] == source]


def test_alarms_end_with_the_module_that_is_switched_off(rig):
    seq = head(rig)
    rig.board("module", PORT, ADDRESS, "tampered")
    raised = rig.wait_event("module.tamper", after=seq, module=1)
    wait_for(lambda: standing(rig, "module.1") == ["module_tamper"], "the alarm of the module")
    rig.ctl("module", "set", 1, "enabled=false")
    ended = rig.wait_event("alarm.ended", after=raised["seq"], alarm=raised["seq"])
    check(ended["data"]["why"] == "the module is switched off" and ended["source"] == "module.1"
          and ended["data"]["name"] == "module_tamper", f"the end is {ended}")
    wait_for(lambda: not standing(rig, "module.1"), "no alarm of the module")
    # It is so when it comes back, and is another alarm.
    rig.ctl("module", "set", 1, "enabled=true")
    again = rig.wait_event("module.tamper", after=ended["seq"], module=1)
    check(again["data"]["alarm"] == again["seq"], f"it is {again}")
    check(not [event for event in rig.events() if ended["seq"] < event["seq"] < again["seq"]
               and event["kind"] == "module.tamper_cleared"], "the end is told twice")
    rig.board("module", PORT, ADDRESS, "untampered")
    rig.wait_event("module.tamper_cleared", after=again["seq"], module=1)
    wait_module(rig, 1, online=True, security="secure")
    check(not standing(rig, "module.1"), f"{standing(rig, 'module.1')} stand")


def test_wrong_keys_are_refused_with_an_event_and_nothing_is_switched(rig):
    seq = head(rig)
    rig.board("module", PORT, ADDRESS, "key", "wrong")
    event = rig.wait_event("module.key_mismatch", after=seq, module=1, cause="key")
    check(event["severity"] == 2 and "another key" in event["text"], f"the event is {event}")
    wait_module(rig, 1, online=False, security="key_mismatch")
    refused(lambda: rig.rpc("module.output", module=1, output=1, command="activate"),
            "unavailable")
    rig.ctl("module", "install", 1)
    check(on_the_wire(rig)["outputs"] == [False] * 16, "an output has moved")
    # Reset by its button it is as new, and the window that was opened is still open.
    rig.board("module", PORT, ADDRESS, "key", "forget")
    rig.wait_event("module.secured", after=seq, module=1)
    wait_module(rig, 1, online=True, security="secure")


def test_another_host_key_loses_the_modules_and_the_right_one_finds_them(rig):
    text = refused(lambda: rig.rpc("module.key_generate"), "conflict")
    check("1 modules" in text, f"the refusal does not count: {text}")
    seq = head(rig)
    rig.ctl("module", "key", "generate", "--replace")
    rig.wait_event("module.key_mismatch", after=seq, module=1, cause="key")
    wait_module(rig, 1, online=False)
    rig.ctl("module", "key", "set", "-", "--replace", stdin=HOST_KEY)
    rig.wait_event("module.secured", after=seq, module=1)
    wait_module(rig, 1, online=True, security="secure")


def test_a_replaced_module_is_told_and_paired_when_it_is_installed(rig):
    seq = head(rig)
    rig.board("module", PORT, ADDRESS, "swap")
    rig.wait_event("module.key_mismatch", after=seq, module=1)
    rig.ctl("module", "install", 1)
    rig.wait_event("module.replaced", after=seq, module=1)
    wait_module(rig, 1, online=True, security="secure")


def test_renamed_and_moved_by_configuration(rig):
    seq = head(rig)
    rig.ctl("module", "rename", 1, "Roof")
    wait_module(rig, 1, name="Roof", online=True)
    rig.wait_event("object.changed", after=seq, object="module", field="name")
    rig.ctl("module", "set", 1, "enabled=false")
    wait_module(rig, 1, online=False, enabled=False)
    rig.ctl("module", "set", 1, "enabled=true")
    wait_module(rig, 1, online=True, security="secure")


def test_places_that_are_taken_are_refused(rig):
    def create(**place):
        return lambda: rig.rpc("object.create", kind="module", object={"name": "Cellar", **place})
    text = refused(create(bus=PORT, address=ADDRESS), "conflict")
    check("Roof" in text, f"the refusal '{text}' does not say who is there")
    text = refused(create(bus=PORT, address=1), "conflict")
    check("reader 8" in text, f"the refusal '{text}' does not say who is there")
    refused(create(bus=9, address=5), "bad_params")
    refused(create(bus=PORT, address=127), "bad_params")


def test_a_lift_lets_a_card_go_to_its_floors_only(rig):
    rig.board("module", "add", PORT, OTHER_ADDRESS, "--inputs", 0, "--outputs", 4)
    add(rig, OTHER_ADDRESS, "Shaft", 2)
    for number, (module, output) in enumerate(((1, 1), (1, 2), (2, 4)), 1):
        [made] = rig.ctl("floor", "add", f"name=Floor {number}", f"module={module}",
                         f"output={output}", f"reader={CABIN_READER}", "pulse=2")
        check(made["id"] == number, f"the floor became {made}")
    rig.ctl("card", "add", "holder=Ada Lovelace", "facility=118", "card=1603", "doors=[1,2,3,4]",
            "floors=[1,3]")
    rig.ctl("card", "add", "holder=Alan Turing", "facility=118", "card=1604", "doors=[1,2,3,4]")
    seq = head(rig)
    rig.board("badge", CABIN_READER, "--facility", 118, "--card", 1603)
    event = rig.wait_event("floor.granted", after=seq)
    check(event["data"]["floors"] == [1, 3] and event["data"]["holder"] == "Ada Lovelace",
          f"the event is {event}")
    check("Floor 1, Floor 3" in event["text"], f"its text is {event['text']}")
    wait_outputs(rig, [1])
    wait_outputs(rig, [4], OTHER_ADDRESS)
    wait_outputs(rig, [])
    wait_outputs(rig, [], OTHER_ADDRESS)
    rig.board("badge", CABIN_READER, "--facility", 118, "--card", 1604)
    denied = rig.wait_event("floor.denied", after=seq)
    check(denied["reason"] == "Unauthorized", f"the event is {denied}")
    moved = [(event["data"]["module"], event["data"]["output"]) for event in rig.events()
             if event["seq"] > seq and event["kind"] == "module.output"
             and event["data"]["state"] == "active"]
    check(sorted(moved) == [(1, 1), (2, 4)], f"these outputs were switched: {moved}")
    check(not [event for event in rig.events() if event["seq"] > seq
               and event["kind"] in ("access.granted", "door.lock")], "a door was opened")
    wait_for(lambda: rig.snapshot()["access"]["doors"][0] ==
             {"granted": 1, "denied": {"Unauthorized": 1}}, "both decisions to be counted")
    granted = [rig.snapshot()[f"floor.{number}"]["granted"] for number in (1, 2, 3)]
    check(granted == [1, 0, 1], f"floors were enabled {granted} times")


def test_a_floor_whose_module_is_away_is_not_said_to_be_enabled(rig):
    rig.board("module", PORT, OTHER_ADDRESS, "unplugged")
    wait_module(rig, 2, online=False)
    seq = head(rig)
    rig.board("badge", CABIN_READER, "--facility", 118, "--card", 1603)
    event = rig.wait_event("floor.granted", after=seq)
    check(event["data"]["floors"] == [1], f"the event is {event}")
    rig.board("module", PORT, OTHER_ADDRESS, "plugged")
    wait_module(rig, 2, online=True)


def test_cabin_reader_and_modules_have_ports_of_their_own(rig):
    refused(lambda: rig.rpc("object.create", kind="floor",
                            object={"name": "Cellar", "module": 1, "output": 9, "reader": 7}),
            "conflict")
    refused(lambda: rig.rpc("object.create", kind="module",
                            object={"name": "Cellar", "bus": 2, "address": 9}), "conflict")
    refused(lambda: rig.rpc("object.create", kind="floor",
                            object={"name": "Twice", "module": 1, "output": 1,
                                    "reader": CABIN_READER}), "conflict")
    refused(lambda: rig.rpc("object.create", kind="floor",
                            object={"name": "Nowhere", "module": 9, "output": 1,
                                    "reader": CABIN_READER}), "conflict")
    text = refused(lambda: rig.rpc("object.remove", kind="module", id=2), "conflict")
    check("floor 3" in text, f"the refusal says '{text}'")


def test_the_17th_floor_and_the_17th_module_are_refused(rig):
    for number in range(4, 17):
        rig.ctl("floor", "add", f"name=Floor {number}", "module=1", f"output={number - 1}",
                f"reader={CABIN_READER}")
    text = refused(lambda: rig.rpc("object.create", kind="floor",
                                   object={"name": "Heaven", "module": 2, "output": 1,
                                           "reader": CABIN_READER}), "conflict")
    check("16" in text, f"the refusal says '{text}'")
    for number in range(3, 17):
        [made] = rig.ctl("module", "add", f"name=Module {number}", "bus=3",
                         f"address={number}", "enabled=false")
        check(made["id"] == number, f"the module became {made}")
    text = refused(lambda: rig.rpc("object.create", kind="module",
                                   object={"name": "One more", "bus": 3, "address": 99}),
                   "conflict")
    check("16" in text, f"the refusal says '{text}'")
    rig.ctl("module", "remove", 5)
    check(not standing(rig, "module.5"), "there is an alarm of a module that was never on")
    wait_for(lambda: not rig.snapshot().get("module.5"), "module 5 to be gone")
    [made] = rig.ctl("module", "add", "name=Again", "bus=3", "address=5", "enabled=false")
    check(made["id"] == 5, f"the free number was not used: {made}")


def test_operators_switch_outputs_and_touch_no_keys(rig):
    def as_operator(method, **params):
        session = rig.rpc("session.login", account="oscar", password="operator 2026")
        with Rpc(os.path.join(rig.run_dir, "agent.sock"), "www") as connection:
            return connection.call(method, _extra={"session": session["token"],
                                                   "csrf": session["csrf"]}, **params)
    rig.rpc("account.create", account="oscar", password="operator 2026", role="operator")
    as_operator("module.output", module=1, output=1, command="deactivate")
    refused(lambda: as_operator("module.key_export"), "forbidden")
    refused(lambda: as_operator("module.key_generate"), "forbidden")
    refused(lambda: as_operator("module.install", module=1), "forbidden")


def test_alarms_end_with_the_module_that_is_removed(rig):
    seq = head(rig)
    rig.board("module", PORT, OTHER_ADDRESS, "tampered")
    rig.wait_event("module.tamper", after=seq, module=2)
    rig.board("module", PORT, OTHER_ADDRESS, "unplugged")
    rig.wait_event("module.offline", after=seq, module=2)
    wait_for(lambda: standing(rig, "module.2") == ["module_tamper", "module_offline"],
             "both alarms of the module")
    rig.ctl("floor", "remove", 3)
    rig.ctl("module", "remove", 2)
    removed = rig.wait_event("object.removed", after=seq, object="module", id=2)
    for name in ("module_tamper", "module_offline"):
        ended = rig.wait_event("alarm.ended", after=removed["seq"], name=name)
        check(ended["data"]["why"] == "the module was removed" and ended["source"] == "module.2",
              f"the end is {ended}")
    wait_for(lambda: not standing(rig, "module.2"), "no alarm of the module")
    # A module of the same number is another one.
    rig.board("module", PORT, OTHER_ADDRESS, "plugged")
    rig.board("module", PORT, OTHER_ADDRESS, "untampered")
    add(rig, OTHER_ADDRESS, "Shaft", 2)
    check(not standing(rig, "module.2"), f"{standing(rig, 'module.2')} stand")


def test_the_factory_default_forgets_the_key_and_the_modules(rig):
    seq = head(rig)
    rig.board("module", PORT, ADDRESS, "unplugged")
    rig.wait_event("module.offline", after=seq, module=1)
    rig.rpc("factory.default")
    rig.wait_event("alarm.ended", after=seq, name="module_offline")
    wait_for(lambda: rig.snapshot().get("module_key") == {"present": False, "exported": False,
                                                          "fingerprint": ""},
             "the key to be forgotten")
    wait_for(lambda: not [key for key, value in rig.snapshot().items()
                          if key.startswith("module.") and value], "no module to be shown")
    refused(lambda: rig.rpc("object.create", kind="module",
                            object={"name": "Attic", "bus": PORT, "address": ADDRESS}),
            "conflict")


if __name__ == "__main__":
    run(__name__)
