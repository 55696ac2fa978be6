"""contrib/librenms: detection, discovery of states and sensors, and the handler of notifications."""

import yaml

from . import watch

HEADER = "# Made by tools/contrib.py from the MIB modules and tools/nms/watch.py: change those.\n"
OS = "cardea"
# LibreNMS's words for what is well, a warning, bad, and unknown.
GOOD, WARN, BAD, UNKNOWN = range(4)
GENERIC = {watch.CRITICAL: BAD, watch.MAJOR: BAD, watch.WARNING: WARN, watch.INFO: GOOD}
# (class of sensor, ending of the object's name)
CLASSES = {"millivolts": "voltage", "milliamperes": "current", "milliwatts": "power",
           "millidegrees Celsius": "temperature"}
SEVERITIES = {"emergency": "Error", "alert": "Error", "critical": "Error", "error": "Error",
              "warning": "Warning", "notice": "Notice", "info": "Info"}


class Flow(dict):
    """A mapping on one line."""


yaml.SafeDumper.add_representer(Flow, lambda dumper, value: dumper.represent_mapping(
    "tag:yaml.org,2002:map", value.items(), flow_style=True))


def generic(name, value):
    for _, one in watch.problems():
        if one.object == name and value in one.values:
            return GENERIC[one.severity]
    return UNKNOWN if value == "unknown" else GOOD


def row(table, one):
    """What a row is called, in LibreNMS's templates."""
    what = one.name.removeprefix(table.prefix)
    name = f"{{{{ ${table.label} }}}}" if table.label else f"{table.thing} {{{{ $index }}}}"
    return f"{name}: {what[0].lower()}{what[1:]}"


def sensor(one, described, table, group):
    """One entry of the discovery, of a table or of a scalar."""
    wanted = {"oid": f"{table.prefix}Table" if table else one.name, "value": one.name}
    wanted |= {"num_oid": f".{one.dotted}.{{{{ $index }}}}", "descr": described, "group": group,
               "index": f"{one.name}.{{{{ $index }}}}"}
    if one.values:
        wanted |= {"state_name": one.name, "states": [
            Flow(value=number, generic=generic(one.name, value), graph=0, descr=value)
            for value, number in one.values.items()]}
    else:
        wanted["divisor"] = 1000
    return wanted


def discovery(mib):
    sensors = {}
    for name in watch.SCALARS:
        one = mib.objects[name]
        kind = "state" if one.values else CLASSES.get(one.units)
        if kind:
            words = name.removeprefix("cardea")
            sensors.setdefault(kind, {"data": []})["data"].append(
                sensor(one, words, None, "Controller"))
    for table in watch.TABLES:
        for one in mib.watched(table):
            kind = "state" if one.values else CLASSES.get(one.units)
            if kind and not one.name.endswith(("Normal", "Supervision", "MaxPower", "Limit")):
                sensors.setdefault(kind, {"data": []})["data"].append(
                    sensor(one, row(table, one), table, table.thing + "s"))
    modules = {mib.objects[one["value"]].module for kind in sensors.values()
               for one in kind["data"]}
    return {"mib": ":".join(name for name in mib.modules if name in modules), "modules": {
        "os": {what: f"{mib.objects[name].full_name}.0" for what, name in (
            ("version", "cardeaDeviceVersion"), ("hardware", "cardeaBoardName"),
            ("location", "cardeaDeviceLocation"))},
        "sensors": sensors}}


def detection(mib):
    root = "." + mib.objects["cardeaDoorController"].dotted
    known = f".{mib.objects['cardeaDeviceVersion'].dotted}.0"
    return {"os": OS, "text": "Cardea door controller", "type": "environment",
            "mib_dir": OS, "over": [
                {"graph": "device_state", "text": "States"},
                {"graph": "device_power", "text": "Power"}],
            "discovery": [
                {"sysObjectID": [root]},
                # The snmpd of an ordinary Debian says its own.
                {"sysObjectID": [".1.3.6.1.4.1.8072.3.2.10"],
                 "snmpget": {"oid": known, "op": "!=", "value": False}}]}


def handler(mib):
    """A PHP class: text and severity of every notification, for LibreNMS's event log."""
    rows = "\n".join(f"        '{one.kind}' => Severity::"
                     f"{'Ok' if one.change == 'clear' else SEVERITIES[one.severity]},"
                     for one in mib.notifications.values() if one.kind and one.severity)
    return f"""<?php

// Made by tools/contrib.py from the MIB modules: change those.

namespace LibreNMS\\Snmptrap\\Handlers;

use App\\Models\\Device;
use LibreNMS\\Enum\\Severity;
use LibreNMS\\Interfaces\\SnmptrapHandler;
use LibreNMS\\Snmptrap\\Trap;

/**
 * Every notification of a Cardea door controller: its sentence goes into the event log.
 */
class CardeaEvent implements SnmptrapHandler
{{
    private const SEVERITIES = [
{rows}
    ];

    public function handle(Device $device, Trap $trap)
    {{
        $kind = $this->read($trap, 'cardeaEventKind');
        $source = $this->read($trap, 'cardeaEventSource');
        $text = $this->read($trap, 'cardeaEventText');
        $seq = $this->read($trap, 'cardeaEventSeq');
        $severity = self::SEVERITIES[$kind] ?? Severity::Unknown;
        $trap->log("$text ($kind, event $seq)", $severity, 'cardea', $source);
    }}

    private function read(Trap $trap, string $name): string
    {{
        return trim((string) $trap->getOidData($trap->findOid("::$name.")), '"');
    }}
}}
"""


def mapping(mib):
    """What goes into LibreNMS's list of handlers."""
    lines = "\n".join(f"        '{one.module}::{one.name}' => "
                      "\\LibreNMS\\Snmptrap\\Handlers\\CardeaEvent::class,"
                      for one in mib.notifications.values() if one.kind)
    return f"""<?php

// Made by tools/contrib.py from the MIB modules: change those. These lines belong to the array
// 'trap_handlers' of config/snmptraps.php.

return [
    'trap_handlers' => [
{lines}
    ],
];
"""


def dump(document):
    return HEADER + yaml.safe_dump(document, sort_keys=False, width=200, allow_unicode=True)


def files(_, mib):
    return {"librenms/os_detection/cardea.yaml": dump(detection(mib)),
            "librenms/os_discovery/cardea.yaml": dump(discovery(mib)),
            "librenms/CardeaEvent.php": handler(mib), "librenms/snmptraps.php": mapping(mib)}
