#!/usr/bin/env python3
"""People at readers: what each is let through, asked for and refused, and what is kept of it."""

import os

from harness import check, run, wait_for

FACILITY = 118


def last_seq(rig):
    return rig.events()[-1]["seq"]


def create(rig, kind, **fields):
    return rig.rpc("object.create", kind=kind, object=fields)["id"]


def change(rig, kind, number, **fields):
    rig.rpc("object.change", kind=kind, id=number, object=fields)


def person(rig, name, card=None, pin=None, duress=None, **fields):
    """A person with a card, a PIN that confirms it, and a duress PIN."""
    number = create(rig, "person", name=name, **fields)
    if card:
        create(rig, "credential", person=number, facility=FACILITY, card=card)
    if pin:
        create(rig, "credential", person=number, type="pin", pin=pin)
    if duress:
        create(rig, "credential", person=number, type="pin", pin=duress, duress=True)
    return number


def badge(rig, reader, card):
    seq = last_seq(rig)
    rig.board("badge", reader, "--facility", FACILITY, "--card", card)
    return seq


def type_keys(rig, reader, keys):
    seq = last_seq(rig)
    rig.board("type", reader, keys)
    return seq


def granted(rig, seq, **data):
    return rig.wait_event("access.granted", after=seq, **data)


def denied(rig, seq, reason, **data):
    event = rig.wait_event("access.denied", after=seq, **data)
    check(event["reason"] == reason, f"the reason is {event['reason']}")
    return event


def go_through(rig, door):
    """Whoever was let in opens the door and lets it fall shut."""
    seq = last_seq(rig)
    rig.board("set", f"door{door}.contact", "open")
    event = rig.wait_event("access.taken", after=seq, door=door)
    rig.board("set", f"door{door}.contact", "closed")
    rig.wait_event("door.position", after=event["seq"], door=door, state="closed")
    return event


class World:
    """What the tests share: a profile for everything, and who is known by which number."""
    profile = 0


def test_a_profile_opens_what_its_rules_name(rig):
    everything = create(rig, "door_group", name="Everything", doors=[1, 2, 3, 4])
    World.profile = create(rig, "access_profile", name="Staff",
                           rules=[{"door_groups": [everything]}])
    only = create(rig, "access_profile", name="Front", rules=[{"access_points": [1]}])
    person(rig, "Ada", card=1, profiles=[{"profile": World.profile}])
    person(rig, "Grace", card=2, profiles=[{"profile": only}])
    granted(rig, badge(rig, 3, 1), door=2, holder="Ada")
    granted(rig, badge(rig, 1, 2), door=1, holder="Grace")
    denied(rig, badge(rig, 3, 2), "Unauthorized", door=2)


def test_what_would_be_decided_is_explained_and_nothing_happens(rig):
    seq = last_seq(rig)
    answer = rig.rpc("access.explain", _socket="door.sock", _client="store", point=3,
                     card={"format": "h10301", "facility": FACILITY, "card": 2})
    check(answer["decision"] == "denied" and answer["reason"] == "Unauthorized", f"{answer}")
    steps = answer["steps"]
    check([step["step"] for step in steps] == list(range(1, 9)), f"the steps are {steps}")
    check([step["result"] for step in steps][-1] == "failed", f"the last step is {steps[-1]}")
    check(answer["holder"] == "Grace", f"it is about {answer['holder']}")
    check(not [event for event in rig.events() if event["seq"] > seq], "something has happened")


def test_a_disabled_person_opens_nothing_and_a_lost_card_neither(rig):
    number = person(rig, "Alan", card=3, profiles=[{"profile": World.profile}])
    granted(rig, badge(rig, 1, 3), holder="Alan")
    change(rig, "person", number, enabled=False)
    denied(rig, badge(rig, 1, 3), "CredentialNotEnabled", holder="Alan")
    change(rig, "person", number, enabled=True)
    [card] = [each["id"] for each in rig.rpc("object.list", kind="credential", limit=200)["objects"]
              if each.get("card") == 3]
    change(rig, "credential", card, status="lost")
    denied(rig, badge(rig, 1, 3), "CredentialNotEnabled", holder="Alan")
    change(rig, "credential", card, status="enabled", valid_to="2001-01-01T00:00:00Z")
    denied(rig, badge(rig, 1, 3), "CredentialExpired", holder="Alan")
    change(rig, "credential", card, valid_to="", valid_from="2100-01-01T00:00:00Z")
    denied(rig, badge(rig, 1, 3), "CredentialNotActive", holder="Alan")


def test_a_card_and_its_pin_open_and_a_wrong_one_does_not(rig):
    asked = create(rig, "authentication", name="Card and PIN", level="card_and_pin")
    change(rig, "access_point", 5, authentication=asked)
    person(rig, "Edsger", card=4, pin="2718", duress="9999",
           profiles=[{"profile": World.profile}])
    badge(rig, 5, 4)
    granted(rig, type_keys(rig, 5, "2718#"), door=3, holder="Edsger", shown="card_and_pin")
    badge(rig, 5, 4)
    denied(rig, type_keys(rig, 5, "2719#"), "InvalidPIN", holder="Edsger")
    # The code may come first, too.
    type_keys(rig, 5, "2718#")
    granted(rig, badge(rig, 5, 4), door=3, holder="Edsger")


def test_a_duress_pin_opens_and_raises_a_silent_alarm(rig):
    badge(rig, 5, 4)
    seq = type_keys(rig, 5, "9999#")
    granted(rig, seq, door=3, holder="Edsger")
    event = rig.wait_event("access.duress", after=seq, holder="Edsger")
    check(event["severity"] == 1, f"its severity is {event['severity']}")


def test_five_wrong_pins_lock_the_card_out(rig):
    rig.ctl("settings", "set", "access.pin_attempts=2")
    seq = last_seq(rig)
    for _ in range(2):
        badge(rig, 5, 4)
        denied(rig, type_keys(rig, 5, "1111#"), "InvalidPIN", holder="Edsger")
    rig.wait_event("access.pin_locked", after=seq, holder="Edsger")
    denied(rig, badge(rig, 5, 4), "PinLocked", holder="Edsger")
    rig.ctl("settings", "set", "access.pin_attempts=5")


def test_a_pin_that_opens_by_itself_needs_no_card(rig):
    asked = create(rig, "authentication", name="PIN", level="card_or_pin")
    change(rig, "access_point", 7, authentication=asked)
    number = create(rig, "person", name="Barbara", profiles=[{"profile": World.profile}])
    create(rig, "credential", person=number, type="pin", pin="314159", alone=True)
    granted(rig, type_keys(rig, 7, "314159#"), door=4, holder="Barbara", shown="pin")
    seq = type_keys(rig, 7, "314158#")
    event = rig.wait_event("access.unknown_pin", after=seq, door=4)
    check(event["reason"] == "InvalidIdentifierValue", f"the reason is {event['reason']}")


def wrong_code(rig, reader):
    rig.wait_event("access.unknown_pin", after=type_keys(rig, reader, "1111#"))


def test_a_right_code_ends_the_count_of_its_keypad_and_a_locked_out_one_takes_none(rig):
    rig.ctl("settings", "set", "access.pin_attempts=2")
    seq = last_seq(rig)
    for _ in range(2):
        granted(rig, type_keys(rig, 7, "314159#"), holder="Barbara")
        wrong_code(rig, 7)
    check(not [event for event in rig.events() if event["seq"] > seq
               and event["kind"] == "access.pin_locked"], "it is locked out too soon")
    wrong_code(rig, 7)
    rig.wait_event("access.pin_locked", after=seq)
    # Nobody learns by trying on which codes there are.
    event = rig.wait_event("access.unknown_pin", after=type_keys(rig, 7, "314159#"))
    check(event["reason"] == "PinLocked" and "holder" not in event["data"], f"{event}")
    rig.ctl("settings", "set", "access.pin_attempts=5")


def test_a_code_that_nobody_asked_for_does_not_end_the_count_of_a_card(rig):
    rig.ctl("settings", "set", "access.pin_attempts=2")
    person(rig, "Niklaus", card=9, pin="2222", profiles=[{"profile": World.profile}])
    seq = last_seq(rig)
    badge(rig, 5, 9)
    denied(rig, type_keys(rig, 5, "1111#"), "InvalidPIN", holder="Niklaus")
    type_keys(rig, 1, "1234#")
    granted(rig, badge(rig, 1, 9), door=1, holder="Niklaus")
    badge(rig, 5, 9)
    denied(rig, type_keys(rig, 5, "1111#"), "InvalidPIN", holder="Niklaus")
    rig.wait_event("access.pin_locked", after=seq, holder="Niklaus")
    rig.ctl("settings", "set", "access.pin_attempts=5")


def test_no_pin_is_in_any_event_or_object(rig):
    with open(f"{rig.run_dir}/access.bin", "rb") as file:
        table = file.read()
    text = repr(rig.events()) + repr(rig.rpc("object.list", kind="credential", limit=200))
    for secret in ("2718", "314159", "9999#"):
        check(f"'{secret}'" not in text and f'"{secret}"' not in text, f"{secret} can be read")
    check(b"314159" not in table, "a PIN is in the access table")


def test_two_cards_are_of_two_persons_and_one_alone_waits_in_vain(rig):
    rig.ctl("settings", "set", "access.factor_time=2")
    asked = create(rig, "authentication", name="Two", level="two_cards")
    change(rig, "access_point", 5, authentication=asked)
    person(rig, "Tony", card=6, profiles=[{"profile": World.profile}])
    badge(rig, 5, 1)
    event = granted(rig, badge(rig, 5, 6), door=3, holder="Ada")
    check(event["data"]["companion"]["holder"] == "Tony", f"{event['data']}")
    badge(rig, 5, 1)
    denied(rig, badge(rig, 5, 1), "SecondPersonMissing", holder="Ada")
    denied(rig, badge(rig, 5, 1), "SecondPersonMissing", holder="Ada")


def test_who_needs_an_escort_comes_in_with_one_only(rig):
    change(rig, "access_point", 5, authentication=0)
    person(rig, "Visitor", card=7, escort="needs_escort", profiles=[{"profile": World.profile}])
    person(rig, "Guide", card=8, escort="escort", profiles=[{"profile": World.profile}])
    badge(rig, 5, 7)
    denied(rig, badge(rig, 5, 1), "EscortMissing", holder="Visitor")
    badge(rig, 5, 7)
    granted(rig, badge(rig, 5, 8), door=3, holder="Visitor")


def test_anti_passback_moves_with_accesses_that_are_taken(rig):
    area = create(rig, "area", name="Lab", apb="hard", capacity=2)
    change(rig, "access_point", 3, area_to=area)
    change(rig, "access_point", 4, area_from=area, direction="out", door=2)
    # A grant that nobody uses moves nobody.
    for _ in range(2):
        granted(rig, badge(rig, 3, 1), door=2, holder="Ada")
        rig.ctl("door", "lock", 2)
        rig.ctl("door", "release", 2)
    granted(rig, badge(rig, 3, 1), door=2, holder="Ada")
    taken = go_through(rig, 2)
    check(taken["data"]["area"] == area, f"{taken['data']}")
    denied(rig, badge(rig, 3, 1), "AntiPassbackViolation", holder="Ada")
    # It survives the door role.
    seq = last_seq(rig)
    rig.kill("door")
    rig.wait_event("reader.secured", after=seq, reader=3)
    denied(rig, badge(rig, 3, 1), "AntiPassbackViolation", holder="Ada")
    granted(rig, badge(rig, 4, 1), door=2, holder="Ada")
    go_through(rig, 2)
    granted(rig, badge(rig, 3, 1), door=2, holder="Ada")
    go_through(rig, 2)


def test_a_full_area_takes_nobody_more(rig):
    granted(rig, badge(rig, 3, 6), door=2, holder="Tony")
    go_through(rig, 2)
    denied(rig, badge(rig, 3, 8), "AreaFull", holder="Guide")


def inside(rig, area):
    return sorted(each["name"] for each in rig.rpc("presence.list", area=area)["persons"])


def test_who_is_inside_survives_a_loss_of_power(rig):
    check(inside(rig, 1) == ["Ada", "Tony"], f"inside are {inside(rig, 1)}")
    # The store dies with what it has not written yet; the board takes all of tmpfs with it.
    seq = last_seq(rig)
    rig.kill("store")
    os.unlink(f"{rig.run_dir}/door.presence")
    rig.kill("door")
    rig.wait_event("reader.secured", after=seq, reader=3)
    wait_for(lambda: rig.snapshot().get("control", {}).get("online"), "the store to be back")
    check(inside(rig, 1) == ["Ada", "Tony"], f"inside are {inside(rig, 1)}")
    denied(rig, badge(rig, 3, 1), "AntiPassbackViolation", holder="Ada")


def test_one_person_or_everybody_can_be_forgotten(rig):
    [ada] = [each["person"] for each in rig.rpc("presence.list")["persons"]
             if each["name"] == "Ada"]
    seq = last_seq(rig)
    rig.rpc("presence.forget", person=ada)
    event = rig.wait_event("access.apb_reset", after=seq, person=ada)
    check(event["category"] == "audit", f"it is {event['category']}")
    check(inside(rig, 1) == ["Tony"], f"inside are {inside(rig, 1)}")
    granted(rig, badge(rig, 3, 1), door=2, holder="Ada")
    rig.rpc("presence.forget")
    check(inside(rig, 1) == [], f"inside are {inside(rig, 1)}")


def test_a_card_that_nobody_ends_with_a_pin_is_told(rig):
    change(rig, "access_point", 5, authentication=1)
    seq = badge(rig, 5, 1)
    rig.wait_event("access.timeout", after=seq, holder="Ada", wanted="PIN")


if __name__ == "__main__":
    run(__name__)
