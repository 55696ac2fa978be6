"""Who may pass, decided slowly from the objects themselves, by docs/access.md alone.

Nothing here was taken from the evaluator in C: where both agree, two readers of that page do.
"""

import calendar
import time

import cards

DAY = 86400


class Denied(Exception):
    """The first step that fails."""


class Waits(Exception):
    """The step that needs something more."""


def seconds(text):
    """'' is no limit."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) if text else None


def format_of(credential):
    """Of a card; its own format counts before a built-in one."""
    own = credential.get("card_format")
    return f"custom-{own}" if own else credential["format"]


class World:
    """What does not change between requests."""

    def __init__(self, world):
        self.objects = world["objects"]
        self.settings = self.objects["settings"]
        self.world = world

    def all(self, kind):
        return {int(number): thing for number, thing in self.objects.get(kind, {}).items()}

    def get(self, kind, number):
        return self.objects.get(kind, {}).get(str(number))

    def is_time_known(self, now):
        return self.world["compiled_s"] - DAY <= now < self.world["window_end_s"]

    def is_active(self, schedule, now):
        """Of a time that is known."""
        return not schedule or any(start <= now < end
                                   for start, end in self.get("schedule", schedule) or [])

    def cabin_floors(self, point):
        return {number for number, floor in self.all("floor").items() if floor["reader"] == point}

    def formats(self):
        """Those in use that are there."""
        return [name for name in self.settings["cards.formats"].split(",") if self.has(name)]

    def has(self, name):
        return name not in cards.OWN or self.get("card_format", name.removeprefix("custom-"))

    # Steps 2 and 3

    def read(self, bits):
        """All that the bits may be, in order: (format, facility, number)."""
        fitting = [name for name in self.formats() if cards.FORMATS[name][0] == len(bits)]
        if not fitting:
            raise Denied("UnknownFormat")
        found = [(name, *values) for name in fitting if (values := cards.decode(name, bits))]
        if not found:
            raise Denied("BadParity")
        return found

    def holder_of(self, card):
        if self.world["is_damaged"]:
            return 0
        for number, credential in self.all("credential").items():
            if credential["type"] == "card" and card == (
                    format_of(credential), credential["facility"], credential["card"]):
                return number
        return 0

    def person_of(self, credential):
        return self.get("person", self.get("credential", credential)["person"])

    # Steps 4 and 5

    def check_credential(self, number, now):
        credential, person = self.get("credential", number), self.person_of(number)
        if credential["status"] not in ("enabled", "expired") or person and not person["enabled"]:
            raise Denied("CredentialNotEnabled")
        if credential["status"] == "expired":
            raise Denied("CredentialExpired")
        start, end = seconds(credential["valid_from"]), seconds(credential["valid_to"])
        if start is None and end is None:
            return
        if not self.is_time_known(now):
            raise Denied("ClockInvalid")
        if start is not None and now < start:
            raise Denied("CredentialNotActive")
        if end is not None and now >= end:
            raise Denied("CredentialExpired")

    # Step 8

    def rules_of(self, credential):
        """Everything that is given: (rule, threat up to which, from, to)."""
        own, person = self.get("credential", credential), self.person_of(credential)
        yield {"doors": own["doors"], "floors": own["floors"]}, 9, None, None
        for given in own["profiles"] + (person["profiles"] if person else []):
            profile = self.get("access_profile", given["profile"])
            for rule in profile["rules"]:
                yield rule, profile["max_threat"], seconds(given["from"]), seconds(given["to"])

    def is_door_named(self, rule, point):
        door = self.get("access_point", point)["door"]
        groups = [self.get("door_group", group) for group in rule.get("door_groups", [])]
        return (point in rule.get("access_points", []) or door in rule.get("doors", [])
                or any(door in group["doors"] for group in groups if group))

    def floors_named(self, rule, point):
        floors = set(rule.get("floors", []))
        for number in rule.get("floor_groups", []):
            group = self.get("floor_group", number)
            floors |= set(group["floors"] if group else [])
        return floors & self.cabin_floors(point)

    def given(self, credential, point, now):
        """The floors that are given now, or {0} for the door; or why not."""
        is_cabin, threat = bool(self.cabin_floors(point)), self.settings["access.threat_level"]
        got, is_named, needs_time = set(), False, False
        for rule, most, start, end in self.rules_of(credential):
            named = (self.floors_named(rule, point) if is_cabin
                     else {0} if self.is_door_named(rule, point) else set())
            if not named:
                continue
            is_named = True
            if threat > most:
                continue
            schedule = rule.get("schedule", 0)
            if schedule or start is not None or end is not None:
                if not self.is_time_known(now):
                    needs_time = True
                    continue
                if (start is not None and now < start or end is not None and now >= end
                        or not self.is_active(schedule, now)):
                    continue
            got |= named
        if got:
            return got
        raise Denied("ClockInvalid" if needs_time
                     else "NotPermittedAtThisTime" if is_named else "Unauthorized")

    # Step 9

    def level_of(self, point, now):
        authentication = self.get("authentication", self.get("access_point", point)["authentication"])
        if not authentication:
            return "card"
        reached = [entry for entry in authentication["threats"]
                   if entry["threat"] <= self.settings["access.threat_level"]]
        if reached:
            return max(reached, key=lambda entry: entry["threat"])["level"]
        for entry in authentication["times"]:
            if not entry["schedule"] or (self.is_time_known(now)
                                         and self.is_active(entry["schedule"], now)):
                return entry["level"]
        return authentication["level"]


class Decision:
    """One request; result() is what the evaluator is compared with."""

    def __init__(self, world, request):
        self.world, self.request = world, request
        self.point, self.now = request["point"], request["now_s"]
        self.access_point = world.get("access_point", self.point)
        self.floors_here = world.cabin_floors(self.point)
        self.card = None
        self.credential = self.companion = self.person_id = 0
        self.person = None
        self.floors = set()
        self.flags = set()

    def result(self):
        verdict, reason = "granted", None
        self.identify()
        try:
            self.decide()
        except Denied as why:
            verdict, reason = "denied", str(why)
        except Waits as what:
            verdict = str(what)
        is_granted = verdict == "granted"
        card = self.card and (cards.shown(self.card[0]), *self.card[1:])
        return {"verdict": verdict, "reason": reason, "card": card,
                "credential": self.credential, "companion": self.companion,
                "floors": sorted(self.floors) if is_granted else [], "flags": sorted(self.flags)}

    def identify(self):
        """Whose it is, which an event says whatever the reason."""
        try:
            if self.request["card"] is not None:
                self.find_card()
        except Denied:
            pass

    def decide(self):
        self.check_point()
        self.level = self.world.level_of(self.point, self.now)
        if self.world.world["is_damaged"]:
            self.check_facility()
            return
        if self.request["card"] is None and self.level not in ("pin", "card_or_pin"):
            raise Waits("wants_card")
        if self.request["card"] is None:
            self.check_lockout("reader", self.point)
            self.find_code()
        else:
            self.find_card()
        self.person_id = self.world.get("credential", self.credential)["person"]
        self.person = self.world.person_of(self.credential)
        self.world.check_credential(self.credential, self.now)
        if self.request["card"] is not None:
            self.check_lockout("credential", self.credential)
        self.check_door()
        self.floors = self.world.given(self.credential, self.point, self.now) - {0}
        self.check_pin()
        self.check_anti_passback()
        self.check_second_person()
        self.check_interlocks()
        self.check_capacity()
        if self.person and self.person["extended_time"]:
            self.flags.add("extended")

    def check_point(self):
        if not self.access_point or not self.access_point["enabled"] or not (
                self.access_point["door"] or self.floors_here):
            raise Denied("DoorBlocked")
        if not self.request["is_reader_good"]:
            raise Denied("ReaderInsecure")

    def check_facility(self):
        """Degraded mode."""
        settings = self.world.settings
        facilities = [int(code) for code in settings["degraded.facilities"].split(",") if code]
        bits = self.request["card"]
        if bits is not None:
            self.world.read(bits)
        if bits is None or self.floors_here or not facilities:
            raise Denied("Other")
        name = settings["degraded.format"]
        is_fitting = self.world.has(name) and len(bits) == cards.FORMATS[name][0]
        values = cards.decode(name, bits) if is_fitting else None
        if not values or values[0] not in facilities:
            raise Denied("FacilityMismatch")
        self.card = (name, *values)
        self.flags.add("degraded")
        self.check_door()
        self.check_interlocks()
        self.check_capacity()

    def find_card(self):
        found = self.world.read(self.request["card"])
        self.card = next((card for card in found if self.world.holder_of(card)), found[0])
        self.credential = self.world.holder_of(self.card)
        if not self.credential:
            raise Denied("InvalidIdentifierValue")

    def pins(self):
        return {number: pin for number, pin in self.world.all("credential").items()
                if pin["type"] == "pin" and pin["pin"] == self.request["pin"]}

    def find_code(self):
        for number, pin in self.pins().items():
            if pin["alone"]:
                self.credential = number
                self.flags.add("pin_right")
                if pin["duress"]:
                    self.flags.add("duress")
                return
        self.flags.add("pin_wrong")
        raise Denied("InvalidIdentifierValue")

    def check_lockout(self, *who):
        settings = self.world.settings
        for kind, number, wrong, at_us in self.world.world["wrong_pins"]:
            until_us = at_us + settings["access.pin_lock_time"] * 1000000
            if ((kind, number) == who and wrong >= settings["access.pin_attempts"]
                    and self.request["now_us"] < until_us):
                raise Denied("PinLocked")

    def check_door(self):
        if self.floors_here:
            return
        admits = self.request["admissions"][self.access_point["door"] - 1]
        if admits == "nobody":
            raise Denied("DoorBlocked")
        if admits == "override" and not (self.person and self.person["override_lockdown"]):
            raise Denied("Lockdown")

    def check_pin(self):
        if self.request["card"] is None or self.level not in ("pin", "card_and_pin"):
            return
        if self.request["pin"] is None:
            raise Waits("wants_pin")
        # Of a person's equal PINs the one that confirms counts.
        for number, pin in sorted(self.pins().items(), key=lambda item: item[1]["alone"]):
            try:
                self.world.check_credential(number, self.now)
            except Denied:
                continue
            if self.person and pin["person"] == self.person_id:
                self.flags.add("pin_right")
                if pin["duress"]:
                    self.flags.add("duress")
                return
        self.flags.add("pin_wrong")
        raise Denied("InvalidPIN")

    def place_of(self, person_id):
        for person, area, since in self.world.world["places"]:
            if person == person_id:
                return area, since
        return None, 0

    def check_anti_passback(self):
        leaves, enters = self.access_point["area_from"], self.access_point["area_to"]
        area = self.world.get("area", enters or leaves)
        if self.floors_here or not area or area["apb"] == "off":
            return
        if not self.person or self.person["apb_exempt"]:
            return
        place, since = self.place_of(self.person_id)
        if place is None or area["apb_time"] and self.now - since >= area["apb_time"] * 60:
            return
        if not (enters and place == enters or leaves and place != leaves):
            return
        if area["apb"] == "hard":
            raise Denied("AntiPassbackViolation")
        self.flags.add("apb_violation")

    def check_second_person(self):
        needs_escort = bool(self.person and self.person["escort"] == "needs_escort")
        if self.level != "two_cards" and not needs_escort:
            return
        if self.request["companion"] is None:
            raise Waits("wants_escort" if needs_escort else "wants_second")
        other = self.second_person()
        if needs_escort and not (other and other["escort"] == "escort"):
            raise Denied("EscortMissing")
        if not other:
            raise Denied("SecondPersonMissing")

    def second_person(self):
        """Whoever is let in with the first, or None."""
        try:
            found = self.world.read(self.request["companion"])
            card = next((card for card in found if self.world.holder_of(card)), None)
            if not card:
                return None
            self.companion = self.world.holder_of(card)
            self.world.check_credential(self.companion, self.now)
            self.world.given(self.companion, self.point, self.now)
        except Denied:
            return None
        person_id = self.world.get("credential", self.companion)["person"]
        if self.companion == self.credential or person_id and person_id == self.person_id:
            return None
        return self.world.get("person", person_id) or {"escort": "none"}

    def check_interlocks(self):
        door = self.access_point["door"]
        for interlock in self.world.all("interlock").values():
            others = [other for other in interlock["doors"]
                      if other != door and other in self.request["open_doors"]]
            if (not self.floors_here and door in interlock["doors"]
                    and len(others) >= interlock["max_open"]):
                raise Denied("Interlock")

    def check_capacity(self):
        enters = self.access_point["area_to"]
        area = self.world.get("area", enters)
        if self.floors_here or not area or not area["capacity"]:
            return
        entering = [self.person_id]
        if self.companion:
            entering.append(self.world.get("credential", self.companion)["person"])
        entering = [person for person in entering if self.place_of(person)[0] != enters]
        inside = [area_of for _, area_of, _ in self.world.world["places"] if area_of == enters]
        if entering and len(inside) + len(entering) > area["capacity"]:
            raise Denied("AreaFull")
