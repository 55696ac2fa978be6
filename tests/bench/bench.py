"""./run bench [NAME...]: measures, and says what missed its limit; its exit status does too.

Every figure stands beside its limit or beside a peer of the same run.
"""

import argparse
import os
import sys
import tempfile

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(SOURCE, "tools"))

import bench_access  # noqa: E402
import bench_card  # noqa: E402
import bench_log  # noqa: E402
import bench_osdp  # noqa: E402
import bench_syslog  # noqa: E402
import bench_syslog_loss  # noqa: E402
import bench_snmp  # noqa: E402
import bench_snmp_load  # noqa: E402
import measure  # noqa: E402
from appliance import Failure  # noqa: E402

BENCHES = {"access": bench_access, "card": bench_card, "log": bench_log, "osdp": bench_osdp,
           "snmp": bench_snmp, "snmp-load": bench_snmp_load,
           "syslog": bench_syslog, "syslog-loss": bench_syslog_loss}


def main():
    about = "\n".join(f"  {name:9} {bench.__doc__.splitlines()[0]}"
                      for name, bench in BENCHES.items())
    parser = argparse.ArgumentParser(prog="./run bench", epilog=f"benches:\n{about}",
                                     description=__doc__.split(": ", 1)[1],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these [all]")
    parser.add_argument("--badges", type=int, default=10000, help="access, card: how many a row [10000]")
    parser.add_argument("--credentials", type=int, nargs="+", metavar="N",
                        default=[10000, 250000, 1000000],
                        help="access: how many there are [10000 250000 1000000]")
    parser.add_argument("--imported", type=int, default=250000,
                        help="access: how many persons are imported meanwhile [250000]")
    parser.add_argument("--seconds", type=int, default=30,
                        help="osdp: how long each figure is taken [30]")
    parser.add_argument("--rounds", type=int, default=5,
                        help="osdp: how often four readers are unplugged [5]")
    parser.add_argument("--minutes", type=float, default=10,
                        help="snmp-load: how long it lasts [10]")
    parser.add_argument("--events", type=int, default=bench_log.EVENTS,
                        help="log, syslog: how many it holds [1000000]")
    parser.add_argument("--searches", type=int, default=30,
                        help="log: how many of each kind [30]")
    parser.add_argument("--build", default=os.path.join(SOURCE, "build"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHES)
    if unknown:
        parser.error(f"there is no bench {', '.join(sorted(unknown))}")
    rows = measure.Rows()
    print(measure.machine())
    try:
        for name in options.names or BENCHES:
            with tempfile.TemporaryDirectory(prefix="cardea-bench.") as state:
                BENCHES[name].run(rows, state, options)
    except Failure as error:
        print(f"cardea bench: {error}", file=sys.stderr)
        return 1
    if rows.missed:
        print(f"\nmissed its limit: {'; '.join(rows.missed)}")
    return 1 if rows.missed else 0


if __name__ == "__main__":
    sys.exit(main())
