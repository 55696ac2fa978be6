#!/usr/bin/env python3
"""What is generated in contrib/ is what the MIB modules of this tree give."""
import os
import sys

import rig

SOURCE = rig.SOURCE
rig.need("prometheus-snmp-generator", "snmpttconvertmib")

status, text = rig.said([sys.executable, "-B", os.path.join(SOURCE, "tools", "contrib.py"),
                         "--check"])
print("1..1")
print(f"{'not ok' if status else 'ok'} 1 - contrib_is_made_of_the_mib_modules_of_this_tree")
for line in text.splitlines():
    print(f"# {line}")
sys.exit(status)
