#!/usr/bin/env python3
"""Everything is killed with -9 at random moments under load, and again, and again.

A round starts the store and the door role on the virtual board, proves that all is there which was
answered or told before, and then makes changes, cards and door events until a random amount of work
has been done, in the middle of which everything dies. Every third time only the processes do, and
the board and the memory in /run live on; else they are gone as well, as when the device has no
power. Readers take their time, so cards are waited for in one round of nine only.

CARDEA_CUTS says how many rounds ('./run check': 1000), CARDEA_SEED repeats what a run has printed,
as far as the machine plays along.
"""

import collections
import concurrent.futures
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from harness import SOURCE, check, run_one, show_logs, tests_of, wait_for
from inspection import AUDIT, CHAIN, DECISION, HALF, LOST, TOLD, none_of
from ledger import Change, Goal, Ledger
from life import Gone, Life, Refused

from appliance import Failure, Rpc

CUTS = int(os.environ.get("CARDEA_CUTS", "20"))
SEED = int(os.environ.get("CARDEA_SEED", time.time_ns() % 1_000_000))
WORLDS = min(4, CUTS)
BUILD = os.environ.get("CARDEA_BUILDDIR", SOURCE)
STORM_MS = 3_600_000
READERS, ROUNDS_A_CARD, ROUNDS_A_PROOF = range(1, 9), 9, 25
ADA = {"card": 60000, "facility": 118, "holder": "Ada Lovelace", "doors": [1, 2, 3, 4]}
DECISIONS = ("access.granted", "access.denied", "access.unknown")
BADGES_MAX, CARDS_A_BADGE = 10, 20
BROKEN, TABLE = "a round broke off", "the access table is not as it must be"
WORK_MAX = {"asked": 60, "answers": 60, "events": 120}


class World:
    """A controller of its own; disk, memory in /run and the readers' memory are directories."""

    def __init__(self, number):
        self.name = f"world {number}"
        self.random = random.Random(f"{SEED}.{number}")
        self.state = tempfile.mkdtemp(prefix="cardea-cut.")
        for folder in ("log", "store", "run", "memory"):
            os.mkdir(os.path.join(self.state, folder))
        self.children = {}
        self.cards = collections.Counter()  # of this life of the board, as the log has them
        self.is_board_new = False
        self.decisions_on_ada = []
        self.findings, self.done = [], collections.Counter()
        self.ledger = Ledger(self.random)
        self.ledger.on_event = self.note_card
        self.life = None

    # Power

    def path(self, *names):
        return os.path.join(self.state, *names)

    def begin(self, name, program, *options):
        with open(self.path("log", name + ".log"), "ab") as log:
            self.children[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", os.path.join(BUILD, program),
                 f"--run-dir={self.path('run')}", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def start(self):
        if "board" not in self.children:
            self.begin("board", "cardea-board", f"--memory-dir={self.path('memory')}",
                       "--start-up=0s")
            self.is_board_new = True
            self.board("storm", duration_ms=STORM_MS)
        for role in self.random.sample(["store", "door"], 2):
            self.begin(role, "cardea-agent", f"--role={role}", f"--state-dir={self.path('store')}",
                       f"--board={os.path.join(SOURCE, 'board', 'virtual.conf')}")
        self.life = Life(self.connect)

    def pair(self):
        """Once: readers keep their keys in a memory that needs no power."""
        def is_paired():
            live = self.life.calls.call("snapshot")["objects"]
            readers = {key: live[key]["security"] for key in live if key.startswith("reader.")}
            for key, security in readers.items():
                if security == "no_key":
                    with contextlib.suppress(Refused):  # the line's other reader goes first
                        self.life.calls.call("reader.install", reader=int(key.split(".")[1]))
            return list(readers.values()) == ["secure"] * len(READERS)
        wait_for(is_paired, "all readers to be paired", 60)

    def cut(self, with_board):
        """Nobody says goodbye. What is in sockets was said."""
        names = [name for name in self.children if with_board or name != "board"]
        for name in self.random.sample(names, len(names)):
            self.children[name].send_signal(signal.SIGKILL)
        for name in names:
            status = self.children.pop(name).wait()
            check(status == -signal.SIGKILL, f"{name} had ended by itself with {status}")
        if self.life:
            self.ledger.drain(self.life)
        if with_board:
            shutil.rmtree(self.path("run"))
            os.mkdir(self.path("run"))

    def connect(self, name="agent.sock", child="store"):
        def connected():
            check(self.children[child].poll() is None, f"{child} has ended by itself")
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(self.path("run", name))
                return connection
            except OSError:
                connection.close()
                return None
        return wait_for(connected, f"{child} to listen")

    def board(self, method, **params):
        self.connect("board.sock", "board").close()
        with Rpc(self.path("run", "board.sock"), "test") as connection:
            return connection.call(method, **params)

    # Load

    def note_card(self, event):
        data = event["data"]
        if event["kind"] == "system.started" and self.is_board_new:
            self.cards.clear()
            self.is_board_new = False
        if event["category"] == "access" and data.get("facility") in READERS:
            self.cards[data["facility"], data["card"]] += 1
        if event["kind"] in DECISIONS and data.get("card") == ADA["card"]:
            self.decisions_on_ada.append(event["kind"])

    def move_doors(self):
        """Contacts open and close: events that come from the door role, with alarms among them."""
        if self.random.random() < 0.1:
            door, state = self.random.randint(1, 4), self.random.choice(["open", "closed"])
            self.board("set", point=f"door{door}.contact", value=state)

    def goal(self, waits_for_cards):
        if waits_for_cards:
            return Goal(cards=self.random.randint(1, 60))
        what = self.random.choice(list(WORK_MAX))
        return Goal(**{what: self.random.randint(1, WORK_MAX[what])})

    # Proof

    def find(self, kind, text):
        self.findings.append((kind, f"{self.name}, cut {self.done['cuts']}: {text}"))

    def check_decisions(self):
        """The ring in /run has what the store had not: what a reader has shown is in the log."""
        def missing():
            while self.life.follower.has_more(0):
                self.ledger.take(self.life, self.life.follower)
                self.ledger.acknowledge(self.life)
            return [card for card in shown if card not in self.cards]
        shown = [(reader, int(card)) for reader in READERS
                 for card in self.board("answered", reader=reader)["numbers"]]
        deadline = time.monotonic() + 10
        while missing() and time.monotonic() < deadline:
            self.life.follower.has_more(1)
        if missing():
            self.find(DECISION, f"of {len(shown)} cards these are missing: {missing()[:5]}")
        doubled = [card for card, count in self.cards.items() if count > 1]
        if doubled:
            self.find(DECISION, f"these cards were decided twice: {doubled[:5]}")
        self.done["decisions"] += len(shown)

    def check_table(self):
        """The door role has the table that the store has made: it lets in who may."""
        self.ledger.drive(self.life, Goal(cards=1), overlap=0)
        self.decisions_on_ada.clear()
        for _ in range(BADGES_MAX):
            # A reader that is being attached throws away what was badged before.
            self.board("badge", reader=self.random.choice(READERS),
                       **{key: ADA[key] for key in ("card", "facility")})
            self.ledger.drive(self.life, Goal(cards=CARDS_A_BADGE), overlap=0)
            if self.decisions_on_ada:
                break
        if self.decisions_on_ada[-1:] != ["access.granted"]:
            self.find(TABLE, f"Ada's card was answered with {self.decisions_on_ada}")

    def check_words(self):
        """A table that is not there yet is nobody's fault; one that is half there is."""
        with open(self.path("log", "door.log"), encoding="utf-8", errors="replace") as file:
            said = [line for line in file if "access.bin" in line and "No such file" not in line]
        if said:
            self.find(TABLE, f"the door role says '{said[0].strip()}'")

    def prove_log(self):
        run = f"--run-dir={self.path('run')}"
        program = os.path.join(BUILD, "cardeactl")
        done = subprocess.run([program, run, "log", "verify"], capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode:
            self.find(CHAIN, f"cardeactl log verify says '{done.stderr.strip()}'")

    def round(self, number):
        waits_for_cards = number % ROUNDS_A_CARD == ROUNDS_A_CARD - 1
        only_processes = number % 3 == 1 or waits_for_cards
        if waits_for_cards:
            self.check_table()
        self.ledger.drive(self.life, self.goal(waits_for_cards), self.move_doors)
        self.cut(with_board=not only_processes)
        self.done["cuts"] += 1
        self.done["cuts of the board"] += not only_processes
        self.start()
        for kind, text in self.ledger.meet(self.life):
            self.find(kind, text)
        if only_processes:
            self.check_decisions()
        if number % ROUNDS_A_PROOF == ROUNDS_A_PROOF - 1:
            self.prove_log()

    def run(self, numbers):
        try:
            self.start()
            self.pair()
            self.ledger.meet(self.life)
            self.ledger.ask(self.life, Change(f"credential {ADA['card']}", ADA, "object.create",
                                              {"kind": "credential", "object": ADA}))
            self.ledger.drive(self.life, Goal(answers=1), overlap=0)
            for number in numbers:
                self.round(number)
            self.prove_log()
            self.check_words()
        except (AssertionError, Failure, Gone, Refused) as error:
            self.find(BROKEN, f"{type(error).__name__}: {error}")
        finally:
            for child in self.children.values():
                child.kill()
                child.wait()
        self.done.update(answers=self.ledger.answered, events=max(self.ledger.told, default=0))


class Worlds:
    """Several at once, because a start is mostly waiting."""

    def __init__(self):
        self.worlds = [World(number) for number in range(WORLDS)]
        self.findings = []

    def run(self):
        started = time.monotonic()
        shares = [range(number, CUTS, WORLDS) for number in range(WORLDS)]
        with concurrent.futures.ThreadPoolExecutor(WORLDS) as pool:
            list(pool.map(World.run, self.worlds, shares))
        self.findings = [finding for world in self.worlds for finding in world.findings]
        done = sum((world.done for world in self.worlds), collections.Counter())
        print("# " + ", ".join(f"{count} {what}" for what, count in done.items())
              + f" in {time.monotonic() - started:.1f} s", flush=True)

    def close(self, is_good):
        for world in self.worlds:
            if not is_good:
                show_logs(world.state)
            shutil.rmtree(world.state, ignore_errors=True)


def test_every_round_came_to_its_end(worlds):
    none_of(worlds.findings, BROKEN)


def test_every_change_that_was_answered_is_there(worlds):
    none_of(worlds.findings, LOST)


def test_no_object_is_half_written(worlds):
    none_of(worlds.findings, HALF)


def test_every_event_that_was_told_is_in_the_log_as_it_was_told(worlds):
    none_of(worlds.findings, TOLD)


def test_the_chain_has_neither_gap_nor_fault(worlds):
    none_of(worlds.findings, CHAIN)


def test_each_change_has_its_event_and_each_event_its_change(worlds):
    none_of(worlds.findings, AUDIT)


def test_every_decision_that_a_reader_has_shown_is_in_the_log_once(worlds):
    none_of(worlds.findings, DECISION)


def test_doors_decide_by_the_table_of_the_last_answer(worlds):
    none_of(worlds.findings, TABLE)


def main():
    tests = tests_of(sys.modules[__name__])
    print(f"1..{len(tests)}\n# seed {SEED}", flush=True)
    worlds = Worlds()
    worlds.run()
    failed = sum(not run_one(number, test, worlds) for number, test in enumerate(tests, 1))
    worlds.close(not failed)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
