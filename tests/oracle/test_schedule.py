#!/usr/bin/env python3
"""Random schedules are active exactly when the clock on the wall says so. Speaks TAP.

CARDEA_ORACLE_CHECKS says how many instants (20,000 otherwise), CARDEA_ORACLE_SEED which worlds.
"""
import bisect
import datetime
import json
import os
import random
import subprocess
import sys
import zoneinfo

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import wall  # noqa: E402
import worlds  # noqa: E402

BUILD = os.environ.get("CARDEA_BUILDDIR", ".")
CHECKS = int(os.environ.get("CARDEA_ORACLE_CHECKS", "20000"))
SEED = os.environ.get("CARDEA_ORACLE_SEED", "cardea")
EACH = 50


class Expander:
    def __init__(self):
        self.process = subprocess.Popen([os.path.join(BUILD, "tests/oracle/expand")],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, world):
        self.process.stdin.write(json.dumps(world) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def changes_of(zone, begin, end):
    """Instants in a window at which the zone's offset changes."""
    zone = zoneinfo.ZoneInfo(zone)

    def offset(at):
        return datetime.datetime.fromtimestamp(at, zone).utcoffset()

    found = []
    for low in range(begin, end, 86400):
        high = min(low + 86400, end)
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        found.append(high)
    return found


def instants(dice, world, intervals):
    """Where a mistake would be: at the ends of intervals, around changes of the zone, anywhere."""
    begin, end = world["from"], world["to"]
    edges = [edge for interval in intervals for edge in interval]
    found = [dice.choice(edges) - dice.randint(0, 1) for _ in range(EACH // 2 if edges else 0)]
    for change in changes_of(world["zone"], begin, end):
        found += [change + dice.randint(-7200, 7200) for _ in range(4)]
    found += [dice.randrange(begin, end) for _ in range(EACH)]
    return [at for at in found if begin <= at < end][:EACH]


def is_sound(intervals, world):
    ends = [end for interval in intervals for end in interval]
    return (all(one < other for one, other in zip(ends, ends[1:])) and
            (not ends or (world["from"] <= ends[0] and ends[-1] <= world["to"])))


def differences(expand, dice, world):
    """The instants at which they do not agree, and how many were asked."""
    intervals = expand(world)
    if not isinstance(intervals, list):
        return [f"refused: {intervals}"], 1
    if not is_sound(intervals, world):
        return ["not in order, or beyond the window"], 1
    last = datetime.datetime.fromtimestamp(world["to"] + 2 * 86400, datetime.timezone.utc).date()
    oracle = wall.Schedule(world["schedule"], world["special_days"], world["zone"], last)
    begins = [interval[0] for interval in intervals]
    wrong = []
    asked = instants(dice, world, intervals)
    for at in asked:
        index = bisect.bisect_right(begins, at) - 1
        is_active = index >= 0 and at < intervals[index][1]
        if is_active != oracle.is_active(at):
            wrong.append(f"at {at} the store says {is_active}")
    return wrong, len(asked)


def main():
    expand = Expander()
    dice = random.Random(SEED)
    asked = 0
    count_of_worlds = 0
    print("1..2")
    wrong = []
    while asked < CHECKS and len(wrong) < 3:
        world = worlds.world(dice)
        found, count = differences(expand, dice, world)
        asked += count
        count_of_worlds += 1
        if found:
            wrong.append(f"{found[0]} ({len(found)} of {count}): {json.dumps(world)}")
    print(f"{'not ok' if wrong else 'ok'} 1 - {asked} instants in {count_of_worlds} random worlds agree with "
          "the clock on the wall")
    for line in wrong:
        print(f"# {line}")
    is_clean = expand.close() == 0
    print(f"{'ok' if is_clean else 'not ok'} 2 - the expander ends as it should")
    return bool(wrong) or not is_clean


sys.exit(main())
