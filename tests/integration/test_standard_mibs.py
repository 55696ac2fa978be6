#!/usr/bin/env python3
"""The standard modules through a real snmpd: every value is one that its module allows, Net-SNMP
reads all of them by name, and what they show is what is there.

The modules' objects come from python3-pysnmp4-mibs (tools/standard_mibs.py), those that they import
from erlang-snmp; both are in Debian's main. CARDEA_CONFIG_CHANGES is how often changes are made while
entConfigChange is held back, which takes five seconds each time.
"""
import glob
import os
import re
import subprocess
import tempfile

from harness import SOURCE, Appliance, check, run, skip_all, wait_for

import peers
import standard_mibs

MODULES = ["ENTITY-MIB", "ENTITY-SENSOR-MIB", "ALARM-MIB", "ENTITY-STATE-MIB"]
ROOTS = {"ENTITY-MIB": "1.3.6.1.2.1.47", "ENTITY-SENSOR-MIB": "1.3.6.1.2.1.99",
         "ALARM-MIB": "1.3.6.1.2.1.118", "ENTITY-STATE-MIB": "1.3.6.1.2.1.131"}
PHYSICAL = "1.3.6.1.2.1.47.1.1.1.1"
SENSOR = "1.3.6.1.2.1.99.1.1.1"
STATE = "1.3.6.1.2.1.131.1.1.1"
ACTIVE = "1.3.6.1.2.1.118.1.2.2.1"
# What Net-SNMP prints before the value, by what the module says.
PRINTED = {"Integer": "INTEGER", "Integer32": "INTEGER", "Unsigned32": "Gauge32",
           "Gauge32": "Gauge32", "Counter32": "Counter32", "TimeTicks": "Timeticks",
           "ObjectIdentifier": "OID", "OctetString": "Hex-STRING", "Bits": "Hex-STRING"}
CONFIG_CHANGES = int(os.environ.get("CARDEA_CONFIG_CHANGES", "0"))
SENSOR_TYPES = {"voltsDC": 4, "amperes": 5, "watts": 6, "other": 1}


def snmp(rig, tool, *words):
    environment = {**os.environ, "SNMPCONFPATH": rig.snmp_dir,
                   "SNMP_PERSISTENT_DIR": os.path.join(rig.snmp_dir, "manager")}
    done = subprocess.run([tool, *words[:-1], f"{peers.HOST}:{rig.ports.snmp}", words[-1]],
                          env=environment, text=True, capture_output=True, timeout=120, check=False)
    return done.stdout, re.sub(r"Created directory: .*\n", "", done.stderr)


def answers(rig, instance):
    out, _ = snmp(rig, "snmpget", "-r", "0", "-t", "2", "-m", "", instance)
    return " = " in out and "No Such" not in out


def walk(rig, root, tool="snmpwalk", *options):
    """[(oid, type, value)]; octets in hex, without blanks."""
    out, err = snmp(rig, tool, *options, "-OnexU", "-m", "", root)
    check(not err, err)
    rows = []
    for line in re.split(r"\n(?=\.1\.)", out.strip()):
        oid, _, value = line.partition(" = ")
        kind, _, value = value.partition(": ")
        if kind == '""':
            kind, value = "Hex-STRING", ""
        if kind == "STRING":
            kind, value = "Hex-STRING", value.strip().strip('"').encode().hex()
        if kind == "Timeticks":
            value = value.partition(")")[0].lstrip("(")
        if kind == "Hex-STRING":
            value = re.sub(r"\s", "", value)
        rows.append((oid.lstrip("."), kind, value.strip().lstrip(".")))
    return rows


def walk_or_nothing(rig, root):
    """snmpwalk says of a subtree without instances that there is none, as a value."""
    return [row for row in walk(rig, root) if row[0].startswith(f"{root}.")]


def numbers(oid):
    return tuple(map(int, oid.split(".")))


def column(rig, root):
    """{index: value}, text as text."""
    values = {}
    for oid, kind, value in walk(rig, root):
        index = oid[len(root) + 1:]
        values[int(index) if index.isdigit() else index] = \
            bytes.fromhex(value).decode(errors="replace") if kind == "Hex-STRING" else value
    return values


def complaint(module, row):
    """What the module says against an instance that was walked, or None."""
    oid, kind, value = row
    found = [one for one in module.objects if one.kind in ("MibTableColumn", "MibScalar") and
             numbers(oid)[:len(one.oid)] == one.oid]
    if not found:
        return "no object of the module"
    one = found[0]
    base, enums, ranges, sizes = module.resolve(one.syntax)
    if one.access == "not-accessible":
        return f"{one.name} is not accessible"
    if kind != PRINTED[base]:
        return f"{one.name} is {kind}, not {PRINTED[base]}"
    if base == "Bits":
        return None if len(value) == 2 and int(value, 16) & 1 == 0 else f"{one.name} is {value}"
    if enums:
        return None if int(value) in enums else f"{one.name} has no value {value}"
    size = len(value) // 2
    if base == "OctetString" and sizes and not any(low <= size <= high for low, high in sizes):
        return f"{one.name} has {size} octets"
    if ranges and not any(low <= int(value) <= high for low, high in ranges):
        return f"{one.name} is {value}"
    return None


def test_a_door_that_is_forced_is_an_active_alarm(rig):
    check(not walk_or_nothing(rig, f"{ACTIVE}.11"), "an alarm stands already")
    rig.board("set", "door1.contact", "open")
    raised = rig.wait_event("door.forced", door=1)
    wait_for(lambda: walk_or_nothing(rig, f"{ACTIVE}.11"), "the alarm")
    instance = walk(rig, f"{ACTIVE}.11")[0][0][len(ACTIVE) + 4:]
    # The list without a name, eleven octets of time, and the alarm's id.
    check(re.fullmatch(rf"0\.11(\.\d+){{11}}\.{raised['seq']}", instance), instance)
    values = {oid[len(ACTIVE) + 1:].partition(".")[0]: value for oid, _, value in walk(rig, ACTIVE)}
    check(values["9"] == "1.3.6.1.4.1.32473.2.1.0.210", values)
    check(values["10"] == f"{PHYSICAL}.2.1001", values)
    check(bytes.fromhex(values["11"]).decode() == raised["text"], values)
    check(column(rig, "1.3.6.1.2.1.118.1.1.2.1.6")[values["13"].split(".3.", 2)[2]] ==
          "door.forced", f"no model at {values['13']}")
    check(walk(rig, values["14"]), f"no row at {values['14']}")


def test_every_value_is_one_that_its_module_allows(rig):
    for name, root in ROOTS.items():
        module = standard_mibs.load(name)
        rows = walk(rig, root)
        wrong = [(row, why) for row in rows for why in [complaint(module, row)] if why]
        check(not wrong, f"{name}: {wrong[:5]}")
        check(len(rows) > 100, f"{name} has only {len(rows)} instances")
        order = [numbers(oid) for oid, _, _ in rows]
        check(all(a < b for a, b in zip(order, order[1:])), f"{name} is not in order")


def test_every_column_of_the_modules_is_answered(rig):
    left_out = {"entLogicalTable", "entLPMappingTable", "alarmActiveVariableTable",
                "alarmClearTable"}
    for name, root in ROOTS.items():
        walked = [numbers(oid) for oid, _, _ in walk(rig, root)]
        module = standard_mibs.load(name)
        tables = [one.oid for one in module.objects if one.name in left_out]
        for one in module.objects:
            if one.kind not in ("MibTableColumn", "MibScalar") or one.access == "not-accessible" \
                    or any(one.oid[:len(table)] == table for table in tables):
                continue
            check(any(oid[:len(one.oid)] == one.oid for oid in walked), f"nobody has {one.name}")


def test_net_snmp_reads_all_of_them_by_name(rig):
    with tempfile.TemporaryDirectory() as texts:
        standard_mibs.write(texts, MODULES)
        for name, root in ROOTS.items():
            out, err = snmp(rig, "snmpwalk", "-OQ", "-M",
                            f"{peers.mib_directories(SOURCE)}:{texts}", "-m", ":".join(MODULES),
                            root)
            check(not err, err)
            strange = [line for line in out.splitlines() if "Wrong Type" in line or "iso" in line
                       or (" = " in line and not line.startswith(f"{name}::"))]
            check(not strange, strange[:5])
            check(f"{name}::" in out, f"{name} is empty")


def test_one_walk_goes_through_all_subtrees(rig):
    roots = [*ROOTS.values(), "1.3.6.1.4.1.32473"]

    def in_parts():
        return [oid for root in sorted(roots, key=numbers)
                for oid, _, _ in walk(rig, root, "snmpbulkwalk")]

    def as_a_whole():
        return [oid for oid, _, _ in walk(rig, roots[0], "snmpwalk", "-CE", "1.3.6.1.4.1.32474")
                if oid.startswith(tuple(f"{root}." for root in roots))]
    check_same(in_parts, as_a_whole, "by parts and as a whole")


def check_same(one, other, what):
    """Two walks find the same instances; rows may come between them, but not each time."""
    for _ in range(5):
        first, second = one(), other()
        if first == second:
            return
    check(False, f"{what}: {len(first)} and {len(second)} instances, or others")


def test_getbulk_reads_what_getnext_reads(rig):
    for root in ROOTS.values():
        check_same(lambda: [oid for oid, _, _ in walk(rig, root)],
                   lambda: [oid for oid, _, _ in walk(rig, root, "snmpbulkwalk")],
                   f"{root} by GETNEXT and by GETBULK")


def test_entities_are_what_is_there(rig):
    names = column(rig, f"{PHYSICAL}.7")
    alias = column(rig, f"{PHYSICAL}.14")
    serial = column(rig, f"{PHYSICAL}.11")
    firmware = column(rig, f"{PHYSICAL}.9")
    state = rig.snapshot()
    check(column(rig, f"{PHYSICAL}.13")[1] == state["board"]["name"], "the controller's model")
    check(column(rig, f"{PHYSICAL}.10")[1] == state["system"]["version"], "its software")
    for number in range(1, 5):
        check(names[1000 + number] == f"door.{number}", names)
        check(alias[1000 + number] == state[f"door.{number}"]["name"], alias)
    for number in range(1, 9):
        reader = state[f"reader.{number}"]
        check(serial[2000 + number] == str(reader["serial"]), serial)
        check(firmware[2000 + number] == reader["firmware"], firmware)
    points = {100000 + KINDS.index(one["kind"]) * 1000 + 1000 + one["index"]: one["id"]
              for one in rig.rpc("inventory")["points"]}
    for index, name in names.items():
        if 100000 <= index < 1000000:
            check(points[index] == name, f"{index} is {name}, and not {points[index]}")
    inputs = [key for key, value in state.items() if key.startswith("input.") and value]
    resistances = [name for name in names.values() if name.endswith(" resistance")]
    check(len(resistances) == len(inputs), f"{resistances} for {inputs}")
    rails = [name for name in names.values() if re.fullmatch(r"rail\.\w+", name)]
    check(sorted(rails) == sorted(key for key in state if key.startswith("rail.")), rails)


# In the order of CardeaPointKind.
KINDS = ["contact", "rex", "input", "aux_io", "tamper", "alarm", "lock_relay", "aux_relay", "relay",
         "output", "bus", "reader", "supply_in", "supply_out", "ground", "jumper", "casing",
         "motion", "temperature", "led", "button"]


def test_the_tree_of_containment_is_whole(rig):
    parents = {index: int(value) for index, value in column(rig, f"{PHYSICAL}.4").items()}
    contains = {tuple(map(int, index.split("."))): int(value)
                for index, value in column(rig, "1.3.6.1.2.1.47.1.3.3.1.1").items()}
    check(contains == {(parent, child): child for child, parent in parents.items() if parent},
          "entPhysicalContainsTable is another tree than entPhysicalContainedIn")
    for index in parents:
        steps = 0
        while parents[index]:
            index, steps = parents[index], steps + 1
            check(steps < 10, "a circle")
        check(index == 1, f"{index} is in nothing")


def test_every_sensor_is_an_entity_and_measures(rig):
    classes = column(rig, f"{PHYSICAL}.5")
    kinds, values = column(rig, f"{SENSOR}.1"), column(rig, f"{SENSOR}.4")
    status = column(rig, f"{SENSOR}.5")
    check(sorted(kinds) == sorted(index for index in classes if classes[index] == "8"),
          "sensors of one table are not those of the other")
    check(set(status.values()) == {"1"}, status)
    names = {name: index for index, name in column(rig, f"{PHYSICAL}.7").items()}
    power = rig.snapshot()["power"]["sources"]["doors1_4"]
    check(values[names["doors1_4.dc_in voltage"]] == str(power["mv"]), values)
    for name, kind in [("poe_plus voltage", "voltsDC"), ("rail.readers current", "amperes"),
                       ("rail.readers power", "watts"), ("input1 resistance", "other")]:
        check(kinds[names[name]] == str(SENSOR_TYPES[kind]), f"{name} is {kinds[names[name]]}")
    rig.board("temperature", "41")
    wait_for(lambda: column(rig, f"{SENSOR}.4")[119001] == "41000", "the temperature")


def test_the_alarm_stands_against_its_entity_until_it_ends(rig):
    before = column(rig, f"{STATE}.1")
    alarms = {oid: value for oid, _, value in walk(rig, f"{STATE}.5")}
    check(alarms[f"{STATE}.5.1001"] == "20", alarms[f"{STATE}.5.1001"])
    rig.board("set", "door1.contact", "closed")
    wait_for(lambda: walk(rig, f"{STATE}.5.1001")[0][2] == "00", "the end of the alarm")
    wait_for(lambda: not walk_or_nothing(rig, f"{ACTIVE}.11"), "the end in the list")
    after = column(rig, f"{STATE}.1")
    check(after[1001] != before[1001] and after[1002] == before[1002], "the time of the change")


def changes_told(rig):
    """When snmpd was asked to send entConfigChange, in seconds of its sysUpTime."""
    with open(rig.traps, encoding="utf-8", errors="replace") as file:
        found = [re.search(r"= (\d+):(\d+):(\d+):([\d.]+)\|", line) for line in file
                 if "mib-2.47.2.0.1" in line]
    return [((int(one[1]) * 24 + int(one[2])) * 60 + int(one[3])) * 60 + float(one[4])
            for one in found]


def name_door(rig, name):
    rig.rpc("object.change", kind="door", id=3, object={"name": name})
    wait_for(lambda: column(rig, f"{PHYSICAL}.14")[1003] == name, "the door's name")


def test_other_entities_are_notified_once_in_five_seconds(rig):
    before, then = len(changes_told(rig)), walk(rig, "1.3.6.1.2.1.47.1.4.1")[0][2]
    name_door(rig, "Side door")
    wait_for(lambda: len(changes_told(rig)) > before, "entConfigChange")
    check(int(walk(rig, "1.3.6.1.2.1.47.1.4.1")[0][2]) > int(then), "entLastChangeTime stands")
    for _ in range(CONFIG_CHANGES):
        before = len(changes_told(rig))
        name_door(rig, "Yard")
        name_door(rig, "Gate")
        # What came meanwhile is told when the five seconds are over, together.
        wait_for(lambda: len(changes_told(rig)) > before, "the next entConfigChange")
    told = changes_told(rig)
    check(all(b - a > 4.9 for a, b in zip(told, told[1:])), f"told at {told}")


SMALL_BOARD = """
board = { name = "Small board"; driver = "linux"; };
points = (
    { point = "door1.lock"; line = { chip = "nowhere"; name = "LOCK1"; safe = false; }; },
    { point = "door1.rex"; line = { chip = "nowhere"; name = "REX1"; }; },
    { point = "dc_in"; voltage = { hwmon = "nowhere"; channel = "in0"; factor = 6.0; }; }
);
buses = ();
"""


def test_what_a_board_lacks_and_does_not_measure_is_no_entity(_):
    with tempfile.TemporaryDirectory(prefix="cardea-small.") as state:
        profile = os.path.join(state, "small.conf")
        with open(profile, "w", encoding="utf-8") as file:
            file.write(SMALL_BOARD)
        with Appliance(state, profile=profile, readers=0) as small:
            wait_for(lambda: 4003 in column(small, f"{PHYSICAL}.7"), "its supply")
            names = column(small, f"{PHYSICAL}.7").values()
            status = set(column(small, f"{SENSOR}.5").values())
    wanted = {"controller", "door.1", "dc_in", "DC IN", "DOOR 1", "DOOR RELAY 1", "door1.rex",
              "door1.lock", "rail.door_relays", "dc_in voltage"}
    check(set(names) == wanted, f"{set(names) ^ wanted} too much or too little")
    # There is no such device.
    check(status == {"3"}, f"the sensor is {status}")


def test_nothing_of_them_can_be_set(rig):
    for oid, kind, value in [(f"{PHYSICAL}.14.1", "s", "Mine"), (f"{STATE}.2.1001", "i", "2")]:
        environment = {**os.environ, "SNMPCONFPATH": rig.snmp_dir,
                       "SNMP_PERSISTENT_DIR": os.path.join(rig.snmp_dir, "manager")}
        done = subprocess.run(["snmpset", "-m", "", f"{peers.HOST}:{rig.ports.snmp}", oid, kind,
                               value], env=environment, text=True, capture_output=True,
                              timeout=60, check=False)
        check("notWritable" in done.stderr, f"{oid}: {done.stderr}")


def test_a_module_that_another_agent_answers_leaves_the_others(rig):
    config = os.path.join(rig.snmp_dir, "snmpd.conf")
    with open(config, encoding="utf-8") as file:
        before = file.read()
    with open(config, "a", encoding="utf-8") as file:
        file.write("pass .1.3.6.1.2.1.47 /bin/true\n")
    rig.kill("snmpd")
    try:
        wait_for(lambda: answers(rig, f"{SENSOR}.4.119001"), "the role to be back")
        check(not answers(rig, f"{PHYSICAL}.7.1"), "it answers what snmpd has refused")
        check(answers(rig, f"{STATE}.3.1") and answers(rig, "1.3.6.1.4.1.32473.2.1.1.1.1.0"),
              "it does not answer the rest")
        with open(os.path.join(rig.state, "log", "agent.log"), encoding="utf-8") as file:
            check("refuses 'ENTITY-MIB'" in file.read(), "the log does not say so")
    finally:
        with open(config, "w", encoding="utf-8") as file:
            file.write(before)
        rig.kill("snmpd")
    wait_for(lambda: answers(rig, f"{PHYSICAL}.7.1"), "ENTITY-MIB to be back")


if __name__ == "__main__":
    if not standard_mibs.is_available() or not glob.glob("/usr/lib/erlang/lib/snmp-*/mibs"):
        skip_all("the modules of python3-pysnmp4-mibs and erlang-snmp are not installed")
    run(__name__)
