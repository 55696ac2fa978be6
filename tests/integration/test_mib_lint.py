#!/usr/bin/env python3
"""Our MIB modules are clean SMIv2: smilint and Net-SNMP's parser have nothing to say about them.

The IETF modules that they import come from Debian's erlang-snmp, the only package in main that
has their text. smilint exits 0 whatever it finds, so silence is what counts.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ.get("CARDEA_SRCDIR", os.path.dirname(os.path.abspath(__file__)) + "/../..")
MIBS = os.path.join(SOURCE, "mibs")


def skip(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def modules():
    return sorted(name.removesuffix(".txt") for name in os.listdir(MIBS) if name.endswith(".txt"))


def report(number, name, said):
    print(f"{'not ok' if said else 'ok'} {number} - {name}")
    for line in said.splitlines():
        print(f"# {line}")


def said_by(command, environment):
    done = subprocess.run(command, env={**os.environ, **environment}, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    return done.stdout, done.stderr


def lint(module, ietf, *more):
    out, err = said_by(["smilint", "-s", "-m", "-l", "6", *more, f"{MIBS}/{module}.txt"],
                       {"SMIPATH": f"{MIBS}:{ietf}"})
    return out + err


def translate(ietf, state, name, oid):
    out, err = said_by(["snmptranslate", "-M", f"{ietf}:{MIBS}", "-m", ":".join(modules()),
                        "-On", name],
                       {"SNMP_PERSISTENT_DIR": state, "SNMPCONFPATH": state})
    # Net-SNMP says on stderr which directories it made for itself.
    err = "".join(line for line in err.splitlines(True) if "Created directory" not in line)
    if out.strip() != oid:
        err += f"{name} is {out.strip()!r}\n"
    return err


def main():
    for tool in ("smilint", "snmptranslate"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    found = glob.glob("/usr/lib/erlang/lib/snmp-*/mibs/SNMPv2-SMI.mib")
    if not found:
        skip("the IETF modules of erlang-snmp are not installed")
    ietf = os.path.dirname(found[0])
    count = len(modules())
    print(f"1..{count + 2}")
    for number, module in enumerate(modules(), 1):
        # The roots of enterprises are called -SMI by custom; smilint would have them called -MIB.
        more = ["-i", "module-name-suffix"] if module == "CARDEA-SMI" else []
        report(number, f"smilint has nothing to say about {module}", lint(module, ietf, *more))
    with tempfile.TemporaryDirectory() as state:
        report(count + 1, "Net-SNMP reads CARDEA-MIB",
               translate(ietf, state, "CARDEA-MIB::cardeaDoorCommand.1",
                         ".1.3.6.1.4.1.32473.2.1.1.2.1.1.14.1"))
        report(count + 2, "Net-SNMP reads CARDEA-NOTIFICATION-MIB",
               translate(ietf, state, "CARDEA-NOTIFICATION-MIB::cardeaDoorForced",
                         ".1.3.6.1.4.1.32473.2.1.0.210"))


main()
