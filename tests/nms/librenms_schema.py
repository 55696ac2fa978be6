"""What LibreNMS demands of a file of discovery and of detection, written from its documentation and
its own schema, as far as ours use it: whatever else is in a file is refused.
"""

NUMBER_OID = r"^(\.\d+)+\.\{\{ \$index \}\}$"
TEXT = {"type": "string"}
COMMON = {"oid": TEXT, "value": TEXT, "num_oid": {"type": "string", "pattern": NUMBER_OID},
          "descr": TEXT, "group": TEXT, "index": TEXT}


def strict(properties, required=None):
    return {"type": "object", "properties": properties, "additionalProperties": False,
            "required": list(properties) if required is None else required}


def sensors(properties, required):
    return strict({"data": {"type": "array", "minItems": 1,
                            "items": strict({**COMMON, **properties}, [*COMMON, *required])}})


STATE = strict({"value": {"type": "integer"}, "generic": {"enum": [0, 1, 2, 3]},
                "graph": {"enum": [0, 1]}, "descr": TEXT})
MEASURED = sensors({"divisor": {"type": "integer"}, "warn_limit": {"type": "number"},
                    "high_limit": {"type": "number"}}, ["divisor"])
DISCOVERY = strict({"mib": TEXT, "modules": strict({
    "os": strict({"version": TEXT, "hardware": TEXT, "location": TEXT}),
    "sensors": strict({"state": sensors({"state_name": TEXT, "states": {
        "type": "array", "minItems": 2, "items": STATE}}, ["state_name", "states"]),
        "voltage": MEASURED, "current": MEASURED, "power": MEASURED, "temperature": MEASURED})})})

OIDS = {"type": "array", "items": {"type": "string", "pattern": r"^(\.\d+)+$"}}
DETECTION = strict({
    "os": {"const": "cardea"}, "text": TEXT, "type": {"const": "environment"}, "mib_dir": TEXT,
    "over": {"type": "array", "items": strict({
        "graph": {"type": "string", "pattern": "^device_"}, "text": TEXT})},
    "discovery": {"type": "array", "items": strict({
        "sysObjectID": OIDS, "snmpget": strict({
            "oid": {"type": "string", "pattern": r"^(\.\d+)+$"}, "op": {"const": "!="},
            "value": {"type": "boolean"}})}, ["sysObjectID"])}})
