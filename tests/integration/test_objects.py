#!/usr/bin/env python3
"""Objects through real processes: what is answered is in effect, nothing is lost, no PIN is told."""

import concurrent.futures
import json
import os
import signal
import sqlite3
import subprocess
import tempfile

from harness import check, refused, run, wait_for
from test_import import https, https_text

PIN = "830194"


def make(rig, kind, **members):
    return rig.rpc("object.create", kind=kind, object=members)["id"]


def test_a_card_opens_as_soon_as_its_creation_is_answered(rig):
    for card in range(1, 11):
        seq = rig.rpc("status")["log"]["head"]
        make(rig, "credential", holder=f"Holder {card}", facility=9, card=card, doors=[1])
        rig.board("badge", 1, "--facility", 9, "--card", card)
        event = rig.wait_event("access.granted", after=seq, door=1)
        check(event["data"]["holder"] == f"Holder {card}", f"the event is {event}")


def test_an_answer_waits_until_the_change_is_in_effect(rig):
    seq = rig.rpc("status")["log"]["head"]
    rig.signal("door", signal.SIGSTOP)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(make, rig, "credential", holder="Slow", facility=9, card=50, doors=[1])
        rig.wait_event("object.created", after=seq)
        check(not answer.done(), "it was answered while door control knew nothing of it")
        rig.signal("door", signal.SIGCONT)
        check(answer.result(10) > 0, "it is answered then")
    rig.board("badge", 1, "--facility", 9, "--card", 50)
    rig.wait_event("access.granted", after=seq, door=1, holder="Slow")


def test_a_card_taken_away_opens_nothing_once_that_is_answered(rig):
    made = make(rig, "credential", holder="Gone", facility=9, card=99, doors=[1])
    rig.rpc("object.remove", kind="credential", id=made)
    seq = rig.rpc("status")["log"]["head"]
    rig.board("badge", 1, "--facility", 9, "--card", 99)
    rig.wait_event("access.unknown", after=seq, door=1)


def test_a_change_while_door_control_is_away_is_answered_and_counts_when_it_is_back(rig):
    rig.hold("door")
    wait_for(lambda: not rig.snapshot()["control"]["online"], "door control to be gone")
    make(rig, "credential", holder="Late", facility=9, card=77, doors=[2])
    rig.release("door")
    wait_for(lambda: rig.snapshot()["control"]["online"], "door control to be back")
    wait_for(lambda: rig.snapshot()["reader.3"]["online"], "the reader to be back")
    seq = rig.rpc("status")["log"]["head"]
    rig.board("badge", 3, "--facility", 9, "--card", 77)
    rig.wait_event("access.granted", after=seq, door=2)


def test_references_are_kept_and_refusals_say_why(rig):
    text = refused(lambda: make(rig, "person", name="Ada", profiles=[{"profile": 7}]),
                   "bad_params")
    check("there is no access profile 7" in text, text)
    make(rig, "access_profile", name="Staff", rules=[{"doors": [1]}])
    person = make(rig, "person", name="Ada", profiles=[{"profile": 1}])
    text = refused(lambda: rig.rpc("object.remove", kind="access_profile", id=1), "conflict")
    check("person 'Ada' refers to it" in text, text)
    make(rig, "credential", person=person, facility=118, card=1603)
    text = refused(lambda: make(rig, "credential", holder="x", facility=118, card=1603),
                   "conflict")
    check("person 'Ada' holds this card already" in text, text)
    refused(lambda: rig.rpc("object.remove", kind="person", id=person), "conflict")
    rig.rpc("object.remove", **{"kind": "person", "id": person, "with": "credentials"})
    refused(lambda: rig.rpc("object.get", kind="person", id=person), "not_found")


def numbers(rig, **params):
    answer = rig.rpc("object.list", **params)
    return [row["id"] for row in answer["objects"]], answer


def test_persons_and_cards_are_found_by_what_is_known_of_them(rig):
    grace = make(rig, "person", name="Grace Hopper", reference="P-4711")
    other = make(rig, "person", name="Gráinne Hopkins")
    card = make(rig, "credential", person=grace, facility=7, card=27182)
    check(numbers(rig, kind="person", search="hop")[0] == [grace, other], "by the second name")
    check(numbers(rig, kind="person", search="GRA hopp")[0] == [grace], "by two beginnings")
    check(numbers(rig, kind="person", search="grainne")[0] == [other], "without accents")
    check(numbers(rig, kind="person", search="p-4711")[0] == [grace], "by the reference")
    check(numbers(rig, kind="credential", search="271")[0] == [card], "by the card number")
    check(numbers(rig, kind="credential", filter={"person": grace})[0] == [card], "by the person")
    check(numbers(rig, kind="credential", filter={"person": other})[0] == [], "who has none")
    found, answer = numbers(rig, kind="person", search="hop", limit=1)
    check(found == [grace] and answer["next"] == grace and answer["count"] >= 2, f"{answer}")
    check(numbers(rig, kind="person", search="hop", after=grace)[0] == [other], "the next page")
    for wrong in ({"search": "hop", "filter": {"person": 1}}, {"filter": {"nobody": 1}},
                  {"filter": {}}, {"search": '" "'}):
        refused(lambda params=wrong: numbers(rig, kind="person", **params), "bad_params")
    refused(lambda: numbers(rig, kind="door", search="front"), "bad_params")


def test_the_command_line_makes_changes_finds_and_removes_every_kind(rig):
    check("person" in rig.ctl("object", "kinds")[0], "persons are a kind")
    fields = rig.ctl("object", "fields", "person")[0]["properties"]
    check(fields["name"]["maxLength"] == 64, f"the fields are {fields}")
    [made] = rig.ctl("object", "create", "person", "name=1815", "reference=0042")
    person = made["id"]
    [shown] = rig.ctl("object", "get", "person", person)
    check(shown["name"] == "1815" and shown["reference"] == "0042", f"texts stay texts: {shown}")
    [made] = rig.ctl("object", "create", "credential", "type=pin", f"person={person}", "pin=-",
                     stdin=PIN + "\n")
    status, text = rig.ctl("object", "change", "credential", made["id"], f"pin={PIN}", check=False)
    check(status == 1 and "secret" in text, f"a PIN on the command line: {status}, {text}")
    rig.ctl("object", "change", "person", person, "name:=\"Ada\"", "extended_time=true")
    check([row["name"] for row in rig.ctl("object", "list", "person", "search", "0042")] == ["Ada"],
          "found by the reference")
    found = rig.ctl("object", "list", "credential", "of", "person", person)
    check([row["id"] for row in found] == [made["id"]], f"found are {found}")
    status, text = rig.ctl("object", "remove", "person", person, check=False)
    check(status == 1 and "refers to it" in text, text)
    rig.ctl("object", "remove", "person", person, "with", "credentials")
    check(not rig.ctl("object", "list", "person", "search", "0042"), "it is gone")
    status, text = rig.ctl("object", "create", "nonsense", "a=1", check=False)
    check(status == 1 and "there is no kind 'nonsense'" in text, text)


def files_with(folder, text):
    found = []
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                if text.encode() in file.read():
                    found.append(name)
    return found


def test_a_pin_is_told_to_nobody(rig):
    person = make(rig, "person", name="Bob")
    made = make(rig, "credential", person=person, type="pin", pin=PIN)
    rig.rpc("object.change", kind="credential", id=made, object={"pin": PIN + "7"})
    shown = rig.rpc("object.get", kind="credential", id=made)
    check("pin" not in shown and shown["type"] == "pin", f"it is {shown}")
    [listed] = [row for row in rig.rpc("object.list", kind="credential", limit=200)["objects"]
                if row["id"] == made]
    check("pin" not in listed, f"it is {listed}")
    refused(lambda: rig.rpc("object.change", kind="credential", id=made,
                            object={"pin": "kept:0123456789abcdef"}), "bad_params")
    rig.wait_event("object.changed", field="pin", old="changed", new="changed")
    for folder in ("store", "log"):
        found = files_with(os.path.join(rig.state, folder), PIN)
        check(not found, f"the PIN is in {found}")


def outbox(rig):
    path = os.path.join(rig.state, "store", "config.db")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return db.execute("SELECT count(*) FROM outbox").fetchone()[0]


def test_a_change_that_was_answered_is_in_the_log_whatever_is_killed(rig):
    areas = []
    for turn in range(6):
        areas.append(make(rig, "area", name=f"Area {turn}"))
        rig.rpc("object.change", kind="area", id=areas[-1], object={"capacity": turn + 1})
        rig.kill("store")
        wait_for(rig.snapshot, "the store to be back")
    wait_for(lambda: outbox(rig) == 0, "the outbox to be told")
    for area in areas:
        for kind in ("object.created", "object.changed"):
            found = [event for event in rig.events()
                     if event["kind"] == kind and event["data"]["object"] == "area"
                     and event["data"]["id"] == area]
            check(len(found) == 1, f"{kind} of area {area} is there {len(found)} times")
    rig.ctl("log", "verify")


def test_a_table_that_is_right_is_not_compiled_again_at_the_start(rig):
    path = os.path.join(rig.run_dir, "access.bin")
    if not os.path.exists(path):
        path = os.path.join(rig.state, "run", "access.bin")
    before = os.stat(path).st_ino
    rig.kill("store")
    wait_for(lambda: rig.snapshot().get("control", {}).get("online"), "the store to be back")
    check(os.stat(path).st_ino == before, "the table was written anew")
    rig.rpc("settings.set", values={"cards.formats": "h10301"})
    check(os.stat(path).st_ino != before, "the settings of cards are in a new table")


def test_a_certificate_comes_in_over_rest_and_its_key_never_goes_out(rig):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:4096", "-nodes", "-days", "2",
                        "-subj", "/CN=Door", "-keyout", f"{folder}/key", "-out", f"{folder}/pem"],
                       check=True, capture_output=True)
        with open(f"{folder}/pem", encoding="ascii") as pem:
            text = pem.read()
        with open(f"{folder}/key", encoding="ascii") as file:
            key = file.read()
    headers, begun = https(rig, "POST", "/setup",
                           {"account": "ada", "password": "correct horse battery"})
    login = {"Cookie": headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": begun["csrf"]}
    seq = rig.rpc("status")["log"]["head"]
    given = {"name": "Door", "certificates": text, "key": key}
    made = https(rig, "POST", "/certificates", given, **login)[1]["id"]
    shown = https(rig, "GET", f"/certificates/{made}", **login)[1]
    check(set(shown) == {"id", "name", "contents", "has_key"} and shown["has_key"], f"{shown}")
    check(shown["contents"][0]["subject"] == "CN=Door", f"{shown}")
    event = rig.wait_event("object.created", after=seq, object="certificate")
    said = json.dumps([shown, event, https(rig, "GET", "/certificates", **login)[1],
                       https_text(rig, "GET", "/export/certificates.jsonl", **login)[1],
                       https_text(rig, "GET", "/export/certificates.csv", **login)[1]])
    check("CN=Door" in said and "BEGIN" not in said, said)
    check(key.split("\n")[5] not in said, "a line of the key was shown")
    https_text(rig, "DELETE", f"/certificates/{made}", **login)


def test_a_factory_default_leaves_what_the_board_has_and_its_own_event(rig):
    seq = rig.rpc("status")["log"]["head"]
    make(rig, "person", name="Last One")
    rig.rpc("factory.default")
    rig.wait_event("system.factory_default", after=seq)
    found, answer = numbers(rig, kind="person")
    check(not found and answer["count"] == 0, f"persons are {answer}")
    check(not numbers(rig, kind="person", search="last")[0], "nobody is found")
    check(numbers(rig, kind="door")[1]["count"] == 4, "the doors are there")
    made = make(rig, "person", name="First One")
    check(numbers(rig, kind="person", search="first")[0] == [made], "a new one is found")


if __name__ == "__main__":
    run(__name__, with_peers=False, one_process_a_role=True)
