"""contrib/snmptt/snmptt.conf.cardea, as snmpttconvertmib of Debian's snmptt makes it."""

import glob
import os
import re
import shutil
import subprocess
import tempfile

CONVERTER = "snmpttconvertmib"
HEADER = "# Made by tools/contrib.py with snmpttconvertmib from the MIB modules: change those.\n"


def convert(path, directories):
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "out")
        subprocess.run([CONVERTER, f"--in={path}", f"--out={out}"], check=True, capture_output=True,
                       env={**os.environ, "MIBDIRS": directories, "MIBS": "ALL",
                            "SNMP_PERSISTENT_DIR": work, "SNMPCONFPATH": work})
        with open(out, encoding="utf-8") as file:
            text = file.read()
    # When and where from it was made is not the same everywhere.
    text = re.sub(r"^(MIB: [\w-]+) \(.*$", r"# \1", text, flags=re.M)
    return re.sub(r"^(#\n)+", "#\n", text, flags=re.M)


def files(source, _):
    ietf = glob.glob("/usr/lib/erlang/lib/snmp-*/mibs")
    if not shutil.which(CONVERTER) or not ietf:
        return {}
    made = HEADER
    for path in sorted(glob.glob(os.path.join(source, "mibs", "*.txt"))):
        with open(path, encoding="utf-8") as file:
            if re.search(r"^\w+[ \t]+NOTIFICATION-TYPE", file.read(), re.M):
                made += convert(path, ":".join([*ietf, os.path.join(source, "mibs")]))
    return {"snmptt/snmptt.conf.cardea": made}
