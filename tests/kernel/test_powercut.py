#!/usr/bin/env python3
"""The power fails under load, and the disk loses what was not flushed: on Debian's kernel in an
emulated machine, with ext4.

Each round boots, proves that all is there which was answered or told before any cut, makes changes
and door events until a random amount of work is done, and then there is no machine any more. What
the next round boots on is what a disk may then hold (disk.py). As a boot takes seconds, the same is
also proved of cuts at other moments of each round, by the file system's own repair and the store on
this machine.

CARDEA_DISK_CUTS says how many boots, CARDEA_DISK_COPIES how many more cuts of each; CARDEA_SEED
repeats what a run has printed, as far as the machine plays along.
"""

import collections
import os
import random
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import prepare  # noqa: E402
from diskbox import Box, Copy  # noqa: E402
from rig import Failure, check, run_one, skip_all, tests_of  # noqa: E402

from inspection import AUDIT, CHAIN, HALF, LOST, TOLD, none_of  # noqa: E402
from ledger import Goal, Ledger  # noqa: E402
from life import Gone, Refused  # noqa: E402

CUTS = int(os.environ.get("CARDEA_DISK_CUTS", "5"))
COPIES = int(os.environ.get("CARDEA_DISK_COPIES", "20"))
LIES = 10
SEED = int(os.environ.get("CARDEA_SEED", time.time_ns() % 1_000_000))
WORK_MAX = {"asked": 60, "answers": 60, "events": 120}
BROKEN, KEY = "a round broke off", "a key of the store is lost"


class Rounds:
    def __init__(self, directory):
        self.directory = directory
        self.random = random.Random(SEED)
        self.box = Box(directory)
        self.ledger = Ledger(self.random, self.box.disk.mark)
        self.findings, self.done = [], collections.Counter()
        self.lies_found = 0
        self.keys = {}

    def move_doors(self):
        if self.random.random() < 0.2:
            door, state = self.random.randint(1, 4), self.random.choice(["open", "closed"])
            self.box.board.call("set", point=f"door{door}.contact", value=state)

    def find(self, findings, where):
        self.findings += [(kind, f"cut {self.done['cuts']}{where}: {text}")
                          for kind, text in findings]

    def inspect_copy(self, at, keeps_flushes=True):
        """What is wrong with the disk as a cut at this mark may leave it."""
        content = self.box.disk.cut(at, self.random, keeps_flushes)
        try:
            with Copy(os.path.join(self.directory, "copy"), content) as copy:
                findings = self.ledger.inspect(copy.life, at) + self.compare_keys(copy, at)
                complaint = copy.verify_log()
                return findings + ([(CHAIN, complaint)] if complaint else [])
        except (Failure, Gone, Refused) as error:
            return [(BROKEN, str(error))]

    def compare_keys(self, copy, at):
        """Whoever is told anything relies on the keys that were made before."""
        if not self.ledger.promise(at).told:
            return []
        return [(KEY, f"{name} is another one or none") for name, key in copy.keys.items()
                if self.keys.setdefault(name, key) != key]

    def inspect_copies(self):
        for _ in range(COPIES):
            at = self.random.randint(0, self.box.disk.mark())
            self.find(self.inspect_copy(at), f", copy at {at} of {self.box.disk.mark()}")
            self.done["copies"] += 1

    def tell_lies(self):
        """Would it be noticed if a disk, or this product, did without flushing?"""
        for _ in range(LIES):
            self.lies_found += bool(self.inspect_copy(self.box.disk.mark(), keeps_flushes=False))

    def round(self):
        started = time.monotonic()
        what = self.random.choice(list(WORK_MAX))
        goal = Goal(**{what: self.random.randint(WORK_MAX[what] // 4, WORK_MAX[what])})
        self.ledger.drive(self.box.life, goal, self.move_doors)
        self.box.cut()
        self.ledger.drain(self.box.life)
        self.done["cuts"] += 1
        self.done["writes"] += len(self.box.disk.log)
        cut = time.monotonic()
        self.inspect_copies()
        if self.done["cuts"] == CUTS:
            self.tell_lies()
        copied = time.monotonic()
        self.boot(self.box.disk.cut(self.box.disk.mark(), self.random))
        print(f"# cut {self.done['cuts']}: load {cut - started:.1f} s, copies "
              f"{copied - cut:.1f} s, boot {time.monotonic() - copied:.1f} s", flush=True)

    def boot(self, content):
        self.box.start(content)
        self.find(self.ledger.meet(self.box.life), "")

    def run(self):
        started = time.monotonic()
        try:
            self.boot(bytes(self.box.disk.content))
            for _ in range(CUTS):
                self.round()
        except (AssertionError, Failure, Gone, Refused) as error:
            self.find([(BROKEN, f"{type(error).__name__}: {error}")], "")
            print("\n".join(f"# {line}" for line in self.box.log().splitlines()[-30:]))
        finally:
            self.box.stop()
        self.done.update(answers=self.ledger.answered, events=max(self.ledger.told, default=0))
        print("# " + ", ".join(f"{count} {what}" for what, count in self.done.items())
              + f" in {time.monotonic() - started:.1f} s", flush=True)


def test_every_round_came_to_its_end(rounds):
    none_of(rounds.findings, BROKEN)


def test_every_change_that_was_answered_is_on_the_disk(rounds):
    none_of(rounds.findings, LOST)


def test_no_object_is_half_written(rounds):
    none_of(rounds.findings, HALF)


def test_every_event_that_was_told_is_on_the_disk_as_it_was_told(rounds):
    none_of(rounds.findings, TOLD)


def test_the_chain_has_neither_gap_nor_fault(rounds):
    none_of(rounds.findings, CHAIN)


def test_each_change_has_its_event_and_each_event_its_change(rounds):
    none_of(rounds.findings, AUDIT)


def test_no_key_of_the_store_is_lost(rounds):
    none_of(rounds.findings, KEY)


def test_a_disk_that_does_not_keep_its_flushes_is_found_out(rounds):
    # By chance a lie may do no harm.
    check(rounds.lies_found, f"none of {LIES} lies was noticed")


def main():
    tests = tests_of(sys.modules[__name__])
    directory = tempfile.mkdtemp(prefix="cardea-disk.")
    failed = 1
    try:
        rounds = Rounds(directory)
        print(f"1..{len(tests)}\n# seed {SEED}", flush=True)
        rounds.run()
        failed = sum(not run_one(number, test, rounds) for number, test in enumerate(tests, 1))
    except prepare.Unavailable as error:
        skip_all(str(error))
    except Failure as error:
        print(f"Bail out! {error}", flush=True)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
