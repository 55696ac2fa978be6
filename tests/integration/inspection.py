"""Whether a controller that has just started keeps what it promised before the power failed."""

import hashlib
import json
import time

FOLLOWER = "syslog.inspection"
NOTHING = "0" * 64
WINDOW = 2000
SETTLE_SECONDS = 0.5
SHOWN_MAX = 5
# The kinds that are changed, and what tells one from another.
NAMED_BY = {"credential": "card", "door": "id", "person": "reference"}

# What may be found, in the words of the tests.
LOST = "an answered change is missing"
HALF = "an object is half-written"
AUDIT = "the changes and their events differ"
TOLD = "a told event is missing or another"
CHAIN = "the chain is broken"
DECISION = "a decision that was shown is missing or doubled"


def none_of(findings, *kinds):
    """The assertion that nothing of these kinds is among (kind, text)."""
    found = [text for kind, text in findings if kind in kinds]
    for text in found[:SHOWN_MAX]:
        print(f"# {text}")
    if found:
        raise AssertionError(f"{len(found)} times: {', '.join(kinds)}")


class Promise:
    """The state after changes[least:], no matter how many more of them, and the told events."""

    def __init__(self, base, changes, least, told):
        self.base, self.changes, self.least = base, changes, least
        self.told = told  # {seq: hash}
        self.head = max(told, default=0)

    def states(self, least):
        """What there may be after so many changes or more."""
        state = dict(self.base)
        for number, change in enumerate(self.changes):
            if number >= least:
                yield dict(state)
            change.apply(state)
        yield state


class Audit:
    """What the log says that objects and settings are; before is what they were at event seq.
    complaints are about events that tell of a change of something that was not so: twice told, or
    of another order.
    """

    def __init__(self, before, seq):
        self.objects, self.seq = dict(before), seq
        self.complaints = []

    def take(self, event):
        if event["seq"] <= self.seq:
            return
        self.seq = event["seq"]
        data, kind = event["data"], event["kind"]
        if kind == "setting.changed":
            self.expect(event, self.objects.get(("setting", data["setting"])))
            self.objects["setting", data["setting"]] = data["new"]
        elif kind.startswith("object."):
            self.take_object((data["object"], data["id"]), event)

    def expect(self, event, before):
        if event["data"].get("old") != before:
            self.complaints.append(f"event {event['seq']} says '{event['text']}' of what was "
                                   f"{before}")

    def take_object(self, key, event):
        kind, data, before = event["kind"], event["data"], self.objects.get(key)
        self.expect(event, before.get(data["field"]) if before and "field" in data else before)
        if kind == "object.created":
            self.objects[key] = data["new"]
        elif kind == "object.changed":
            self.objects[key] = {**(before or {}), data["field"]: data["new"]}
        elif kind == "object.removed":
            self.objects.pop(key, None)

    def copy(self):
        return Audit(self.objects, self.seq)


def chain(previous, event):
    """The hash of an event: RFC 8785, for what events are made of."""
    text = json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()


def read_objects(calls):
    """{(kind, id): object} of the kinds that are changed here, and the settings."""
    found = {}
    for kind in NAMED_BY:
        after = 0
        while after is not None:
            page = calls.call("object.list", kind=kind, after=after)
            for each in page["objects"]:
                found[kind, each.pop("id")] = each
            after = page.get("next")
    for name, value in calls.call("settings.get")["values"].items():
        found["setting", name] = value
    return found


def by_name(objects):
    """The same as a ledger names it, which does not know ids beforehand; settings together."""
    state = {"settings": {}}
    for (kind, number), value in objects.items():
        if kind == "setting":
            state["settings"][number] = value
        else:
            state[f"{kind} {value.get(NAMED_BY[kind], number)}"] = value
    return state


def is_as(wanted, found):
    """A thing may have fields that nobody named; a thing that is not there is None."""
    if wanted is None or found is None:
        return wanted is found
    return all(found.get(key) == value for key, value in wanted.items())


def contrast(found, wanted):
    """What differs of two, so that a message can be read."""
    if not isinstance(found, dict) or not isinstance(wanted, dict):
        return found, wanted
    keys = [key for key in sorted(found.keys() | wanted.keys())
            if found.get(key) != wanted.get(key)]
    return {key: found.get(key) for key in keys}, {key: wanted.get(key) for key in keys}


def differences(wanted, found):
    return [name for name in sorted(wanted.keys() | found.keys())
            if not is_as(wanted.get(name), found.get(name))]


class Inspection:
    """life is that of the controller; on_event gets the events that nobody had been told, each with
    its hash.
    """

    def __init__(self, life, promise, audit, on_event=lambda event, claimed: None):
        self.life, self.promise, self.audit = life, promise, audit
        self.on_event = on_event
        self.findings = []
        self.hashes = {0: NOTHING, **promise.told}
        self.seq = 0
        self.objects = {}

    def find(self, kind, text):
        self.findings.append((kind, text))

    def run(self):
        self.follow()
        self.objects = read_objects(self.life.calls)
        self.compare_objects()
        self.compare_audit()
        return self.findings

    def follow(self):
        """From the durable cursor on, which may lag and must not lead."""
        answer = self.life.follower.call("follow", stream="events", name=FOLLOWER, after=0,
                                         window=WINDOW)
        self.seq = answer["after"]
        head = self.life.calls.call("status")["log"]["head"]
        if head < self.promise.head:
            self.find(TOLD, f"the log ends with {head}, but {self.promise.head} had been told")
        if self.seq not in self.hashes:
            self.find(TOLD, f"the follower goes on behind {self.seq}, which it was never told")
        while self.seq < head:
            self.read_events()

    def read_events(self):
        for message in self.life.follower.take():
            if "event" in message:
                self.take(message["event"], message["hash"])
        self.life.follower.ask("ack", name=FOLLOWER, seq=self.seq)

    def take(self, event, claimed):
        seq = event["seq"]
        if seq != self.seq + 1:
            self.find(CHAIN, f"event {seq} follows {self.seq}")
        elif self.seq in self.hashes and chain(self.hashes[self.seq], event) != claimed:
            self.find(CHAIN, f"event {seq} does not fit the one before")
        told = self.promise.told.get(seq)
        if told not in (None, claimed):
            self.find(TOLD, f"event {seq} is not the one that was told")
        self.seq = seq
        self.hashes[seq] = claimed
        self.audit.take(event)
        if not told:
            self.on_event(event, claimed)

    def compare_objects(self):
        found = by_name(self.objects)
        states = list(self.promise.states(self.promise.least))
        if any(not differences(state, found) for state in states):
            return
        for name in differences(states[0], found):
            is_whole = any(is_as(state.get(name), found.get(name))
                           for state in self.promise.states(0))
            is_now, was_made = contrast(found.get(name), states[0].get(name))
            self.find(LOST if is_whole else HALF,
                      f"{name} is {is_now}, the last answer made it {was_made}")

    def compare_audit(self):
        """Neither may be without the other; the log is given a moment to catch up."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while self.audit.objects != self.objects:
            if not self.life.follower.has_more(max(0.0, deadline - time.monotonic())):
                break
            self.read_events()
        said, found = self.audit.objects, self.objects
        for key in sorted(said.keys() | found.keys(), key=str):
            if said.get(key) != found.get(key):
                is_now, is_said = contrast(found.get(key), said.get(key))
                self.find(AUDIT, f"{key[0]} {key[1]} is {is_now}, by the log it is {is_said}")
