#!/usr/bin/env python3
"""The evaluator and the oracle decide the same in random worlds.

CARDEA_DECISIONS_SEED, a number or "any", and CARDEA_DECISIONS_WORLDS say which worlds and how many. The
first difference of each kind is shown: its world alone comes again by its number as the seed.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cards  # noqa: E402
import decision  # noqa: E402
import sites  # noqa: E402

REQUESTS_EACH = 100
BATCH = 50
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # tables are synced to disks
PROGRAM = os.path.join(os.environ.get("CARDEA_BUILDDIR", "build"), "tests/oracle/decide")


def on_wire(request):
    """With bits as the program takes them."""
    return {**request, **{name: request[name] and [len(request[name]), cards.packed(request[name])]
                          if request[name] != "" else [0, ""] for name in ("card", "companion")}}


def answers(lines):
    """One for each request among the lines."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as directory:
        done = subprocess.run([PROGRAM, directory], input="\n".join(map(json.dumps, lines)) + "\n",
                              stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


class Comparison:
    def __init__(self):
        self.count = 0
        self.outcomes = {}  # how often each was met
        self.differences = {}  # by kind: how many, and the first

    def compare(self, seed, world, request, answer):
        expected = json.loads(json.dumps(decision.Decision(world, request).result()))
        outcome = answer["reason"] or answer["verdict"]
        self.count += 1
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if expected != answer:
            kind = (expected["reason"] or expected["verdict"], outcome,
                    *(name for name in expected if expected[name] != answer[name]))
            self.differences.setdefault(kind, []).append((seed, request, expected, answer))

    def show(self):
        print(f"# {self.count} requests: {json.dumps(self.outcomes)}")
        for kind, found in self.differences.items():
            seed, request, expected, answer = found[0]
            print(f"# {len(found)} times {' / '.join(kind)}, first in world {seed}:")
            print(f"#   request   {json.dumps(request)}\n#   oracle    {json.dumps(expected)}\n"
                  f"#   evaluator {json.dumps(answer)}", flush=True)

    def run(self, seeds):
        asked, lines = [], []
        for seed in seeds:
            maker = sites.Maker(random.Random(seed))
            world = maker.world()
            lines.append(world)
            for _ in range(REQUESTS_EACH):
                request = maker.request(world)
                lines.append(on_wire(request))
                asked.append((seed, decision.World(world), request))
        for question, answer in zip(asked, answers(lines), strict=True):
            self.compare(*question, answer)


# What random worlds must have met, or they prove nothing.
OUTCOMES = ["granted", "wants_card", "wants_pin", "wants_second", "wants_escort",
            "DoorBlocked", "ReaderInsecure", "UnknownFormat", "BadParity",
            "InvalidIdentifierValue", "CredentialNotEnabled", "CredentialExpired",
            "CredentialNotActive", "ClockInvalid", "PinLocked", "Lockdown", "Unauthorized",
            "NotPermittedAtThisTime", "InvalidPIN", "AntiPassbackViolation",
            "SecondPersonMissing", "EscortMissing", "Interlock", "AreaFull", "FacilityMismatch",
            "Other"]


def report(number, is_good, name):
    print(f"{'ok' if is_good else 'not ok'} {number} - {name}", flush=True)
    return is_good


def main():
    said = os.environ.get("CARDEA_DECISIONS_SEED", "1")
    first = random.SystemRandom().randrange(10 ** 9) if said == "any" else int(said)
    count = int(os.environ.get("CARDEA_DECISIONS_WORLDS", "1000"))
    comparison = Comparison()
    print(f"1..2\n# CARDEA_DECISIONS_SEED={first} CARDEA_DECISIONS_WORLDS={count}", flush=True)
    for start in range(first, first + count, BATCH):
        comparison.run(range(start, min(start + BATCH, first + count)))
    comparison.show()
    is_same = report(1, not comparison.differences, "the evaluator and the oracle decide the same")
    missed = [name for name in OUTCOMES if count >= 1000 and name not in comparison.outcomes]
    if missed:
        print(f"# never: {', '.join(missed)}")
    return 0 if report(2, not missed, "every outcome was met") and is_same else 1


if __name__ == "__main__":
    sys.exit(main())
