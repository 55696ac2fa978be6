#!/usr/bin/env python3
"""Card formats of an administrator's own: made, put in use, read at a reader, named by events."""

from harness import check, refused, run, wait_for
from test_refusals import ADMINISTRATOR, login, request

GATE = {"name": "Gate", "bits": 32, "facility_first": 1, "facility_bits": 12, "number_first": 13,
        "number_bits": 18, "parity": [{"bit": 0, "covers": "1-16"},
                                      {"bit": 31, "odd": True, "covers": "15-30"}],
        "vectors": [{"bits": "A691BBAA", "facility": 1234, "number": 56789}]}
ADA = "A691BBAA"
# The same but for its first bit, and the next number.
WRONG_PARITY = "2691BBAA"
NOBODY = "A691BBAC"


def make(rig, kind, **fields):
    return rig.rpc("object.create", kind=kind, object=fields)["id"]


def badge(rig, bits, count=32):
    """The event of a card with these bits at reader 1."""
    seq = rig.events()[-1]["seq"]
    rig.board("badge", 1, "--bits", bits, "--bit-count", count)
    return wait_for(lambda: next((event for event in rig.events() if event["seq"] > seq
                                  and event["kind"].startswith("access.")
                                  and event["data"].get("shown") == "card"), None),
                    "the decision at the reader")


def use(rig, formats):
    rig.ctl("settings", "set", f"cards.formats={formats}")


def test_a_format_whose_known_card_is_another_is_refused(rig):
    wrong = {**GATE, "vectors": [{"bits": ADA, "facility": 1234, "number": 1}]}
    said = refused(lambda: make(rig, "card_format", **wrong), "bad_params")
    check("entry 1: its bits are facility 1234, number 56789" in str(said), f"{said}")
    said = refused(lambda: make(rig, "card_format", **{**GATE, "vectors": []}), "bad_params")
    check("one known card at least" in str(said), f"{said}")


def test_a_card_of_an_own_format_is_let_in_once_the_format_is_in_use(rig):
    rig.format = make(rig, "card_format", **GATE)
    rig.card = make(rig, "credential", holder="Ada Lovelace", card_format=rig.format,
                    facility=1234, card=56789, doors=[1])
    event = badge(rig, ADA)
    check(event["reason"] == "UnknownFormat" and event["data"]["bits"] == ADA.lower(), f"{event}")
    use(rig, f"h10301,custom-{rig.format}")
    event = badge(rig, ADA)
    check(event["kind"] == "access.granted", f"{event}")
    check(event["actor"] == "card:Gate:1234:56789", f"the actor is {event['actor']}")
    data = event["data"]
    check((data["format"], data["facility"], data["card"]) == ("Gate", 1234, 56789), f"{data}")
    check(data["credential"] == rig.card, f"{data}")


def test_what_is_read_of_an_own_format_is_explained(rig):
    answer = rig.rpc("access.explain", point=1, credential=rig.card)
    check(answer["decision"] == "granted", f"{answer}")
    answer = rig.rpc("access.explain", point=1, format=f"custom-{rig.format}", facility=1234,
                     card=56789)
    check(answer["decision"] == "granted" and answer["credential"] == rig.card, f"{answer}")
    check(answer["steps"][1]["text"] == "Gate, facility 1234, number 56789", f"{answer}")
    refused(lambda: rig.rpc("access.explain", point=1, format="custom-9", card=1), "bad_params")


def test_wrong_parity_and_unknown_lengths_keep_their_bits(rig):
    event = badge(rig, WRONG_PARITY)
    check(event["reason"] == "BadParity", f"{event}")
    check(event["data"]["bits"] == WRONG_PARITY.lower() and event["data"]["bit_count"] == 32,
          f"{event}")
    event = badge(rig, ADA + "80", 33)
    check(event["reason"] == "UnknownFormat", f"{event}")
    check(event["data"]["bits"] == (ADA + "80").lower(), f"{event}")


def test_of_an_own_and_a_built_in_format_of_one_length_the_order_decides(rig):
    use(rig, f"custom-{rig.format},wiegand32")
    check(badge(rig, NOBODY)["data"]["format"] == "Gate", "the own format is first")
    use(rig, f"wiegand32,custom-{rig.format}")
    check(badge(rig, NOBODY)["data"]["format"] == "wiegand32", "the built-in one is first")
    check(badge(rig, ADA)["data"]["format"] == "Gate", "who has the card comes before the order")


def test_one_that_is_not_there_is_passed_over(rig):
    use(rig, f"custom-9,custom-{rig.format}")
    check(badge(rig, ADA)["kind"] == "access.granted", "the format behind it is tried")
    status, said = rig.ctl("settings", "set", "cards.formats=custom-17", check=False)
    check(status == 1 and "cards.formats" in said, said)


def test_a_format_in_use_keeps_its_shape_and_may_be_renamed(rig):
    said = refused(lambda: rig.rpc("object.change", kind="card_format", id=rig.format,
                                   object={"parity": [], "vectors": [
                                       {"bits": WRONG_PARITY, "facility": 1234,
                                        "number": 56789}]}), "conflict")
    check("credentials use it" in str(said), f"{said}")
    refused(lambda: rig.rpc("object.remove", kind="card_format", id=rig.format), "conflict")
    rig.rpc("object.change", kind="card_format", id=rig.format, object={"name": "West gate"})
    check(badge(rig, ADA)["actor"] == "card:West gate:1234:56789", "the new name")


def test_cardeactl_makes_one_too(rig):
    rig.ctl("object", "create", "card_format", "name=Short", "bits=20", "number_first=4",
            "number_bits=16", "ones=0-3", 'vectors:=[{"bits":"F00070","number":7}]')
    made = [one for one in rig.ctl("object", "list", "card_format") if one["name"] == "Short"]
    check(len(made) == 1 and made[0]["ones"] == "0-3", f"{made}")
    status, said = rig.ctl("object", "create", "card_format", "name=Long", "bits=20",
                           "number_first=4", "number_bits=17",
                           'vectors:=[{"bits":"F00070","number":7}]', check=False)
    check(status == 1 and "bits 4 to 20, of a card that ends with bit 19" in said, said)


def test_the_rest_interface_makes_and_removes_one(rig):
    status, _, body = request(rig, "POST", "/setup", ADMINISTRATOR)
    check(status in (200, 201), f"{status} {body}")
    session = login(rig, ADMINISTRATOR)
    status, _, body = request(rig, "POST", "/card-formats", {**GATE, "name": "East gate"}, **session)
    check(status == 201, f"{status} {body}")
    path = f"/card-formats/{body['id']}"
    status, _, body = request(rig, "GET", path, **session)
    check(status == 200 and body["parity"][1] == GATE["parity"][1], f"{status} {body}")
    status, _, body = request(rig, "PATCH", path, {"bits": 31}, **session)
    check(status >= 400 and "a card ends with bit 30" in str(body), f"{status} {body}")
    status, _, body = request(rig, "DELETE", path, **session)
    check(status == 204, f"{status} {body}")


if __name__ == "__main__":
    run(__name__)
