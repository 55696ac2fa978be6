"""card to relay, from the last byte of the reader's frame until the board has taken the command

Measured in the door role on the monotonic clock. The limit is the house's own target, 50 ms at
p99; the peer is the same run with snmpd stopped by SIGSTOP.
"""

import signal

import badger
from appliance import Appliance

LIMIT_MS = 50.0


def row(name, figures):
    print(f"{name:22} {figures['count']:6} {figures['p50_us'] / 1000:9.3f}"
          f" {figures['p99_us'] / 1000:9.3f} {figures['max_us'] / 1000:9.3f}", flush=True)


def run(rows, state, options):
    with Appliance(state, options.build) as rig:
        badger.allow(rig)
        badger.measure(rig, badges=200)  # warm-up, not counted
        print(f"\ncard to relay, {options.badges} badges over four doors at 115200 baud; ms")
        print(f"{'':22} {'count':>6} {'p50':>9} {'p99':>9} {'max':>9}")
        alone = badger.measure(rig, badges=options.badges)
        row("alone", alone)
        rig.signal("snmpd", signal.SIGSTOP)
        try:
            hung = badger.measure(rig, badges=options.badges)
        finally:
            rig.signal("snmpd", signal.SIGCONT)
        row("snmpd SIGSTOPped", hung)
        print(f"{'limit':22} {'':6} {'':9} {LIMIT_MS:9.3f}")
        print(f"{'ratio hung / alone':22} {'':6} {hung['p50_us'] / alone['p50_us']:9.2f}"
              f" {hung['p99_us'] / alone['p99_us']:9.2f} {hung['max_us'] / alone['max_us']:9.2f}")
        for name, figures in (("alone", alone), ("snmpd SIGSTOPped", hung)):
            if figures["p99_us"] / 1000 > LIMIT_MS:
                rows.missed.append(f"card to relay, {name}")
