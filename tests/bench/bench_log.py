"""log: how long a search of 1,000,000 events takes, and what an event costs the log

A log of a busy door controller, made through the store's own code; then a real store, asked over its
socket. Each search is asked for the newest page, for the page behind it and for the oldest one, with
other numbers each time. Cold is a store that has just started, with the file dropped from the
system's cache. Beside the longest stands the most processor time that one took, which others' load
cannot hide. The limit is the project's own: 100 ms, and 5,000 events a second.
"""

import json
import os
import random
import signal
import subprocess
import time

import measure
from appliance import Failure, Rpc, wait_for

EVENTS = 1000000
LIMIT_MS = 100.0
EVENT_LIMIT_US = 200.0
BEGINNING_US, STEP_US = 1760000000000000, 30000000
DAY_US = 86400 * 1000000
NAMES = ("ada", "grace", "alan", "edsger", "barbara", "donald", "niklaus", "frances", "tony")


def day(number):
    start = BEGINNING_US + number.randrange(EVENTS * STEP_US // DAY_US) * DAY_US
    return {"from_us": start, "to_us": start + DAY_US}


def person(number):
    return {"person": 1 + number.randrange(5000)}


def door(number):
    return {"door": 1 + number.randrange(4)}


SEARCHES = {
    "nothing": lambda number: {},
    "a day": day,
    "all of the time": lambda number: {"from_us": 0, "to_us": BEGINNING_US * 2},
    "kind": lambda number: {"kind": "access.granted"},
    "rare kind": lambda number: {"kind": "door.forced"},
    "kinds door.": lambda number: {"kind": "door."},
    "kind that never came": lambda number: {"kind": "module.tamper"},
    "severity": lambda number: {"severity": 4},
    "severity, nearly all": lambda number: {"severity": 6},
    "category": lambda number: {"category": "access"},
    "category, few": lambda number: {"category": "audit"},
    "door": door,
    "person": person,
    "person who is none": lambda number: {"person": 999999},
    "credential": lambda number: {"credential": 1 + number.randrange(5000)},
    "actor": lambda number: {"actor": f"account:user{number.randrange(20)}"},
    "text, a word": lambda number: {"text": number.choice(NAMES)},
    "text, three words": lambda number: {"text": f"{number.choice(NAMES)} hopper granted"},
    "text, a beginning": lambda number: {"text": f"{number.choice(NAMES)[:3]}*"},
    "text, nowhere": lambda number: {"text": "unheard"},
    "door and day": lambda number: {**door(number), **day(number)},
    "person and door and kind": lambda number: {**person(number), **door(number),
                                                "kind": "access."},
    "door and severity and day": lambda number: {**door(number), **day(number), "severity": 4},
    "often apart: lock and granted": lambda number: {"kind": "door.lock", "text": "granted"},
    "often apart: door and other's name": lambda number: {"door": 1, "text": "garage"},
    "text and category and all time": lambda number: {"text": "front door", "category": "access",
                                                      "from_us": 0, "to_us": BEGINNING_US * 2},
    "everything at once": lambda number: {**person(number), **door(number), "kind": "access.",
                                          "severity": 6, "category": "access", "text": "granted",
                                          "from_us": 0, "to_us": BEGINNING_US * 2},
}


class Store:
    """The store alone, on a log of its own."""

    def __init__(self, state, build):
        self.state, self.run_dir = state, os.path.join(state, "run")
        os.makedirs(self.run_dir, exist_ok=True)
        self.command = [os.path.join(build, "cardea-agent"), "--role=store",
                        f"--run-dir={self.run_dir}", f"--state-dir={state}"]
        self.child = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        with open(os.path.join(self.state, "store.log"), "ab") as log:
            self.child = subprocess.Popen(self.command, stdout=log, stderr=log)
        wait_for(self.answers, "the store")

    def answers(self):
        try:
            return self.rpc()
        except (Failure, OSError):
            return None

    def rpc(self):
        return Rpc(os.path.join(self.run_dir, "agent.sock"), "cardeactl")

    def stop(self):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(20)

    def cool(self):
        """Another process, and a file that has to be read from the disk."""
        self.stop()
        fd = os.open(os.path.join(self.state, "events.db"), os.O_RDONLY)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)
        self.start()


class Asker:
    """Asks one store over one connection, and remembers how long it took."""

    def __init__(self, store, rpc):
        self.pid, self.rpc = store.child.pid, rpc
        self.took, self.worked = [], []

    def ask(self, **params):
        worked, started = measure.cpu_us(self.pid), time.monotonic()
        page = self.rpc.call("events.list", **params)
        self.took.append((time.monotonic() - started) * 1000)
        self.worked.append((measure.cpu_us(self.pid) - worked) / 1000)
        return page

    def ask_around(self, params):
        """The newest page, the one behind it, and the oldest."""
        page = self.ask(**params)
        if "next" in page:
            self.ask(**params, before=page["next"])
        self.ask(**params, after=0)


def fill(rows, options, path):
    helper = os.path.join(options.build, "tests", "bench", "log_bench")
    subprocess.run(["make", "-s", "-C", options.build, "tests/bench/log_bench"], check=True)
    done = subprocess.run([helper, path, str(options.events)], check=True, capture_output=True)
    took_us = json.loads(done.stdout)["us"]
    rows.add("one event in full groups, on disk", took_us / options.events, "us", EVENT_LIMIT_US)
    rows.note(f"{options.events * 1000000 / took_us:.0f} events/s, "
              f"{os.path.getsize(path) / options.events:.0f} bytes an event")


def run(rows, state, options):
    path = os.path.join(state, "events.db")
    rows.title(f"the log, {options.events} events")
    fill(rows, options, path)
    number = random.Random(4)
    with Store(state, options.build) as store:
        with store.rpc() as rpc:
            rpc.call("settings.set", values={"log.keep_events": 100000000})
        print(f"\n{'searches, ms':36} {'cold':>8} {'median':>8} {'p99':>8} {'max':>8}"
              f" {'limit':>6} {'processor':>10}")
        for name, search in SEARCHES.items():
            measure_search(rows, store, name, [search(number) for _ in range(options.searches)])


def measure_search(rows, store, name, searches):
    store.cool()
    with store.rpc() as rpc:
        asker = Asker(store, rpc)
        asker.ask(**searches[0])
        [cold] = asker.took
        for params in searches:
            asker.ask_around(params)
    took = sorted(asker.took[1:])
    p99 = took[min(len(took) - 1, len(took) * 99 // 100)]
    is_missed = max(cold, took[-1]) > LIMIT_MS
    if is_missed:
        rows.missed.append(f"search by {name}")
    print(f"{name:36} {cold:8.2f} {took[len(took) // 2]:8.2f} {p99:8.2f} {took[-1]:8.2f}"
          f" {LIMIT_MS:6.0f} {max(asker.worked):10.2f}{'  MISSED' if is_missed else ''}", flush=True)
