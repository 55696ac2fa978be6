#!/usr/bin/env python3
"""A hung snmpd delays no door: the longest card-to-relay time stays what it was.

CARDEA_HANG_SECONDS makes it longer: './run check' hangs snmpd for 20 s.
"""

import os
import signal
import threading

from harness import check, run, wait_for

import badger

SECONDS = float(os.environ.get("CARDEA_HANG_SECONDS", "5"))
# A door role that waited for snmpd would stand still for seconds: 6 s in init_snmp(), 18 s in a
# default subagent. The bound is far below that and far above what a busy machine does to us; how
# the figures compare is the benchmark's business.
LONGEST_US = 500_000


def measure_for(rig, seconds):
    over = threading.Event()
    timer = threading.Timer(seconds, over.set)
    timer.start()
    figures = badger.measure(rig, until=over)
    timer.join()
    return figures


def test_a_stopped_snmpd_changes_no_card_to_relay_time(rig):
    badger.allow(rig)
    before = measure_for(rig, 3)
    rig.signal("snmpd", signal.SIGSTOP)
    try:
        during = measure_for(rig, SECONDS)
        wait_for(lambda: rig.snapshot().get("snmp", {}).get("master") == "down",
                 "the SNMP role to notice", 30)
    finally:
        rig.signal("snmpd", signal.SIGCONT)
    print(f"# before {before}\n# during {during}")
    check(during["count"] > 10 * SECONDS, f"doors hardly moved while snmpd hung: {during}")
    check(during["max_us"] < LONGEST_US, f"a card waited {during['max_us']} us for its relay")


def test_its_hang_and_its_return_are_events(rig):
    down = rig.wait_event("snmp.master_down")
    rig.wait_event("snmp.master_up", after=down["seq"])


if __name__ == "__main__":
    run(__name__)
