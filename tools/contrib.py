#!/usr/bin/env python3
"""Makes what is in contrib/ for network management systems from the MIB modules.

Run it after the MIB has changed ('./run contrib' installs what it needs). With --check it writes
nothing, and ends with 1 when a file is not what it would write.
"""

import argparse
import os
import sys

from nms import grafana, librenms, mib, opennms, prometheus, snmptt, zabbix

SOURCE = os.environ.get("CARDEA_SRCDIR") or os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))
PARTS = (prometheus, grafana, zabbix, librenms, opennms, snmptt)


def all_files(source=SOURCE):
    """{path below contrib/: text} of everything that can be made with what is installed."""
    modules = mib.Mib(source)
    made = {}
    for part in PARTS:
        made |= part.files(source, modules)
    return made


def is_current(path, text):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read() == text
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser(prog="tools/contrib.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only say which files are not current")
    options = parser.parse_args()
    stale = 0
    for name, text in all_files().items():
        path = os.path.join(SOURCE, "contrib", name)
        if is_current(path, text):
            continue
        stale += 1
        print(("not current: " if options.check else "made: ") + f"contrib/{name}")
        if not options.check:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    return 1 if options.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
