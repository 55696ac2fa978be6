"""twenty managers and bursts of notifications: card to relay, answers, memory

Twenty managers read every table every 5 s, and once in 20 s a thousand events that are notified
happen within a second. Meanwhile cards are shown at four doors, as before without any load.
"""

import os
import threading
import time

import badger
from appliance import Failure, Rpc
from measure import median
from snmp_rig import ALL_REPETITIONS, Role, build

MANAGERS, PERIOD = 20, 5
BURST, BURST_SECONDS, BURST_PERIOD = 1000, 1, 20
OUTPUTS = 4
ALONE_SECONDS = 20
CARD_P99_MS, TIMES_ALONE = 50, 1.5
GROWTH_KIB = {"snmp": 1024, "door": 1024, "store": 16384}


class Load:
    """Managers and bursts, until it is stopped."""

    def __init__(self, rig):
        self.rig = rig
        self.over = threading.Event()
        self.groups = rig.master.columns()
        self.polls, self.failures, self.varbinds, self.events = [], [], 0, 0
        self.threads = [threading.Thread(target=self.manage, args=(number,))
                        for number in range(MANAGERS)]
        self.threads += [threading.Thread(target=self.burst, args=(number,))
                         for number in range(1, OUTPUTS + 1)]

    def manage(self, number):
        self.over.wait(number * PERIOD / MANAGERS)
        due = time.monotonic()
        while not self.over.is_set():
            try:
                varbinds, seconds = self.rig.master.walk(self.groups, ALL_REPETITIONS, walks=1)
                self.varbinds += varbinds
                self.polls.append(seconds)
            except Failure as error:
                self.failures.append(str(error))
            due += PERIOD
            self.over.wait(max(0, due - time.monotonic()))

    def burst(self, output):
        share = BURST // OUTPUTS
        with Rpc(os.path.join(self.rig.run_dir, "agent.sock"), "cardeactl") as store:
            while not self.over.is_set():
                begun = time.monotonic()
                for number in range(share):
                    store.call("output.command", output=output, command="toggle")
                    self.events += 1
                    self.over.wait(max(0, begun + number * BURST_SECONDS / share - time.monotonic()))
                self.over.wait(BURST_PERIOD)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def memory_kib(rig):
    sizes = {}
    for name in GROWTH_KIB:
        with open(f"/proc/{rig.pid(name)}/status", encoding="ascii") as file:
            sizes[name] = next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    return sizes


def cards_for(rig, seconds):
    over = threading.Event()
    timer = threading.Timer(seconds, over.set)
    timer.start()
    figures = badger.measure(rig, until=over)
    timer.join()
    return figures


def tell_cards(rows, name, figures):
    rows.add(f"card to relay, {name}, p50 of {figures['count']}", figures["p50_us"] / 1000, "ms")
    rows.add(f"card to relay, {name}, p99", figures["p99_us"] / 1000, "ms", CARD_P99_MS)
    rows.add(f"card to relay, {name}, longest", figures["max_us"] / 1000, "ms")


def run(rows, state, options):
    build(options)
    seconds = max(options.minutes * 60, 10)
    with Role(os.path.join(state, "rig"), options) as rig:
        badger.allow(rig)
        badger.measure(rig, badges=40)
        alone = cards_for(rig, min(ALONE_SECONDS, seconds))
        with Load(rig) as load:
            # What is learnt once is learnt by then.
            cards_for(rig, seconds / 5)
            before = memory_kib(rig)
            under = cards_for(rig, seconds * 4 / 5)
            after = memory_kib(rig)
    rows.title(f"{MANAGERS} managers, {BURST} events a second now and then, {seconds:g} s")
    tell_cards(rows, "alone", alone)
    tell_cards(rows, "under load", under)
    rows.add("p99 under load beside alone", under["p99_us"] / alone["p99_us"], "times", TIMES_ALONE)
    rows.add(f"all tables read, median of {len(load.polls)}", median(load.polls) * 1000, "ms")
    rows.add("all tables read, longest", max(load.polls) * 1000, "ms")
    rows.add("varbinds of one reading", load.varbinds / len(load.polls), "")
    rows.add("readings that failed", len(load.failures), "", 0.5)
    rows.add("events that are notified", load.events, "")
    for name, limit in GROWTH_KIB.items():
        rows.add(f"memory of the {name} role", after[name], "KiB")
        rows.add("    and what it grew by", after[name] - before[name], "KiB", limit)
