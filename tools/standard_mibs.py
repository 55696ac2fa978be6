#!/usr/bin/env python3
"""Modules of the IETF for checking what is answered: what their objects may be, and a text of them
that Net-SNMP reads.

Debian's main has no text of ENTITY-MIB and its like, but python3-pysnmp4-mibs has them compiled to
Python. It is read here, not run: the packages that would run it are not needed. What comes out is
for checks alone: descriptions, groups and compliances are left out.

  standard_mibs.py DIRECTORY MODULE...   writes the texts, with those that they import
"""
import ast
import os
import sys

SOURCE = "/usr/lib/python3/dist-packages/pysnmp_mibs"
# What Debian's erlang-snmp has as text.
TEXTS = {"SNMPv2-SMI", "SNMPv2-TC", "SNMPv2-CONF", "SNMPv2-MIB", "SNMP-FRAMEWORK-MIB",
         "INET-ADDRESS-MIB", "SNMP-TARGET-MIB", "SNMP-NOTIFICATION-MIB"}
BASE = {"Integer": "INTEGER", "OctetString": "OCTET STRING",
        "ObjectIdentifier": "OBJECT IDENTIFIER", "Bits": "BITS"}
SMI = {"Integer32", "Unsigned32", "Gauge32", "Counter32", "Counter64", "TimeTicks", "IpAddress",
       "Opaque"}
ACCESS = {"noaccess": "not-accessible", "readonly": "read-only", "readwrite": "read-write",
          "readcreate": "read-create", "notifyonly": "accessible-for-notify"}
ISO = (1,)
# Conventions of those that come as text: base, enumeration, ranges, sizes.
KNOWN = {"SnmpAdminString": ("OctetString", {}, [], [(0, 255)]),
         "DateAndTime": ("OctetString", {}, [], [(8, 8), (11, 11)]),
         "TruthValue": ("Integer", {1: "true", 2: "false"}, [], []),
         "TimeStamp": ("TimeTicks", {}, [], []),
         "AutonomousType": ("ObjectIdentifier", {}, [], []),
         "RowPointer": ("ObjectIdentifier", {}, [], []),
         "RowStatus": ("Integer", {1: "active", 2: "notInService", 3: "notReady",
                                   4: "createAndGo", 5: "createAndWait", 6: "destroy"}, [], []),
         "InetAddress": ("OctetString", {}, [], [(0, 255)]),
         "InetAddressType": ("Integer", {0: "unknown", 1: "ipv4", 2: "ipv6", 3: "ipv4z",
                                         4: "ipv6z", 16: "dns"}, [], [])}


def is_available(name="ENTITY-MIB"):
    return os.path.exists(os.path.join(SOURCE, f"{name}.py"))


class Syntax:
    """A type: its name, and what narrows it, which for a convention may be its base's."""

    def __init__(self, name):
        self.name, self.hint, self.enums = name, None, {}
        self.ranges, self.sizes = [], []

    def constrain(self, node):
        """ValueRangeConstraint(1,7), ConstraintsUnion(...), Base.subtypeSpec+... and so on."""
        if isinstance(node, ast.BinOp):
            self.constrain(node.right)
        elif isinstance(node, ast.Call):
            kind = node.func.id
            if kind == "NamedValues":
                self.enums = {number: word for word, number in map(ast.literal_eval, node.args)}
            elif kind == "ValueRangeConstraint":
                self.ranges.append(tuple(map(ast.literal_eval, node.args)))
            elif kind == "ValueSizeConstraint":
                self.sizes.append(tuple(map(ast.literal_eval, node.args)))
            else:
                for argument in node.args:
                    if isinstance(argument, ast.Call):
                        self.constrain(argument)

    def text(self):
        name = BASE.get(self.name, self.name)
        if self.enums:
            words = ", ".join(f"{word}({number})" for number, word in sorted(self.enums.items()))
            return f"{name} {{ {words} }}"
        spans = [f"{low}..{high}" for low, high in self.ranges or self.sizes]
        if self.ranges:
            return f"{name} ({' | '.join(spans)})"
        return f"{name} (SIZE ({' | '.join(spans)}))" if spans else name


def unchain(node):
    """Kind(a).one(b).two(c) as [("Kind", [a], {}), ("one", [b], {}), ...]"""
    calls = []
    while isinstance(node, ast.Call):
        words = {keyword.arg: keyword.value for keyword in node.keywords}
        if isinstance(node.func, ast.Name):
            return [(node.func.id, node.args, words), *reversed(calls)]
        calls.append((node.func.attr, node.args, words))
        node = node.func.value
    return []


def read_syntax(node):
    (name, _, _), *more = unchain(node)
    syntax = Syntax(name)
    for _, _, words in more:
        for constraint in words.values():
            syntax.constrain(constraint)
    return syntax


class Object:
    def __init__(self, name, calls):
        kind, arguments, _ = calls[0]
        more = {call: given for call, given, _ in calls[1:]}
        self.name, self.kind = name, kind
        self.oid = ast.literal_eval(arguments[0])
        self.syntax = read_syntax(arguments[1]) if len(arguments) > 1 else None
        self.access = ACCESS[ast.literal_eval(more["setMaxAccess"][0])] \
            if "setMaxAccess" in more else "not-accessible"
        self.index = [ast.literal_eval(one) for one in more.get("setIndexNames", [])]


class Module:
    def __init__(self, name):
        self.name, self.imports, self.conventions, self.objects = name, {}, {}, []
        with open(os.path.join(SOURCE, f"{name}.py"), encoding="utf-8") as file:
            body = ast.parse(file.read()).body
        for statement in body:
            if isinstance(statement, ast.ClassDef):
                self.add_convention(statement)
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
                module, *names = map(ast.literal_eval, statement.value.args)
                self.imports.update(dict.fromkeys(names, module))
            elif isinstance(statement, ast.Assign):
                self.add(statement.targets[0].id, unchain(statement.value))

    def add_convention(self, statement):
        syntax = self.conventions[statement.name] = Syntax(statement.bases[-1].id)
        for line in statement.body:
            if not isinstance(line, ast.Assign):
                continue
            what = line.targets[0].id
            if what == "displayHint":
                syntax.hint = ast.literal_eval(line.value)
            elif what == "fixedLength":
                length = ast.literal_eval(line.value)
                syntax.sizes.append((length, length))
            else:
                syntax.constrain(line.value)

    def add(self, name, calls):
        if calls[0][0].startswith("Mib") or calls[0][0] == "NotificationType":
            self.objects.append(Object(name, calls))

    def resolve(self, syntax):
        """The syntax with what its conventions narrow: (base, enumeration, ranges, sizes)."""
        enums, ranges, sizes = syntax.enums, syntax.ranges, syntax.sizes
        module = self
        while syntax.name not in BASE and syntax.name not in SMI:
            if syntax.name in KNOWN:
                base, *known = KNOWN[syntax.name]
                return base, enums or known[0], ranges or known[1], sizes or known[2]
            if syntax.name not in module.conventions:
                module = load(module.imports[syntax.name])
            syntax = module.conventions[syntax.name]
            enums, ranges = enums or syntax.enums, ranges or syntax.ranges
            sizes = sizes or syntax.sizes
        return syntax.name, enums, ranges, sizes

    def rows(self):
        return {one.oid: one for one in self.objects if one.kind == "MibTableRow"}

    def text(self):
        lines, wanted = [], {}

        def need(name):
            module = "SNMPv2-SMI" if name in SMI else self.imports.get(name)
            if module and name not in BASE:
                wanted.setdefault(module, set()).add(name)

        for name, syntax in self.conventions.items():
            need(syntax.name)
            hint = f'DISPLAY-HINT "{syntax.hint}" ' if syntax.hint else ""
            lines.append(f"{name} ::= TEXTUAL-CONVENTION {hint}STATUS current DESCRIPTION \"\" "
                         f"SYNTAX {syntax.text()}")
        for one in self.objects:
            if one.syntax:
                need(one.syntax.name)
            for _, module, name in one.index:
                if module != self.name:
                    wanted.setdefault(module, set()).add(name)
            lines.append(self.define(one))
        imports = " ".join(f"{', '.join(sorted(names))} FROM {module}"
                           for module, names in sorted(wanted.items()))
        return (f"{self.name} DEFINITIONS ::= BEGIN\nIMPORTS MODULE-IDENTITY, OBJECT-TYPE, "
                "NOTIFICATION-TYPE FROM SNMPv2-SMI TEXTUAL-CONVENTION FROM SNMPv2-TC "
                f"{imports};\n" + "\n".join(lines) + "\nEND\n")

    def define(self, one):
        # Net-SNMP wants each OID by its parent's name; what has none is written as a path.
        names = {other.oid: other.name for other in self.objects}
        parent = max((oid for oid in names if oid == one.oid[:len(oid)] and oid != one.oid),
                     key=len, default=ISO)
        place = f"::= {{ {names.get(parent, 'iso')} {' '.join(map(str, one.oid[len(parent):]))} }}"
        end = 'STATUS current DESCRIPTION "" '
        if one.kind in ("MibScalar", "MibTableColumn"):
            return (f"{one.name} OBJECT-TYPE SYNTAX {one.syntax.text()} "
                    f"MAX-ACCESS {one.access} {end}{place}")
        if one.kind == "MibTable":
            row = self.rows()[one.oid + (1,)].name
            return (f"{one.name} OBJECT-TYPE SYNTAX SEQUENCE OF {row[0].upper()}{row[1:]} "
                    f"MAX-ACCESS not-accessible {end}{place}")
        if one.kind == "MibTableRow":
            return self.define_row(one, end, place)
        if one.kind == "NotificationType":
            return f"{one.name} NOTIFICATION-TYPE {end}{place}"
        return f"{one.name} OBJECT IDENTIFIER {place}"

    def define_row(self, row, end, place):
        type_name = row.name[0].upper() + row.name[1:]
        columns = [one for one in self.objects if one.oid[:-1] == row.oid]
        members = ", ".join(f"{one.name} {BASE.get(one.syntax.name, one.syntax.name)}"
                            for one in columns)
        index = ", ".join(("IMPLIED " if implied else "") + name for implied, _, name in row.index)
        index = f"INDEX {{ {index} }} " if index else ""
        return (f"{row.name} OBJECT-TYPE SYNTAX {type_name} MAX-ACCESS not-accessible "
                f"{end}{index}{place}\n{type_name} ::= SEQUENCE {{ {members} }}")


LOADED = {}


def load(name):
    if name not in LOADED:
        LOADED[name] = Module(name)
    return LOADED[name]


def write(directory, names):
    """Writes the texts of the modules and of those that they import."""
    os.makedirs(directory, exist_ok=True)
    waiting, done = list(names), set(TEXTS) | {"ASN1", "ASN1-ENUMERATION", "ASN1-REFINEMENT"}
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        module = load(name)
        with open(os.path.join(directory, f"{name}.txt"), "w", encoding="utf-8") as file:
            file.write(module.text())
        waiting += module.imports.values()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    write(sys.argv[1], sys.argv[2:])
