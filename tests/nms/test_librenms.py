#!/usr/bin/env python3
"""contrib/librenms: in the shape that LibreNMS demands, true of a real controller, and the handler
run by a real PHP on what a real snmptrapd hands over.
"""
import json
import os
import re
import subprocess

import rig
from rig import check, wait_for

PHP, _ = rig.need("php", "snmptrapd")

import jsonschema  # noqa: E402
import librenms_schema  # noqa: E402
import yaml  # noqa: E402
from nms import watch  # noqa: E402

FOLDER = os.path.join(rig.CONTRIB, "librenms")
STAND_IN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "librenms_stand_in.php")


def load(folder):
    return yaml.safe_load(rig.contrib("librenms", folder, "cardea.yaml"))


def rows(nms, name):
    """The indexes of a table, or of a scalar, as LibreNMS walks it: by its name."""
    modules = load("os_discovery")["mib"]
    text = nms.snmp_named("snmpbulkwalk", name, options=("-m", modules, "-OQUet"))
    return sorted({line.split(" ")[0].rpartition(".")[2] for line in text.splitlines()
                   if " = No Such " not in line})


def test_both_files_have_the_shape_that_librenms_demands(_):
    jsonschema.validate(load("os_discovery"), librenms_schema.DISCOVERY)
    jsonschema.validate(load("os_detection"), librenms_schema.DETECTION)


def test_every_sensor_is_there_and_has_one_of_its_states(nms):
    found = 0
    walked = {}
    for kind, sensors in load("os_discovery")["modules"]["sensors"].items():
        for one in sensors["data"]:
            indexes = walked.setdefault(one["oid"], rows(nms, one["oid"]))
            check(indexes or one["oid"].removesuffix("Table") in watch.MAY_BE_EMPTY,
                  f"{one['oid']} has no row")
            oids = [one["num_oid"].replace("{{ $index }}", index) for index in indexes]
            for line in nms.snmp("snmpget", *oids).splitlines() if oids else []:
                number = re.match(r"\.[\d.]+ = (-?\d+)", line)
                check(number, f"{one['num_oid']}: {line}")
                if kind == "state":
                    check(int(number[1]) in [state["value"] for state in one["states"]], line)
                found += 1
            for name in re.findall(r"\$(cardea\w+)", one["descr"]):
                check(rows(nms, name) == indexes, f"{name} names other rows than {one['oid']}")
    check(found > 150, f"only {found} sensors")


def test_the_controller_is_known_by_an_object(nms):
    [_, ordinary] = load("os_detection")["discovery"]
    check(" = " in nms.snmp("snmpget", ordinary["snmpget"]["oid"]), "it is not known")


def test_a_forced_door_is_bad_for_librenms(nms):
    def generic(door):
        [one] = [one for one in load("os_discovery")["modules"]["sensors"]["state"]["data"]
                 if one["value"] == "cardeaDoorAlarmState"]
        line = nms.snmp("snmpget", one["num_oid"].replace("{{ $index }}", str(door)))
        return {state["value"]: state["generic"] for state in one["states"]}[
            int(line.rpartition(" ")[2])]
    nms.force(4)
    wait_for(lambda: generic(4) == 2, "the forced door")
    check(generic(3) == 0, "another door is bad")
    nms.close(4)
    wait_for(lambda: generic(4) == 0, "the closed door")


def test_the_handler_logs_a_notification_with_its_severity(nms):
    logged = os.path.join(nms.room, "logged")
    script = nms.write("receive", f"#!/bin/sh\n{PHP} {STAND_IN} {FOLDER} >>{logged} 2>&1\n", 0o700)
    nms.start_trapd(script)
    event = nms.force(1)
    end = nms.close(1)

    def lines():
        if not os.path.exists(logged):
            return []
        with open(logged, encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.startswith("[")]
    for severity, one in (("Error", event), ("Ok", end)):
        wait_for(lambda one=one, severity=severity: [
            severity, "cardea", "door.1", f"{one['text']} ({one['kind']}, event {one['seq']})"]
            in lines(), f"the line of {one['kind']}", 30)


def test_every_notification_has_a_handler(_):
    code = f"echo json_encode(array_keys((require '{FOLDER}/snmptraps.php')['trap_handlers']));"
    names = json.loads(subprocess.run([PHP, "-r", code], check=True, capture_output=True,
                                      text=True).stdout)
    text = open(os.path.join(rig.SOURCE, "mibs", "CARDEA-NOTIFICATION-MIB.txt"),
                encoding="utf-8").read()
    for name in re.findall(r"^(cardea\w+)[ \t]+NOTIFICATION-TYPE", text, re.M):
        check(f"CARDEA-NOTIFICATION-MIB::{name}" in names, name)


rig.run(__name__)
