"""Managers of an snmpd that the settings configure: who asks, as whom, and when it has changed."""

import os
import re
import subprocess

from harness import wait_for

PASSWORD = "correct horse battery"
SYS_DESCR = ".1.3.6.1.2.1.1.1.0"


def tool(rig, name, *words, options=(), host="127.0.0.1"):
    """Runs a tool of Net-SNMP; returns what it prints and what it complains of."""
    # Secrets are in its configuration, so that they are in no command line here either.
    home = os.path.join(rig.state, "manager")
    os.makedirs(home, mode=0o700, exist_ok=True)
    with open(os.path.join(home, "snmp.conf"), "w", encoding="utf-8") as file:
        file.write("\n".join(options) + "\n")
    done = subprocess.run([name, "-r1", "-t0.3", "-OnqUet", "-m", "", f"{host}:{rig.ports.snmp}",
                           *words], text=True, capture_output=True, timeout=60, check=False,
                          env={**os.environ, "SNMPCONFPATH": home,
                               "SNMP_PERSISTENT_DIR": home})
    return done.stdout.strip(), re.sub(r"Created directory: .*\n", "", done.stderr)


def community(version, word):
    return (f"defVersion {version}", f"defCommunity {word}")


def initial(password=PASSWORD, level="authPriv", auth="SHA-256", priv="AES"):
    return ("defVersion 3", "defSecurityName initial", f"defSecurityLevel {level}",
            f"defAuthType {auth}", f"defPrivType {priv}", f'defPassphrase "{password}"')


def get(rig, options, oid=SYS_DESCR, **more):
    out, err = tool(rig, "snmpget", oid, options=options, **more)
    return out.partition(" ")[2].strip('"') if out else err


def is_answered(rig, options, **more):
    return get(rig, options, **more).startswith("Linux")


def put(rig, options, oid, kind, value):
    out, err = tool(rig, "snmpset", oid, kind, value, options=options)
    return "" if out else err


def is_silent(rig, options):
    answer = get(rig, options)
    return "Timeout" in answer or "No response" in answer or "No Response" in answer


def configure(rig, **values):
    """Sets settings and waits until snmpd runs by them: it is known by what it was started with."""
    names = {"mode": "snmp.mode", "read": "snmp.read_community", "write": "snmp.write_community",
             "password": "snmp.v3.password", "trap": "snmp.traps.community"}
    wanted = {names.get(name, name.replace("__", ".")): value for name, value in values.items()}
    before = started(rig)
    rig.rpc("settings.set", values=wanted)
    wait_for(lambda: started(rig) > before, f"snmpd with {sorted(wanted)}")


def started(rig):
    """How often the snmp role has found an snmpd."""
    with open(os.path.join(rig.state, "log", "agent.log"), encoding="utf-8",
              errors="replace") as file:
        return len(re.findall("SNMP master at .* answers", file.read()))


def config_of(rig):
    with open(os.path.join(rig.run_dir, "snmpd", "snmpd.conf"), encoding="utf-8") as file:
        return file.read()
