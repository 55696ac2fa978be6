"""What a controller was asked, has answered and has told: what must be there after a power cut.

    ledger = Ledger(random.Random(seed))
    life = Life(connect)
    ledger.meet(life)                     # everything that was promised before is there
    ledger.drive(life, Goal(answers=20))  # changes under way, several at a time
    ...                                   # the cut
    ledger.drain(life)                    # what it had said before counts

The store takes the calls of one connection in their order. So after a cut everything is as it was
after one of them: not before the last that was answered, and not behind the last that was asked.
"""

import collections
import time

from inspection import (AUDIT, CHAIN, FOLLOWER, NAMED_BY, NOTHING, Audit, Inspection, Promise,
                        by_name, chain, read_objects)
from life import ANSWER_SECONDS, Gone, Refused

ACK_EVERY = 25
GOAL_SECONDS = 60
OBJECTS_MAX, OVERLAP_MAX = 30, 8
FACILITY = 200
DOORS = 4
TEXT = "Ada Grace Edsger Barbara Leslie Zoë Łukasz 李 "


class Goal:
    """When the power fails: after so many answers, events, cards, or calls that were just asked."""

    def __init__(self, **wanted):
        self.wanted = wanted
        self.done = collections.Counter()

    def is_reached(self):
        return any(self.done[what] >= count for what, count in self.wanted.items())


class Change:
    """One call that gives the thing of this name these fields; None: it is removed, and with a
    person everything that is the person's.
    """

    def __init__(self, name, fields, method, params):
        self.name, self.fields, self.method, self.params = name, fields, method, params
        self.asked_at = self.answered_at = None

    def person(self):
        """The id of the one that is removed, if any."""
        is_removal = self.fields is None and self.params["kind"] == "person"
        return self.params["id"] if is_removal else None

    def apply(self, state):
        if self.fields is None:
            state.pop(self.name, None)
            for name in owned(state, self.person()):
                del state[name]
        else:
            state[self.name] = {**state.get(self.name, {}), **self.fields}


def owned(state, person):
    return [name for name, fields in state.items() if person and fields.get("person") == person]


def count_answered(changes, at=float("inf")):
    """Up to the last one that was answered by then; those before it were made before it."""
    return max((number for number, change in enumerate(changes, 1)
                if change.answered_at is not None and change.answered_at <= at), default=0)


class Ledger:
    """mark() says how far a medium is, so that a promise can be had of any moment in between."""

    def __init__(self, random, mark=lambda: 0):
        self.random, self.mark = random, mark
        self.base, self.audit = None, None
        self.changes, self.waiting = [], {}
        self.told, self.told_before, self.told_at = {}, {}, []  # hashes by seq; (mark, event)
        self.ids = {}  # of this ledger's cards and persons that are there, by name
        self.removed_persons = set()
        self.last_number = self.acknowledged = self.met_at = 0
        self.asked = self.answered = 0
        self.on_event = lambda event: None

    # After a start

    def promise(self, at=None):
        """Of now, or of a mark in this life."""
        if at is None:
            return Promise(self.base, self.changes, count_answered(self.changes), dict(self.told))
        changes = [change for change in self.changes if change.asked_at <= at]
        told = {event["seq"]: self.told[event["seq"]] for mark, event in self.told_at if mark <= at}
        answered = count_answered(changes, at)
        return Promise(self.base, changes, answered, {**self.told_before, **told})

    def audit_of(self, at=float("inf")):
        """What the events say that were told up to a mark: no follower is told them again."""
        audit = self.audit.copy()
        for mark, event in self.told_at:
            if mark <= at:
                audit.take(event)
        return audit

    def inspect(self, life, at):
        """A copy of the controller as of a mark; nothing of it counts for later."""
        inspection = Inspection(life, self.promise(at), self.audit_of(at))
        findings = inspection.run()
        # Before it was met, its log had not yet said what it was found to be.
        if at >= self.met_at:
            findings += [(AUDIT, text) for text in inspection.audit.complaints]
        return findings

    def meet(self, life):
        """Returns what a controller that has just started did not keep; it counts from here on."""
        if self.base is None:
            objects = read_objects(life.calls)
            self.base, self.audit = by_name(objects), Audit(objects, 0)
        promise, audit = self.promise(), self.audit_of()
        # What only this life tells was not on the medium when it began.
        self.told_before, self.told_at = dict(self.told), []
        inspection = Inspection(life, promise, audit, self.note_event)
        findings = inspection.run() + [(AUDIT, text) for text in inspection.audit.complaints]
        found = inspection.objects
        self.base, self.audit = by_name(found), Audit(found, inspection.seq)
        self.ids = {f"{kind} {value[NAMED_BY[kind]]}": number
                    for (kind, number), value in found.items() if kind == "person" or
                    kind == "credential" and value["facility"] == FACILITY}
        self.removed_persons.clear()
        self.changes, self.waiting = [], {}
        self.told = {seq: text for seq, text in inspection.hashes.items() if seq <= inspection.seq}
        self.told_before = {seq: self.told[seq] for seq in self.told_before if seq in self.told}
        self.acknowledged, self.met_at = inspection.seq, self.mark()
        return findings

    def note_event(self, event, claimed):
        self.told[event["seq"]] = claimed
        self.told_at.append((self.mark(), event))
        self.on_event(event)

    # Under load

    def text(self, most):
        """At least one byte and at most so many."""
        text = "".join(self.random.choices(TEXT, k=self.random.randint(1, most)))
        return text.encode()[:most].decode(errors="ignore").strip() or "x"

    def card_fields(self):
        doors = self.random.sample(range(1, DOORS + 1), self.random.randint(0, DOORS))
        return {"holder": self.text(40), "doors": sorted(doors),
                "status": self.random.choice(["enabled", "enabled", "lost"])}

    def known(self, kind):
        """The name of one that is there, or None."""
        names = [name for name in self.ids if name.startswith(kind)]
        return self.random.choice(names) if names else None

    def create(self, kind, **fields):
        return Change(f"{kind} {fields[NAMED_BY[kind]]}", fields, "object.create",
                      {"kind": kind, "object": fields})

    def create_card(self):
        self.last_number += 1
        person = self.random.choice([None, self.known("person")])
        owner = {"person": self.ids[person]} if person else {}
        return self.create("credential", card=self.last_number, facility=FACILITY,
                           **self.card_fields(), **owner)

    def create_person(self):
        self.last_number += 1
        return self.create("person", name=self.text(60), reference=f"P{self.last_number}")

    def change_card(self):
        name, fields = self.known("credential"), self.card_fields()
        if not name:
            return self.create_card()
        return Change(name, fields, "object.change",
                      {"kind": "credential", "id": self.ids[name], "object": fields})

    def remove_card(self):
        name = self.known("credential")
        if not name:
            return self.create_card()
        return Change(name, None, "object.remove", {"kind": "credential", "id": self.ids.pop(name)})

    def remove_person(self):
        """With all cards, those among them whose creation is still under way."""
        name = self.known("person")
        if not name:
            return self.create_person()
        person = self.ids.pop(name)
        self.removed_persons.add(person)
        for card in owned(self.state(), person):
            self.ids.pop(card, None)
        return Change(name, None, "object.remove",
                      {"kind": "person", "id": person, "with": "credentials"})

    def state(self):
        """Once everything is done that was asked."""
        *_, state = self.promise().states(0)
        return state

    def change_door(self):
        door = self.random.randint(1, DOORS)
        fields = {"name": self.text(12), "access_time": self.random.randint(1, 60)}
        return Change(f"door {door}", fields, "object.change",
                      {"kind": "door", "id": door, "object": fields})

    def change_settings(self):
        fields = {"system.location": self.text(60), "system.name": self.text(30),
                  "alarm.motion_hold_off": self.random.randint(1, 3600)}
        return Change("settings", fields, "settings.set", {"values": fields})

    def next_change(self):
        if len(self.ids) >= OBJECTS_MAX:
            return self.random.choice([self.remove_card, self.remove_person])()
        return self.random.choice([self.create_card, self.create_card, self.create_person,
                                   self.change_card, self.change_card, self.remove_card,
                                   self.remove_person, self.change_door, self.change_settings])()

    def ask(self, life, change):
        change.asked_at = self.mark()
        self.changes.append(change)
        self.waiting[life.calls.ask(change.method, **change.params)] = change
        self.asked += 1

    def take_answer(self, message):
        change = self.waiting.pop(message.get("id"), None)
        if change is None:
            return False
        if "error" in message:
            raise Refused(f"{change.method} {change.params}: {message['error']}")
        change.answered_at = self.mark()
        self.answered += 1
        if self.is_to_be_changed(change):
            self.ids[change.name] = message["result"]["id"]
        return True

    def is_to_be_changed(self, change):
        """Something new that is still there, and not somebody else's card."""
        return (change.method == "object.create"
                and change.fields.get("person") not in self.removed_persons
                and change.fields.get("facility", FACILITY) == FACILITY)

    def take_event(self, message):
        """A gap is found at once by whoever follows."""
        if "event" not in message:
            return None
        event, seq = message["event"], message["event"]["seq"]
        if chain(self.told.get(seq - 1, NOTHING), event) != message["hash"]:
            raise Refused(f"{CHAIN}: event {seq} came behind {max(self.told, default=0)}")
        self.note_event(event, message["hash"])
        return event

    def take(self, life, line):
        """Counter of what there was."""
        taken = collections.Counter()
        for message in line.take():
            if line is life.calls:
                taken["answers"] += self.take_answer(message)
                continue
            event = self.take_event(message)
            if event:
                taken["events"] += 1
                taken["cards"] += event["kind"].startswith("access.")
        return taken

    def drive(self, life, goal, nudge=lambda: None, overlap=OVERLAP_MAX):
        """Up to so many changes under way, until the goal is reached; nudge() may do more."""
        deadline = time.monotonic() + GOAL_SECONDS
        while not goal.is_reached():
            if time.monotonic() > deadline:
                raise Gone(f"{goal.wanted} is not reached, only {dict(goal.done)}")
            for _ in range(self.random.randint(0, max(0, overlap - len(self.waiting)))):
                self.ask(life, self.next_change())
                goal.done["asked"] += 1
                if goal.is_reached():
                    return
            nudge()
            ready = life.lines_with_more(ANSWER_SECONDS if self.waiting else 0.01)
            if not ready and self.waiting:
                raise Gone("the controller does not answer")
            for line in ready:
                goal.done.update(self.take(life, line))
            self.acknowledge(life)

    def acknowledge(self, life):
        head = max(self.told_at[-1][1]["seq"] if self.told_at else 0, self.acknowledged)
        if head - self.acknowledged > ACK_EVERY:
            self.acknowledged = head
            life.follower.ask("ack", name=FOLLOWER, seq=head)

    def drain(self, life):
        """What had been said before the cut and was not read yet was said."""
        for line in (life.calls, life.follower):
            try:
                while True:
                    self.take(life, line)
            except Gone:
                line.close()
