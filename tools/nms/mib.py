"""Reads our own MIB modules: enough of SMIv2 to make files for management systems of them.

It is no checker (tests/integration/test_mib_lint.py has real ones) and knows the shape that our
modules have: one definition after another, each ended by its OID.
"""

import glob
import os
import re
from dataclasses import dataclass, field

ROOTS = {"enterprises": (1, 3, 6, 1, 4, 1)}
DEFINITION = re.compile(r"^(\w+)[ \t]+(OBJECT-TYPE|NOTIFICATION-TYPE|OBJECT IDENTIFIER|OBJECT-IDENTITY"
                        r"|MODULE-IDENTITY)\b(.*?)::=\s*\{\s*(\w+)\s+(\d+)\s*\}", re.M | re.S)
CONVENTION = re.compile(r"^(\w+)\s*::=\s*TEXTUAL-CONVENTION\b(.*?)\bSYNTAX\s+(.*?)\n\s*\n",
                        re.M | re.S)
TRUTH = {"true": 1, "false": 2}


@dataclass
class Object:
    """One node. An object of a table has its index's names, and column is its number there."""
    name: str
    oid: tuple
    kind: str
    syntax: str = ""
    access: str = ""
    units: str = ""
    text: str = ""
    values: dict = field(default_factory=dict)
    index: list = field(default_factory=list)
    parent: str = ""
    module: str = ""

    @property
    def full_name(self):
        return f"{self.module}::{self.name}"

    @property
    def dotted(self):
        return ".".join(map(str, self.oid))

    @property
    def is_readable(self):
        return self.access in ("read-only", "read-write", "read-create")

    @property
    def is_command(self):
        return self.access == "read-write"

    @property
    def is_text(self):
        return bool(re.match(r"SnmpAdminString|DisplayString|OCTET STRING", self.syntax))

    @property
    def is_date(self):
        return self.syntax.startswith("DateAndTime")

    @property
    def is_counter(self):
        return self.syntax.startswith("Counter")


@dataclass
class Notification:
    """One kind of event; severity, alarm and change come from the events table."""
    name: str
    oid: tuple
    objects: list
    text: str
    kind: str
    module: str
    severity: str = ""
    alarm: str = ""
    change: str = ""


def squeeze(text):
    return " ".join(text.split())


def clause(name, body):
    found = re.search(rf'\b{name}\s+(?:"([^"]*)"|(\S+))', body)
    return squeeze(found[1] if found[1] is not None else found[2]) if found else ""


def numbers(syntax):
    found = re.search(r"\{(.*?)\}", syntax, re.S)
    return {name: int(value) for name, value in
            re.findall(r"([\w-]+)\s*\((\d+)\)", found[1])} if found else {}


class Mib:
    """All our modules together: objects and notifications by name."""

    def __init__(self, source):
        self.objects, self.notifications = {}, {}
        # SMI first: the others are below it.
        files = sorted(glob.glob(os.path.join(source, "mibs", "*.txt")), key=lambda one:
                       (not one.endswith("-SMI.txt"), not one.endswith("CARDEA-MIB.txt"), one))
        texts = []
        for path in files:
            with open(path, encoding="utf-8") as file:
                texts.append(file.read())
        self.modules = [re.search(r"^([\w-]+) DEFINITIONS", text, re.M)[1] for text in texts]
        self.conventions = {"TruthValue": TRUTH}
        for text in texts:
            for name, _, syntax in CONVENTION.findall(text):
                self.conventions[name] = numbers(syntax)
        for module, text in zip(self.modules, texts):
            for found in DEFINITION.findall(text):
                self.add(module, *found)
        self.read_events(os.path.join(source, "tests", "golden", "events.txt"))

    def oid_of(self, parent, number):
        above = ROOTS.get(parent) or (self.objects[parent].oid if parent in self.objects else None)
        return (*above, int(number)) if above else None

    def add(self, module, name, kind, body, parent, number):
        oid = self.oid_of(parent, number)
        if oid is None:
            return
        plain = re.sub(r"--(?!#)[^\n]*", "", body)
        text = clause("DESCRIPTION", plain)
        if kind == "NOTIFICATION-TYPE":
            objects = re.search(r"OBJECTS\s*\{(.*?)\}", plain, re.S)
            event = re.search(r'--#TYPE "(.*?)"', body)
            self.notifications[name] = Notification(
                name, oid, squeeze(objects[1]).replace(",", "").split() if objects else [], text,
                event[1] if event else "", module)
            return
        one = Object(name, oid, kind, text=text, parent=parent, module=module)
        if kind == "OBJECT-TYPE":
            found = re.search(r"SYNTAX\s+(.*?)\s+(?:UNITS|MAX-ACCESS)", plain, re.S)
            one.syntax = squeeze(found[1])
            one.access, one.units = clause("MAX-ACCESS", plain), clause("UNITS", plain)
            one.values = numbers(one.syntax) or self.conventions.get(one.syntax.split()[0], {})
            index = re.search(r"\bINDEX\s*\{(.*?)\}", plain, re.S)
            one.index = [word for word in squeeze(index[1]).replace(",", "").split()
                         if word != "IMPLIED"] if index else []
        self.objects[name] = one

    def read_events(self, path):
        """Severity and alarm of each kind of event; the order of the columns is the golden file's."""
        with open(path, encoding="utf-8") as file:
            rows = {row[1]: row for row in (line.split() for line in file) if len(row) >= 8}
        for one in self.notifications.values():
            if one.kind in rows:
                _, _, _, one.severity, _, change, alarm, *_ = rows[one.kind]
                if change != "-":
                    one.change, one.alarm = change, alarm

    def columns(self, table):
        """The columns of a table, in order of their numbers."""
        return sorted((one for one in self.objects.values() if one.parent == f"{table}Entry"),
                      key=lambda one: one.oid)

    def watched(self, table):
        """The columns of a row of watch.TABLES that tell a state, a measurement or what it is."""
        return [one for one in self.columns(table.prefix)
                if one.is_readable and not one.is_command and "Command" not in one.name
                and one.syntax.split()[0] not in ("TimeStamp", "RowPointer", "VariablePointer")
                and one.name not in table.leave_out and one.name != table.label]

    def index_of(self, table):
        return self.objects[f"{table}Entry"].index

    def pairs(self):
        """(alarm, raises, clears): notifications of each alarm by what they do to it."""
        alarms = {}
        for one in self.notifications.values():
            if one.alarm:
                alarms.setdefault(one.alarm, {"raise": [], "clear": []})[one.change].append(one)
        return [(name, changes["raise"], changes["clear"]) for name, changes in alarms.items()]
