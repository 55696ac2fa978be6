"""contrib/prometheus: the modules of snmp_exporter and the rules of alerts."""

import glob
import os
import re
import shutil
import subprocess
import tempfile

import yaml

from . import watch

MODULE = "cardea"
GENERATOR = "prometheus-snmp-generator"
PASSWORD = "CHANGE-ME-PASSWORD"
HEADER = "# Made by tools/contrib.py from the MIB modules and tools/nms/watch.py: change those.\n"


def dump(document):
    return yaml.safe_dump(document, sort_keys=False, width=96, allow_unicode=True)


def is_state(one):
    """Truth values stay numbers, 1 and 2; other enumerations are a metric for each value."""
    return bool(one.values) and set(one.values) != {"true", "false"}


def generator(mib):
    """What prometheus-snmp-generator makes snmp.yml of."""
    walk = [f"{table.prefix}Table" for table in watch.TABLES]
    walk += sorted({table for table, *_ in watch.STATISTICS})
    lookups = [{"source_indexes": list(indexes), "lookup": label}
               for _, indexes, label in watch.STATISTICS if label]
    overrides = {}
    for table in watch.TABLES:
        [index] = mib.index_of(table.prefix)
        if table.label:
            lookups.append({"source_indexes": [index], "lookup": table.label})
        columns = {one.name for one in mib.columns(table.prefix)}
        if f"{table.prefix}Door" in columns:
            lookups += [{"source_indexes": [index], "lookup": f"{table.prefix}Door"},
                        {"source_indexes": [f"{table.prefix}Door"], "lookup": "cardeaDoorName"}]
        for one in mib.columns(table.prefix):
            if one.is_command or "Command" in one.name or one.name in table.leave_out:
                overrides[one.name] = {"ignore": True}
            elif is_state(one):
                overrides[one.name] = {"type": "EnumAsStateSet"}
    overrides |= {name: {"type": "EnumAsStateSet"} for name in watch.SCALARS
                  if is_state(mib.objects[name])}
    return {"modules": {MODULE: {
        "walk": watch.SCALARS + walk, "version": 3, "max_repetitions": 50, "retries": 2,
        "timeout": "5s",
        "auth": {"username": "initial", "security_level": "authPriv", "password": PASSWORD,
                 "auth_protocol": "SHA256", "priv_protocol": "AES", "priv_password": PASSWORD},
        "lookups": lookups, "overrides": overrides}}}


def exporter(source, wanted):
    """snmp.yml as Debian's generator makes it; None when that or the IETF's modules are missing."""
    ietf = glob.glob("/usr/lib/erlang/lib/snmp-*/mibs")
    if not shutil.which(GENERATOR) or not ietf:
        return None
    with tempfile.TemporaryDirectory() as work:
        with open(os.path.join(work, "generator.yml"), "w", encoding="utf-8") as file:
            file.write(wanted)
        path = {"MIBDIRS": ":".join([*ietf, os.path.join(source, "mibs")]),
                "SNMP_PERSISTENT_DIR": work, "SNMPCONFPATH": work}
        subprocess.run([GENERATOR, "generate"], cwd=work, check=True, capture_output=True,
                       env={**os.environ, **path})
        with open(os.path.join(work, "snmp.yml"), encoding="utf-8") as file:
            return file.read()


def exporter_since_0_23(text):
    """The same for the exporter since 0.23: who asks is apart from what is asked."""
    module = yaml.safe_load(text)[MODULE]
    auth = {**module.pop("auth"), "version": module.pop("version")}
    return HEADER + dump({"auths": {MODULE: auth}, "modules": {MODULE: module}})


def name_of(table, mib):
    """What people call the row, in a template of Prometheus."""
    if not table:
        return ""
    if table.label:
        return "{{ $labels.%s }}" % table.label
    [index] = mib.index_of(table.prefix)
    return table.row.replace("{index}", "{{ $labels.%s }}" % index)


def condition(one, mib):
    """A PromQL expression that has a row for each row of the table that has the problem."""
    known = mib.objects[one.object]
    if is_state(known):
        return f'{one.object}{{{one.object}=~"{"|".join(one.values)}"}} == 1'
    numbers = [str(known.values[value]) for value in one.values]
    return " or ".join(f"{one.object} == {number}" for number in numbers)


def rule(alert, expression, severity, text, seconds=0):
    wanted = {"alert": "Cardea" + alert, "expr": expression}
    if seconds:
        wanted["for"] = f"{seconds}s"
    return wanted | {"labels": {"severity": severity},
                     "annotations": {"summary": f"{{{{ $labels.instance }}}}: {text}"}}


def rules(mib):
    alert, head, follower, events, severity, text = watch.LAG
    device = [rule("Unreachable", f'up{{job="{MODULE}"}} == 0', watch.CRITICAL,
                   "The controller does not answer by SNMP", 60),
              rule(alert, f"{head} - {follower} > {events}", severity, text, 60)]
    device += [rule(one.alert, f"{one.object} > {one.above}", one.severity, one.text, 60)
               for one in watch.LIMITS]
    rows = [rule("DoorWasForced", "increase(cardeaDoorForcedCount[10m]) > 0", watch.WARNING,
                 "{{ $labels.cardeaDoorName }} was forced open within the last ten minutes")]
    for table, one in watch.problems():
        text = one.text.replace("{name}", name_of(table, mib))
        (rows if table else device).append(rule(one.alert, condition(one, mib), one.severity, text))
    return {"groups": [{"name": "cardea-device", "rules": device},
                       {"name": "cardea-rows", "rules": rows}]}


def files(source, mib):
    wanted = HEADER + dump(generator(mib))
    made = {"prometheus/generator.yml": wanted,
            "prometheus/cardea.rules.yml": HEADER + dump(rules(mib))}
    text = exporter(source, wanted)
    if text:
        # It also says there which objects the MIB calls what; a blank at the end is its own.
        text = re.sub(r"[ \t]+$", "", text, flags=re.M)
        made |= {"prometheus/snmp.yml": text,
                 "prometheus/snmp-0.23.yml": exporter_since_0_23(text)}
    return made
