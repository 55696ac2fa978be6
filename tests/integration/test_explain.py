#!/usr/bin/env python3
"""What access.explain says is what happens at the reader, and asking changes nothing."""

import subprocess
import time

from harness import check, refused, run, wait_for

CARD = {"facility": 118, "card": 1603}


def make(rig, kind, **fields):
    return rig.rpc("object.create", kind=kind, object=fields)["id"]


def settle(rig, **params):
    """The answer once the door role has what was configured last."""
    decision = params.pop("decision")
    return wait_for(lambda: (lambda answer: answer if answer["decision"] == decision else None)(
        rig.rpc("access.explain", **params)), f"the decision {decision}")


def last_step(answer):
    step = answer["steps"][-1]
    return step["step"], step["result"]


def badge(rig, reader):
    """The event that the card at this reader makes."""
    seq = rig.events()[-1]["seq"]
    rig.board("badge", reader, "--facility", CARD["facility"], "--card", CARD["card"])
    return wait_for(lambda: next((event for event in rig.events() if event["seq"] > seq
                                  and event["kind"] in ("access.granted", "access.denied")), None),
                    "the decision at the reader")


def test_somebody_with_a_profile_is_let_in_as_it_was_explained(rig):
    profile = make(rig, "access_profile", name="Front", rules=[{"doors": [1]}])
    rig.person = make(rig, "person", name="Grace Hopper", profiles=[{"profile": profile}])
    rig.credential = make(rig, "credential", type="card", person=rig.person, **CARD)
    answer = settle(rig, point=1, person=rig.person, decision="granted")
    check(answer["holder"] == "Grace Hopper" and "reason" not in answer, f"{answer}")
    check([step["step"] for step in answer["steps"]] == list(range(1, 15)), f"{answer['steps']}")
    check(last_step(answer) == (14, "passed"), f"the last step is {answer['steps'][-1]}")
    check(answer["steps"][7]["text"].endswith("rule 1"), f"{answer['steps'][7]}")
    check(badge(rig, 1)["kind"] == "access.granted", "the reader agrees")


def test_asking_moves_no_lock_and_leaves_no_event(rig):
    rig.ctl("door", "lock", 1)
    granted = max(event["seq"] for event in rig.events() if event["kind"] == "access.granted")
    rig.wait_event("door.lock", after=granted, door=1, state="locked")
    seq = rig.events()[-1]["seq"]
    for _ in range(20):
        rig.rpc("access.explain", point=1, credential=rig.credential)
    check(rig.snapshot()["door.1"]["lock"] == "locked", "the lock has moved")
    check(rig.events()[-1]["seq"] == seq, f"there are events: {rig.events()[-1]}")


def test_elsewhere_the_step_that_fails_is_named(rig):
    answer = rig.rpc("access.explain", point=3, format="h10301", **CARD)
    check(answer["decision"] == "denied" and answer["reason"] == "Unauthorized", f"{answer}")
    check(last_step(answer) == (8, "failed"), f"the last step is {answer['steps'][-1]}")
    check(answer["why"], "the reason is given in words")
    check(badge(rig, 3)["reason"] == "Unauthorized", "the reader agrees")


def test_another_time_is_asked_for_without_waiting_for_it(rig):
    end = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + 30 * 86400))
    rig.rpc("object.change", kind="credential", id=rig.credential, object={"valid_to": end})
    answer = settle(rig, point=1, person=rig.person, at=end, decision="denied")
    check(answer["reason"] == "CredentialExpired", f"{answer}")
    check(answer["at"] == end, f"it is about {answer['at']}")
    check(rig.rpc("access.explain", point=1, person=rig.person)["decision"] == "granted",
          "today counts")


def test_a_disabled_person_is_refused_at_the_status(rig):
    rig.rpc("object.change", kind="person", id=rig.person, object={"enabled": False})
    answer = settle(rig, point=1, person=rig.person, decision="denied")
    check(answer["reason"] == "CredentialNotEnabled" and last_step(answer)[0] == 4, f"{answer}")
    check(badge(rig, 1)["reason"] == "CredentialNotEnabled", "the reader agrees")
    rig.rpc("object.change", kind="person", id=rig.person, object={"enabled": True})


def test_a_pin_is_waited_for_and_cannot_be_tried(rig):
    pin = make(rig, "credential", type="pin", person=rig.person, pin="40826")
    level = make(rig, "authentication", name="With PIN", level="card_and_pin")
    rig.rpc("object.change", kind="access_point", id=2, object={"authentication": level})
    answer = settle(rig, point=2, person=rig.person, decision="wants_pin")
    check(last_step(answer)[1] == "waits", f"the last step is {answer['steps'][-1]}")
    refused(lambda: rig.rpc("access.explain", point=2, person=rig.person, pin="40826"),
            "bad_params")
    refused(lambda: rig.rpc("access.explain", point=2, credential=pin), "bad_params")


def test_what_is_not_there_is_not_explained(rig):
    nobody = make(rig, "person", name="Nobody's card")
    refused(lambda: rig.rpc("access.explain", point=1, person=4711), "not_found")
    refused(lambda: rig.rpc("access.explain", point=1, credential=4711), "not_found")
    refused(lambda: rig.rpc("access.explain", point=1, credential=rig.credential, companion=4711),
            "not_found")
    refused(lambda: rig.rpc("access.explain", point=1, person=nobody), "not_found")
    refused(lambda: rig.rpc("access.explain", point=1), "bad_params")
    refused(lambda: rig.rpc("access.explain", point=1, person=nobody, card=5), "bad_params")
    refused(lambda: rig.rpc("access.explain", point=1, card=5, format="none"), "bad_params")
    answer = rig.rpc("access.explain", point=1, card=5)
    check(answer["reason"] == "InvalidIdentifierValue", f"{answer}")


def test_a_first_card_that_counts_speaks_for_a_person(rig):
    lost = make(rig, "person", name="Jean Bartik")
    make(rig, "credential", type="card", person=lost, facility=118, card=1, status="lost")
    answer = settle(rig, point=1, person=lost, decision="denied")
    check(answer["reason"] == "CredentialNotEnabled", f"{answer}")
    make(rig, "credential", type="card", person=lost, facility=118, card=2, doors=[1])
    settle(rig, point=1, person=lost, decision="granted")


def test_the_command_line_prints_every_step(rig):
    text = subprocess.run([rig.program("cardeactl"), f"--run-dir={rig.run_dir}", "access",
                           "explain", "--point", "3", "--card", "h10301:118:1603"],
                          capture_output=True, text=True, timeout=60, check=True).stdout
    check(text.startswith("denied at ") and "Unauthorized" in text, text)
    check("Holder: Grace Hopper" in text, text)
    rows = [line.split() for line in text.splitlines() if line.strip()[:1].isdigit()]
    check([row[0] for row in rows] == [str(step) for step in range(1, 9)], text)
    check("failed" in rows[-1], text)


def test_where_somebody_is_can_be_forgotten(rig):
    area = make(rig, "area", name="Hall", apb="hard")
    rig.rpc("object.change", kind="access_point", id=1, object={"area_to": area})
    settle(rig, point=1, person=rig.person, decision="granted")
    badge(rig, 1)
    rig.board("set", "door1.contact", "open")
    rig.wait_event("access.taken", door=1)
    rig.board("set", "door1.contact", "closed")
    answer = settle(rig, point=1, person=rig.person, decision="denied")
    check(answer["reason"] == "AntiPassbackViolation" and last_step(answer)[0] == 11, f"{answer}")
    refused(lambda: rig.rpc("presence.forget", person=4711), "not_found")
    rig.ctl("access", "forget", "--person", rig.person)
    event = rig.wait_event("access.apb_reset", person=rig.person)
    check(event["data"]["who"] == f"person {rig.person}", f"{event}")
    check(rig.rpc("access.explain", point=1, person=rig.person)["decision"] == "granted",
          "nobody knows any more where she is")
    rig.ctl("access", "forget", "--all")
    rig.wait_event("access.apb_reset", who="everybody")


if __name__ == "__main__":
    run(__name__)
