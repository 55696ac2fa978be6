#!/usr/bin/env python3
"""What RFC 4181 and our own rules want of the MIB modules beyond what smilint sees, and that the
tree in docs/snmp.md is that of the modules."""
import os
import re
import subprocess
import sys

SOURCE = os.environ.get("CARDEA_SRCDIR", os.path.dirname(os.path.abspath(__file__)) + "/../..")
sys.path.insert(0, os.path.join(SOURCE, "tools"))

from nms import mib  # noqa: E402

MODULES = mib.Mib(SOURCE)
READABLE = [one for one in MODULES.objects.values() if one.is_readable]
# Numbers that name something and measure nothing.
NAMES = re.compile("(Door|Module|Output|Reader|Port|Address|Block|Input|Index|Size"
                   "|EntryAlarm|Oldest|Newest|EventNumber)$")
# The low half of an event's number may be 0.
FROM_ZERO = {"cardeaEventEntryNumber"}
# What never changes while the controller runs.
CONSTANT = {"cardeaLimitTable"}


def texts():
    for name in sorted(os.listdir(os.path.join(SOURCE, "mibs"))):
        if name.endswith(".txt"):
            with open(os.path.join(SOURCE, "mibs", name), encoding="utf-8") as file:
                yield name, file.read()


def tables():
    return sorted(name for name in MODULES.objects if name + "Entry" in MODULES.objects
                  or name.endswith("Table"))


def test_every_number_has_its_unit():
    numbers = r"(Counter(32|64)|Gauge32|Unsigned32|Integer32)\b"
    return [one.name for one in READABLE if re.match(numbers, one.syntax) and not one.units
            and not NAMES.search(one.name)]


def test_every_table_says_when_it_and_its_rows_have_changed():
    """But those of events and notifications, whose rows never change."""
    wrong = []
    for table in tables():
        columns = [one.name for one in MODULES.columns(table.removesuffix("Table"))]
        what = table.removesuffix("Table")
        if table in CONSTANT or what.startswith(("cardeaEvent", "cardeaNotification")):
            continue
        if not any(re.search("LastChange(UpTime)?$", name) for name in columns) \
                and not any(re.search("(Raised|Time)$", name) for name in columns):
            wrong.append(f"{table}: its rows")
        if f"{table}LastChange" not in MODULES.objects:
            wrong.append(table)
    return wrong


def test_no_name_is_used_twice():
    seen, twice = set(), []
    for module, text in texts():
        for name in re.findall(r"^([a-z]\w+)[ \t]+(?:[A-Z-]+-(?:TYPE|IDENTITY|GROUP|COMPLIANCE)"
                               r"|OBJECT IDENTIFIER)\b", text, re.M):
            twice += [f"{module}: {name}"] if name in seen else []
            seen.add(name)
    return twice


def test_no_name_is_longer_than_64_characters():
    """RFC 4181, section 4.4 wants 32 where it can be; RFC 2578 ends at 64."""
    return [name for name in [*MODULES.objects, *MODULES.notifications] if len(name) > 64]


def test_what_is_written_has_a_range_or_a_size():
    bounded = re.compile(r"INTEGER \{|TestAndIncr|TruthValue|\(")
    return [one.name for one in READABLE if one.is_command and not bounded.search(one.syntax)]


def test_every_enumeration_begins_at_1_but_where_a_standard_says_otherwise():
    return [one.name for one in READABLE
            if one.values and min(one.values.values()) not in (0, 1)]


def test_indexes_of_numbers_are_never_0_but_where_0_is_named():
    wrong = []
    for table in tables():
        for name in MODULES.index_of(table.removesuffix("Table")):
            index = MODULES.objects.get(name)
            if index and name not in FROM_ZERO and re.match(r"Unsigned32", index.syntax) \
                    and not re.search(r"\([1-9]", index.syntax):
                wrong.append(name)
    return wrong


def test_revisions_are_in_order_and_the_newest_is_the_last_update():
    wrong = []
    for module, text in texts():
        updated = re.search(r'LAST-UPDATED "(\w+)"', text)[1]
        revisions = re.findall(r'REVISION "(\w+)"', text)
        if revisions != sorted(revisions, reverse=True) or revisions[:1] != [updated]:
            wrong.append(module)
    return wrong


def test_the_tree_in_the_documentation_is_that_of_the_modules():
    done = subprocess.run([sys.executable, "-B", os.path.join(SOURCE, "tools", "mib-tree"),
                           "--check"], capture_output=True, text=True, check=False, timeout=60)
    return done.stdout.splitlines() if done.returncode else []


def main():
    tests = [value for name, value in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failures = 0
    for number, test in enumerate(tests, 1):
        wrong = test()
        failures += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {number} - {test.__name__}")
        for line in wrong:
            print(f"# {line}")
    return 1 if failures else 0


sys.exit(main())
