"""Small and nasty worlds, and requests that nearly always hit something in them.

There is little of everything, so that things collide: cards that read as two formats, equal
numbers, PINs that confirm and open, limits at the very second that is asked about.
"""

import time

import cards
import decision

NOW = 1_800_000_000
DAY = decision.DAY
DOORS, POINTS, FLOORS = 2, 4, 4
CABIN = POINTS  # the point that is a cabin reader in some worlds
LEVELS = ["card", "pin", "card_or_pin", "card_and_pin", "two_cards"]
PINS = ["1234", "4321", "55555", "0000"]
ADMISSIONS = ["anybody", "nobody", "override"]


def text_of(at_s):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_s))


class Maker:
    """Makes one world and its requests from a source of chance."""

    def __init__(self, chance):
        self.chance = chance
        self.instants = [NOW]
        self.there = []  # formats that a card can be of
        self.formats = []  # those of them that are in use

    def is_so(self, percent):
        return self.chance.random() * 100 < percent

    def some(self, things, most=None):
        things = list(things)
        return self.chance.sample(things, self.chance.randint(0, min(len(things), most or 99)))

    def instant(self):
        """Near enough for requests to be before, at and behind it."""
        at_s = NOW + self.chance.choice([-90000, -3600, -60, -1, 0, 1, 60, 3600, 90000])
        self.instants.append(at_s)
        return at_s

    def limits(self, percent):
        start = self.instant() if self.is_so(percent) else None
        end = self.instant() if self.is_so(percent) else None
        if start is not None and end is not None and start >= end:
            start, end = end, start + 1
        return ["" if at is None else text_of(at) for at in (start, end)]

    # What is configured

    def settings(self):
        said = self.chance.sample(sorted(cards.FORMATS), self.chance.randint(3, 8))
        self.formats = [name for name in said if name in self.there] or ["h10301"]
        facilities = self.chance.sample(["1", "2", "3"], self.chance.randint(0, 2))
        return {"access.threat_level": self.chance.choice([0, 0, 0, 1, 2, 4]),
                "access.pin_attempts": self.chance.choice([1, 2, 5]),
                "access.pin_lock_time": self.chance.choice([1, 60]),
                "cards.formats": ",".join(said),
                "degraded.facilities": ",".join(facilities),
                "degraded.format": self.chance.choice(["h10301", "h10304", "custom-1"])}

    def schedule(self):
        edges = sorted({self.instant() for _ in range(self.chance.choice([2, 2, 4, 6, 0]))})
        return [[start, end] for start, end in zip(edges[::2], edges[1::2])]

    def schedule_or_always(self):
        return self.chance.choice([0, 0, 1, 2, 3])

    def rule(self):
        rule = {"access_points": self.some(range(1, POINTS + 1)),
                "doors": self.some(range(1, DOORS + 1)), "door_groups": self.some([1, 2]),
                "floors": self.some(range(1, FLOORS + 1)), "floor_groups": self.some([1, 2]),
                "schedule": self.schedule_or_always()}
        for name in self.some(["access_points", "doors", "door_groups", "floors", "floor_groups"]):
            rule[name] = []
        return rule

    def profile(self, number):
        return {"name": f"Profile {number}", "max_threat": self.chance.choice([0, 1, 4, 4, 4]),
                "rules": [self.rule() for _ in range(self.chance.choice([0, 1, 1, 2]))]}

    def assignments(self):
        given = []
        for profile in self.some([1, 2, 3], 2):
            start, end = self.limits(15)
            given.append({"profile": profile, "from": start, "to": end})
        return given

    def authentication(self, number):
        times = [{"level": self.chance.choice(LEVELS), "schedule": self.schedule_or_always()}
                 for _ in range(self.chance.choice([0, 0, 1, 2]))]
        threats = [{"level": self.chance.choice(LEVELS), "threat": threat}
                   for threat in self.some([1, 2, 3, 4], 2)]
        return {"name": f"Way {number}", "level": self.chance.choice(LEVELS), "times": times,
                "threats": threats if self.is_so(50) else []}

    def access_point(self, number):
        return {"name": f"Point {number}", "enabled": not self.is_so(3),
                "door": self.chance.randint(1, DOORS), "direction": self.chance.choice(["in", "out"]),
                "area_from": self.chance.choice([0, 1, 2]), "area_to": self.chance.choice([0, 1, 2]),
                "authentication": self.chance.choice([0, 1, 2, 3, 4])}

    def area(self, number):
        return {"name": f"Area {number}", "apb": self.chance.choice(["off", "soft", "hard"]),
                "apb_time": self.chance.choice([0, 0, 1, 60]),
                "capacity": self.chance.choice([0, 0, 1, 2, 3])}

    def interlock(self):
        return {"name": "Interlock", "max_open": self.chance.choice([1, 1, 2]),
                "doors": self.chance.sample(range(1, 5), self.chance.randint(2, 4))}

    def person(self, number):
        return {"name": f"Person {number}", "enabled": not self.is_so(8),
                "apb_exempt": self.is_so(15), "extended_time": self.is_so(30),
                "override_lockdown": self.is_so(40), "profiles": self.assignments(),
                "escort": self.chance.choice(["none", "none", "none", "escort", "needs_escort"])}

    def credential(self):
        start, end = self.limits(12)
        status = self.chance.choice(["lost", "stolen", "damaged", "expired", "locked_out",
                                     "disabled"]) if self.is_so(10) else "enabled"
        return {"person": self.chance.choice([0, 1, 1, 2, 2, 3]), "status": status,
                "valid_from": start, "valid_to": end, "profiles": self.assignments(),
                "doors": self.some(range(1, DOORS + 1)) if self.is_so(40) else [],
                "floors": self.some(range(1, FLOORS + 1)) if self.is_so(40) else [],
                "duress": self.is_so(25), "holder": "Somebody"}

    def card(self, known):
        """A card, often one whose bits another format reads as well."""
        if known and self.is_so(40):
            other = self.chance.choice(known)
            bits = cards.encode(decision.format_of(other), other["facility"], other["card"])
            names = [name for name in self.there
                     if cards.FORMATS[name][0] == len(bits) and cards.decode(name, bits)]
            names = [name for name in names if name in self.formats] or names
            name = self.chance.choice(names)
            facility, number = cards.decode(name, bits)
        else:
            name = self.chance.choice(self.formats if self.is_so(95) else self.there)
            facility = self.chance.randint(1, 3) if cards.FORMATS[name][1] else 0
            number = self.chance.randint(1, 3)
        is_own = name in cards.OWN
        return {**self.credential(), "type": "card", "duress": False,
                "format": self.chance.choice(["h10301", "uid32"]) if is_own else name,
                "card_format": int(name.removeprefix("custom-")) if is_own else 0,
                "facility": facility, "card": number}

    def pin(self):
        pin = {**self.credential(), "type": "pin", "alone": self.is_so(50),
               "pin": self.chance.choice(PINS)}
        pin["person"] = pin["person"] or (0 if pin["alone"] else 1)
        return pin

    def credentials(self):
        made, seen = [], set()
        for _ in range(self.chance.randint(4, 12)):
            one = self.pin() if self.is_so(40) else self.card([o for o in made if "card" in o])
            key = ((decision.format_of(one), one["facility"], one["card"]) if "card" in one
                   else (one["pin"], 0 if one["alone"] else one["person"]))
            if key not in seen:
                seen.add(key)
                made.append(one)
        return made

    def world(self):
        def numbered(things):
            return {str(number): thing for number, thing in enumerate(things, 1)}

        has_cabin = self.is_so(30)
        own = self.some(cards.OWN)
        self.there = [name for name in sorted(cards.FORMATS)
                      if name not in cards.OWN or name in own]
        objects = {
            "card_format": {name.removeprefix("custom-"): cards.own_object(name) for name in own},
            "settings": self.settings(),
            "schedule": numbered(self.schedule() for _ in range(3)),
            "door": numbered({"name": f"Door {number}"} for number in range(1, DOORS + 1)),
            "door_group": numbered({"name": "Group", "doors": self.some(range(1, DOORS + 1))}
                                   for _ in range(2)),
            "floor": numbered({"name": "Floor", "module": 1, "output": number,
                               "reader": CABIN if self.is_so(70) else 8}
                              for number in range(1, FLOORS + 1)) if has_cabin else {},
            "floor_group": numbered({"name": "Group", "floors": self.some(range(1, FLOORS + 1))}
                                    for _ in range(2)),
            "access_point": numbered(map(self.access_point, range(1, POINTS + 1))),
            "access_profile": numbered(map(self.profile, range(1, 4))),
            "area": numbered(map(self.area, range(1, 3))),
            "authentication": numbered(map(self.authentication, range(1, 4))),
            "interlock": numbered(self.interlock() for _ in range(self.chance.choice([0, 0, 1, 2]))),
            "person": numbered(map(self.person, range(1, 4))),
            "credential": numbered(self.credentials())}
        compiled_s = NOW + self.chance.choice([-3600, -3600, -1, 0, 80000, DAY, DAY + 1, 90000])
        window_end_s = NOW + self.chance.choice([400 * DAY, 400 * DAY, 1, 3600])
        self.instants += [compiled_s - DAY, window_end_s]
        world = {"objects": objects, "compiled_s": compiled_s, "window_end_s": window_end_s,
                 "is_damaged": self.is_so(4), "places": self.places(),
                 "wrong_pins": self.wrong_pins(objects)}
        return world

    # What is live

    def places(self):
        return [[person, self.chance.choice([0, 1, 2]), self.instant() - self.chance.choice(
            [0, 59, 60, 61, 3599, 3600, 3601])] for person in self.some([1, 2, 3])]

    def wrong_pins(self, objects):
        who = [["credential", int(number)] for number in objects["credential"]]
        who += [["reader", number] for number in range(1, POINTS + 1)]
        return [[*one, self.chance.randint(1, 5), self.chance.choice([0, 1000])]
                for one in self.some(who, 3)] if self.is_so(40) else []

    def bits(self, world):
        known = [one for one in world["objects"]["credential"].values() if one["type"] == "card"]
        if not known or self.is_so(4):
            name = self.chance.choice(sorted(cards.FORMATS))
            return cards.encode(name, self.chance.randint(0, 3) if cards.FORMATS[name][1] else 0,
                                self.chance.randint(0, 4))
        one = self.chance.choice(known)
        bits = cards.encode(decision.format_of(one), one["facility"], one["card"])
        if self.is_so(4):
            turned = self.chance.randrange(len(bits))
            bits = bits[:turned] + "10"[int(bits[turned])] + bits[turned + 1:]
        if self.is_so(2):
            bits = self.chance.choice(["", bits[1:], bits + "0", "1" * 65])
        return bits

    def shown_pin(self, world):
        known = [one["pin"] for one in world["objects"]["credential"].values()
                 if one["type"] == "pin"]
        return self.chance.choice(known) if known and self.is_so(80) else self.chance.choice(PINS)

    def request(self, world):
        has_card = not self.is_so(15)
        return {"point": self.chance.randint(1, POINTS),
                "card": self.bits(world) if has_card else None,
                "pin": self.shown_pin(world) if not has_card or self.is_so(60) else None,
                "companion": self.bits(world) if has_card and self.is_so(60) else None,
                "now_s": self.chance.choice(self.instants) + self.chance.choice([-1, 0, 0, 1]),
                "now_us": self.chance.choice([0, 999_999, 1_000_000, 1_001_000, 60_000_999,
                                              60_001_000, 70_000_000]),
                "is_reader_good": not self.is_so(2),
                "admissions": [ADMISSIONS[0] if self.is_so(85) else self.chance.choice(ADMISSIONS)
                               for _ in range(4)],
                "open_doors": self.some(range(1, 5), 3) if self.is_so(30) else []}
