"""A manager of the appliance: Net-SNMP's tools, and what snmptrapd has received."""

import os
import re
import subprocess
import time

import peers
from appliance import Failure, wait_for

MODULE = ".1.3.6.1.4.1.32473.2.1.1"
DOOR_NAME = f"{MODULE}.2.1.1.2.1"
UPTIME = ".1.3.6.1.2.1.1.3.0"


def snmp(rig, tool, *words, options=()):
    """Runs a tool with numeric output and no MIB; returns (stdout, stderr)."""
    environment = {**os.environ, "SNMPCONFPATH": rig.snmp_dir,
                   "SNMP_PERSISTENT_DIR": os.path.join(rig.snmp_dir, "manager")}
    done = subprocess.run([tool, "-OnqUet", "-m", "", *options, f"{peers.HOST}:{rig.ports.snmp}",
                           *words], env=environment, text=True, capture_output=True, timeout=120,
                          check=False)
    return done.stdout, re.sub(r"Created directory: .*\n", "", done.stderr)


def get(rig, oid):
    """One value, asked for once and for a second at most; None when there is none."""
    out, _ = snmp(rig, "snmpget", oid, options=("-r0", "-t1"))
    value = out.strip().partition(" ")[2].strip('"')
    return None if not value or "No Such" in value else value


def wait_answer(rig, oid=DOOR_NAME, seconds=30):
    """How long it took until the object was answered."""
    begun = time.monotonic()
    wait_for(lambda: get(rig, oid), f"{oid} to be answered", seconds)
    return time.monotonic() - begun


def notified(rig):
    """The numbers of the events that snmptrapd was told, as they came."""
    try:
        with open(rig.traps, encoding="utf-8", errors="replace") as file:
            return [int(number) for number in re.findall(r"cardeaEventSeq\.0 = (\d+)", file.read())]
    except FileNotFoundError:
        return []


def wait_notified(rig, seqs, seconds=60):
    try:
        wait_for(lambda: set(seqs) <= set(notified(rig)), "every event to be notified", seconds)
    except Failure as error:
        missing = sorted(set(seqs) - set(notified(rig)))
        raise Failure(f"{error}; {len(missing)} of {len(seqs)} are missing, first {missing[:5]}") \
            from error
