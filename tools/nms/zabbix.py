"""contrib/zabbix/cardea-6.0.yaml: a template for Zabbix 6.0 with low-level discovery."""

import hashlib
import re

import yaml

from . import watch

TEMPLATE = "Cardea by SNMP"
PRIORITIES = {watch.CRITICAL: "HIGH", watch.MAJOR: "AVERAGE", watch.WARNING: "WARNING",
              watch.INFO: "INFO"}
# Zabbix puts its own prefixes before what it calls a unit: mV become V.
UNITS = {"millivolts": ("V", "0.001"), "milliamperes": ("A", "0.001"),
         "milliwatts": ("W", "0.001"), "millidegrees Celsius": ("°C", "0.001"), "ohms": ("Ω", ""),
         "per mille": ("!‰", ""), "milliseconds": ("s", "0.001"),
         "microseconds": ("s", "0.000001"), "bits per second": ("bps", ""), "seconds": ("s", "")}
# What an installer changes, not what happens; text too.
SELDOM = re.compile(r"(Door|Port|Address|Speed|Supervision|Normal|MaxPower|Limit|Floor\w+er|Pulse"
                    r"|Module|Output|Enabled)$")
COLOURS = ["1A7C11", "F63100", "2774A4", "A54F10"]
# Of each table, what stands together in a graph.
GRAPHS = {
    "cardeaDoor": [("access", ["cardeaDoorGrantedCount", "cardeaDoorDeniedCount"])],
    "cardeaReader": [("line", ["cardeaReaderTimeouts", "cardeaReaderErrors"])],
    "cardeaSource": [("power", ["cardeaSourcePower", "cardeaSourceMaxPower"])],
    "cardeaRail": [("current", ["cardeaRailCurrent", "cardeaRailLimit"]),
                   ("voltage", ["cardeaRailVoltage"])],
    "cardeaInput": [("resistance", ["cardeaInputResistance"])],
}
DEVICE_GRAPHS = [("Power", ["cardeaPowerUsed", "cardeaPowerCapacity"]),
                 ("Temperature", ["cardeaTemperature"])]
MACROS = [
    ("{$CARDEA.INTERVAL}", "30s", "How often states and measurements are read."),
    ("{$CARDEA.INTERVAL.SELDOM}", "1h", "How often what an installer changes is read."),
    ("{$CARDEA.DISCOVERY}", "1h", "How often doors, readers and so on are looked for."),
    ("{$CARDEA.LAG}", "100", "Events whose notifications may wait before that is a problem."),
    ("{$CARDEA.UNREACHABLE}", "5m", "For how long the controller need not answer."),
]
# A state cannot be polled of these: (event, door's text, severity, event that ends it).
EVENTS = [("access.duress", "{name}: somebody was let in under duress", watch.CRITICAL, None)]


class Quoted(str):
    """Text that YAML must not take for anything else."""


yaml.SafeDumper.add_representer(Quoted, lambda dumper, text: dumper.represent_scalar(
    "tag:yaml.org,2002:str", str(text), style="'"))


def uuid(*words):
    """A version 4 UUID that is always the same for the same thing, as Zabbix wants it."""
    digits = hashlib.sha256(" ".join(words).encode()).hexdigest()[:32]
    return Quoted(f"{digits[:12]}4{digits[13:16]}{'89ab'[int(digits[16], 16) % 4]}{digits[17:]}")


def key_of(name):
    """cardeaDoorAlarmState is cardea.door.alarm.state."""
    return re.sub(r"(?<!^)([A-Z]+)", r".\1", name).lower()


def title(name, prefix):
    """cardeaDoorAlarmState of cardeaDoor is 'alarm state'."""
    return re.sub(r"([A-Z])", r" \1", name.removeprefix(prefix)).strip().lower()


def limit_macro(one):
    return "{$CARDEA.%s}" % one.alert.upper()


def map_name(one):
    return "Cardea " + (one.syntax if one.syntax.isalnum() else title(one.name, "cardea"))


def item(one, name, key, oid):
    """The item of an object, whatever its type."""
    wanted = {"uuid": uuid("item", key), "name": name, "type": "SNMP_AGENT",
              "snmp_oid": Quoted(oid), "key": key, "delay": "{$CARDEA.INTERVAL}", "history": "90d"}
    steps = []
    if one.is_text:
        wanted |= {"trends": Quoted("0"), "value_type": "CHAR"}
    unit, factor = UNITS.get(one.units, ("", ""))
    if one.syntax == "TimeTicks":
        unit, factor = "uptime", "0.01"
    if factor:
        wanted["value_type"] = "FLOAT"
        steps.append({"type": "MULTIPLIER", "parameters": [Quoted(factor)]})
    elif one.syntax.startswith("Integer32"):
        wanted["value_type"] = "FLOAT"
    if (one.is_text and not one.name.endswith("Reason")) or SELDOM.search(one.name):
        wanted["delay"] = "{$CARDEA.INTERVAL.SELDOM}"
    if unit:
        wanted["units"] = unit
    wanted["description"] = one.text
    if one.values:
        wanted["valuemap"] = {"name": map_name(one)}
    if one.is_counter and one.name not in watch.LAG:
        wanted["name"] += " since the last check"
        steps.append({"type": "SIMPLE_CHANGE", "parameters": [""]})
    if steps:
        wanted["preprocessing"] = steps
    return wanted


def tags(component):
    return [{"tag": "component", "value": component}]


def trigger(name, expression, severity, component, **more):
    return {"uuid": uuid("trigger", name, expression), "expression": expression, "name": name,
            "priority": PRIORITIES[severity], **more, "tags": tags(component)}


def last(key):
    return f"last(/{TEMPLATE}/{key})"


def is_any(key, one, known):
    return " or ".join(f"{last(key)}={known.values[value]}" for value in one.values)


def graph(name, keys):
    return {"uuid": uuid("graph", name), "name": name, "graph_items": [
        {"sortorder": Quoted(place), "color": COLOURS[place],
         "item": {"host": TEMPLATE, "key": key}} for place, key in enumerate(keys)]}


def watched(mib, table):
    """The columns that become items."""
    return [one for one in mib.watched(table) if not one.is_date]


def notifications(name, thing, row):
    """Notifications of one door, and what only they tell."""
    key = (r'snmptrap["(cardeaEventDoor|32473\.2\.1\.1\.4\.9)\.0[= ]+(\w+: )?{#SNMPINDEX}\b"]')
    prototype = {"uuid": uuid("item", key), "name": f"{row}: notifications", "type": "SNMP_TRAP",
                 "key": key, "delay": Quoted("0"), "history": "90d", "trends": Quoted("0"),
                 "value_type": "LOG", "logtimefmt": "hh:mm:ss yyyy/MM/dd", "tags": tags(thing)}
    prototype["trigger_prototypes"] = [trigger(
        text.replace("{name}", name),
        f'find(/{TEMPLATE}/{key},#1,"regexp","{event}([^_.a-z]|$)")=1',
        severity, thing, manual_close="YES", recovery_mode="NONE") for event, text, severity, _
        in EVENTS]
    return prototype


def discovery(mib, table):
    """One rule a table; {#NAME} is what people call the row."""
    thing = table.thing.lower()
    label = table.label or next(one.name for one in mib.columns(table.prefix) if one.is_readable)
    name = table.row.replace("{name}", "{#NAME}").replace("{index}", "{#SNMPINDEX}")
    row = name if name != "{#NAME}" else f"{table.thing} " + "{#NAME}"
    prototypes = []
    for one in watched(mib, table):
        key = f"{key_of(one.name)}[{{#SNMPINDEX}}]"
        made = item(one, f"{row}: {title(one.name, table.prefix)}", key,
                    f"{one.dotted}.{{#SNMPINDEX}}") | {"tags": tags(thing)}
        triggers = [trigger(problem.text.replace("{name}", name), is_any(key, problem, one),
                            problem.severity, thing)
                    for problem in table.problems if problem.object == one.name]
        if one.name == "cardeaDoorForcedCount":
            triggers.append(trigger(f"{name} was forced open within the last ten minutes",
                                    f"sum(/{TEMPLATE}/{key},10m)>0", watch.WARNING, thing))
        if triggers:
            made["trigger_prototypes"] = triggers
        prototypes.append(made)
    if table.prefix == "cardeaDoor":
        prototypes.append(notifications(name, thing, row))
    rule = {"uuid": uuid("rule", table.prefix), "name": f"{table.thing}s", "type": "SNMP_AGENT",
            "snmp_oid": f"discovery[{{#NAME}},{mib.objects[label].dotted}]",
            "key": key_of(table.prefix) + ".discovery", "delay": "{$CARDEA.DISCOVERY}",
            "item_prototypes": prototypes}
    graphs = [graph(f"{row}: {what}", [f"{key_of(each)}[{{#SNMPINDEX}}]" for each in names])
              for what, names in GRAPHS.get(table.prefix, [])]
    return rule | ({"graph_prototypes": graphs} if graphs else {})


def device(mib):
    """Items of the device with their triggers."""
    made = []
    for name in watch.SCALARS:
        one, key = mib.objects[name], key_of(name)
        entry = item(one, title(name, "cardea").capitalize(), key, f"{one.dotted}.0") | {
            "tags": tags("device")}
        triggers = [trigger(problem.text, is_any(key, problem, one), problem.severity, "device")
                    for problem in watch.PROBLEMS if problem.object == name]
        triggers += [trigger(problem.text, f"min(/{TEMPLATE}/{key},3m)>{limit_macro(problem)}",
                             problem.severity, "device")
                     for problem in watch.LIMITS if problem.object == name]
        if triggers:
            entry["triggers"] = triggers
        made.append(entry)
    reach = "zabbix[host,snmp,available]"
    made.append({
        "uuid": uuid("item", reach), "name": "SNMP answers", "type": "INTERNAL", "key": reach,
        "history": "90d", "valuemap": {"name": "Cardea availability"}, "tags": tags("device"),
        "triggers": [trigger("The controller does not answer by SNMP",
                             f"max(/{TEMPLATE}/{reach},{{$CARDEA.UNREACHABLE}})=0",
                             watch.CRITICAL, "device")]})
    key = r'snmptrap["32473\.2\.1\.0\.|CARDEA-"]'
    made.append({"uuid": uuid("item", key), "name": "Notifications", "type": "SNMP_TRAP",
                 "key": key, "delay": Quoted("0"), "history": "90d", "trends": Quoted("0"),
                 "value_type": "LOG", "logtimefmt": "hh:mm:ss yyyy/MM/dd",
                 "description": "Every notification of the controller, as snmptrapd wrote it.",
                 "tags": tags("device")})
    return made


def value_maps(mib):
    maps = {"Cardea availability": {"not available": 0, "available": 1, "unknown": 2}}
    objects = [mib.objects[name] for name in watch.SCALARS]
    for table in watch.TABLES:
        objects += watched(mib, table)
    maps |= {map_name(one): one.values for one in objects if one.values}
    return [{"uuid": uuid("map", name), "name": name, "mappings": [
        {"value": Quoted(number), "newvalue": Quoted(text)} for text, number in values.items()]}
        for name, values in maps.items()]


def macros():
    every = MACROS + [(limit_macro(one), str(one.above), f"Above it is said: {one.text}.")
                      for one in watch.LIMITS]
    return [{"macro": name, "value": Quoted(value), "description": text}
            for name, value, text in every]


def files(_, mib):
    _, head, follower, _, severity, text = watch.LAG
    group = {"uuid": uuid("group"), "name": "Templates/Physical access"}
    template = {
        "uuid": uuid("template", TEMPLATE), "template": TEMPLATE, "name": TEMPLATE,
        "description": "Door controllers that run Cardea, by CARDEA-MIB: every door, reader, input,"
        " output, supply, branch and expansion module.\n\nThe host needs an SNMP interface.",
        "groups": [{"name": group["name"]}], "items": device(mib),
        "discovery_rules": [discovery(mib, table) for table in watch.TABLES],
        "tags": [{"tag": "class", "value": "access-control"}], "macros": macros(),
        "valuemaps": value_maps(mib)}
    lag = trigger(text, f"{last(key_of(head))}-{last(key_of(follower))}>{{$CARDEA.LAG}}", severity,
                  "device")
    document = {"zabbix_export": {
        "version": Quoted("6.0"), "date": Quoted("2026-11-29T00:00:00Z"), "groups": [group],
        "templates": [template], "triggers": [lag],
        "graphs": [graph(name, [key_of(each) for each in names]) for name, names in DEVICE_GRAPHS]}}
    return {"zabbix/cardea-6.0.yaml":
            "# Made by tools/contrib.py from the MIB modules and tools/nms/watch.py: change those.\n"
            + yaml.safe_dump(document, sort_keys=False, width=96, allow_unicode=True)}
