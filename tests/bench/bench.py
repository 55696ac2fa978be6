"""./run bench: card to relay, measured in the door role from the last byte of the reader's frame
until the board has taken the command, on the monotonic clock.

The limit beside it is the house's own target, 50 ms at p99; the peer is the same run with snmpd
stopped by SIGSTOP.
"""

import argparse
import os
import platform
import signal
import sys
import tempfile

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(SOURCE, "tools"))

import badger  # noqa: E402
from appliance import Appliance, Failure  # noqa: E402


LIMIT_MS = 50.0


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"{os.cpu_count()} cores, {model}, Linux {platform.release()}"


def row(name, figures):
    print(f"{name:22} {figures['count']:6} {figures['p50_us'] / 1000:9.3f}"
          f" {figures['p99_us'] / 1000:9.3f} {figures['max_us'] / 1000:9.3f}", flush=True)


def card_to_relay(state, build, badges):
    with Appliance(state, build) as rig:
        badger.allow(rig)
        badger.measure(rig, badges=200)  # warm-up, not counted
        print(f"card to relay, {badges} badges over four doors at 115200 baud; ms")
        print(f"{'':22} {'count':>6} {'p50':>9} {'p99':>9} {'max':>9}")
        alone = badger.measure(rig, badges=badges)
        row("alone", alone)
        rig.signal("snmpd", signal.SIGSTOP)
        try:
            hung = badger.measure(rig, badges=badges)
        finally:
            rig.signal("snmpd", signal.SIGCONT)
        row("snmpd SIGSTOPped", hung)
        print(f"{'limit':22} {'':6} {'':9} {LIMIT_MS:9.3f}")
        print(f"{'ratio hung / alone':22} {'':6} {hung['p50_us'] / alone['p50_us']:9.2f}"
              f" {hung['p99_us'] / alone['p99_us']:9.2f} {hung['max_us'] / alone['max_us']:9.2f}")


def main():
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--badges", type=int, default=10000, help="how many a row [10000]")
    parser.add_argument("--build", default=os.path.join(SOURCE, "build"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    print(machine())
    try:
        with tempfile.TemporaryDirectory(prefix="cardea-bench.") as state:
            card_to_relay(state, options.build, options.badges)
    except Failure as error:
        print(f"cardea bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
