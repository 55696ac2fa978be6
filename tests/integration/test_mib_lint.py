#!/usr/bin/env python3
"""CARDEA-MIB is clean SMIv2: smilint and Net-SNMP's parser have nothing to say about it.

The IETF modules that it imports come from Debian's erlang-snmp, the only package in main that
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


def translate(ietf, state):
    out, err = said_by(["snmptranslate", "-M", f"{ietf}:{MIBS}", "-m", "CARDEA-MIB:CARDEA-SMI",
                        "-On", "CARDEA-MIB::cardeaDoorCommand.1"],
                       {"SNMP_PERSISTENT_DIR": state, "SNMPCONFPATH": state})
    # Net-SNMP says on stderr which directories it made for itself.
    err = "".join(line for line in err.splitlines(True) if "Created directory" not in line)
    if out.strip() != ".1.3.6.1.4.1.32473.2.1.1.2.1.1.14.1":
        err += f"cardeaDoorCommand.1 is {out.strip()!r}\n"
    return err


def main():
    for tool in ("smilint", "snmptranslate"):
        if not shutil.which(tool):
            skip(f"{tool} is not installed")
    found = glob.glob("/usr/lib/erlang/lib/snmp-*/mibs/SNMPv2-SMI.mib")
    if not found:
        skip("the IETF modules of erlang-snmp are not installed")
    ietf = os.path.dirname(found[0])
    print("1..3")
    report(1, "smilint has nothing to say about CARDEA-MIB", lint("CARDEA-MIB", ietf))
    # The roots of enterprises are called -SMI by custom; smilint would have them called -MIB.
    report(2, "smilint has nothing to say about CARDEA-SMI",
           lint("CARDEA-SMI", ietf, "-i", "module-name-suffix"))
    with tempfile.TemporaryDirectory() as state:
        report(3, "Net-SNMP reads CARDEA-MIB", translate(ietf, state))


main()
