#!/usr/bin/env python3
"""Files of objects through real processes: all or none, told by line, and nobody has to wait."""

import base64
import json
import os
import ssl
import subprocess
import urllib.request

from harness import check, refused, run, wait_for
from appliance import Rpc

MANY = 20000
CARDS = "person_reference,format,facility,card,doors,status\n"


class Import:
    """The methods import.*, over a connection of its own."""

    def __init__(self, rig, kind, **options):
        self.rpc = Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl")
        self.job = self.rpc.call("import.begin", kind=kind, **options)["job"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.rpc.close()

    def give(self, text):
        data = text.encode() if isinstance(text, str) else text
        for at in range(0, len(data), 40000):
            piece = base64.b64encode(data[at:at + 40000]).decode()
            answer = self.rpc.call("import.chunk", job=self.job, data=piece)
        return answer

    def end(self):
        return self.rpc.call("import.end", job=self.job)

    def status(self):
        return self.rpc.call("import.status", job=self.job)

    def finish(self):
        self.end()
        return self.wait()

    def wait(self):
        return wait_for(lambda: (status := self.status())["state"] != "storing" and status,
                        "the import to end", 120)


def bring(rig, kind, text, **options):
    with Import(rig, kind, **options) as job:
        job.give(text)
        return job.finish()


def cardeactl(rig, *words):
    done = subprocess.run([rig.program("cardeactl"), f"--run-dir={rig.run_dir}", *words],
                          capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def write(rig, name, text):
    path = os.path.join(rig.state, name)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return path


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def everything(rig, kind):
    objects, after = [], 0
    while after is not None:
        page = rig.rpc("object.list", kind=kind, limit=200, after=after)
        objects += page["objects"]
        after = page.get("next")
    return objects


def count(rig, kind):
    return rig.rpc("object.list", kind=kind, limit=1)["count"] if rig else 0


def told(status):
    return [(error["line"], error.get("column"), error.get("field"), error["message"])
            for error in status["errors"]]


def test_persons_and_their_cards_come_from_files_and_open_doors(rig):
    staff = write(rig, "staff.csv", "\ufeffname;reference;profiles\r\n"
                  "Ada Lovelace;P1;\r\n\"Hopper; Grace\";P2;[]\r\n\r\n\"Two\nlines\";P3;\r\n")
    status, out, err = cardeactl(rig, "import", "persons", staff)
    check(status == 1 and "staff.csv:5:1: name: a text without control characters" in err, err)
    check(not everything(rig, "person"), "nobody was made")
    write(rig, "staff.csv", read(staff).replace("\n\"Two\nlines\";P3;\r", "\nEdsger;P3;\r"))
    status, out, err = cardeactl(rig, "import", "persons", staff)
    check((status, out) == (0, "3 created, 0 changed\n"), f"{status}: {out} {err}")
    cards = write(rig, "cards.csv", CARDS + "P1,h10301,9,1,1 2,enabled\nP2,,9,2,1;2,\nP3,,9,3,1,lost\n")
    status, out, err = cardeactl(rig, "import", "credentials", cards)
    check((status, out) == (0, "3 created, 0 changed\n"), f"{status}: {out} {err}")
    seq = rig.rpc("status")["log"]["head"]
    rig.board("badge", 1, "--facility", 9, "--card", 2)
    event = rig.wait_event("access.granted", after=seq, door=1)
    check(event["data"]["holder"] == "Hopper; Grace", f"the event is {event}")
    rig.board("badge", 3, "--facility", 9, "--card", 3)
    rig.wait_event("access.denied", after=seq, door=2)


def test_each_object_is_audited_with_who_imported_it(rig):
    seq = rig.rpc("status")["log"]["head"]
    bring(rig, "area", '{"name": "Yard"}\n{"name": "Hall", "apb": "soft"}\n', format="jsonl")
    event = rig.wait_event("object.created", after=seq, object="area", id=2)
    check(event["data"]["new"]["apb"] == "soft" and event["actor"].startswith("local:"), f"{event}")
    rig.wait_event("control.command", after=seq, command="import", object="area", created=2)


def test_errors_are_told_by_line_and_column_and_nothing_is_done(rig):
    before = everything(rig, "credential")
    status = bring(rig, "credential", CARDS
                   + "P1,h10301,9,70,1,enabled\n"
                   + "P1,h10301,9,2,1,enabled\n"
                   + "P9,h10301,9,71,1,enabled\n"
                   + "P1,h9,many,72,1 99,asleep\n"
                   + "P1,h10301,9,70,,\n"
                   + "P1,h10301,9\n"
                   + "P1,h10301,9,73,1,enabled,more\n"
                   + "P1,h10301,9,70000,1,enabled\n")
    check(status["state"] == "failed" and status["error_count"] == 10, f"{status}")
    errors = told(status)
    check(errors[0][:3] == (3, 4, "card")
          and "Hopper; Grace' holds this card already" in errors[0][3], f"{errors[0]}")
    check(errors[1] == (4, 1, "person_reference", "there is no person with this reference"),
          f"{errors[1]}")
    check([error[:3] for error in errors[2:6]]
          == [(5, 2, "format"), (5, 3, "facility"), (5, 5, "doors"), (5, 6, "status")], f"{errors}")
    check(errors[6] == (6, 4, "card", "the same as in line 2"), f"{errors[6]}")
    check(errors[7] == (7, 3, None, "the row has fewer columns than the first line"), f"{errors}")
    check(errors[8][:2] == (8, 7), f"{errors[8]}")
    check(errors[9][:3] == (9, 4, "card"), f"{errors[9]}")
    check(everything(rig, "credential") == before, "nothing was imported")
    for text, where in (("name,colour\nA,b\n", (1, 2)), ("name,name\nA,b\n", (1, 2)),
                        ("", (1, None)), ('name\n"A\nB\n', (2, 1)), ('name\nA"b"\n', (2, 1)),
                        ("name\n" + "x" * 70000, (2, None)), (b"name\n\xff\xfe\n", (2, 1))):
        with Import(rig, "person") as job:
            answer = job.give(text) if text else None
            if not text or answer["state"] == "receiving":
                answer = job.finish()
        check(answer["state"] == "failed" and told(answer)[0][:2] == where, f"{text[:20]}: {answer}")
    status = bring(rig, "person", '{"name": "A"}\n{"name": 7}\nnonsense\n{"nam": "A"}\n',
                   format="jsonl")
    check([error[:3] for error in told(status)]
          == [(2, None, "name"), (3, None, None), (4, None, "nam")], f"{told(status)}")


def test_a_dry_run_changes_nothing(rig):
    seq = rig.rpc("status")["log"]["head"]
    before = everything(rig, "person")
    path = write(rig, "dry.csv", "name,reference\nX,D1\nY,D2\n")
    status, out, _ = cardeactl(rig, "import", "persons", path, "--dry-run")
    check(status == 0 and "2 would be created" in out, out)
    check(everything(rig, "person") == before, "nobody was made")
    rig.wait_event("control.command", after=seq, command="import", object="person")
    check(not [event for event in rig.events() if event["seq"] > seq
               and event["kind"] == "object.created"], "nothing was told as if it were")


def test_what_is_there_is_an_error_or_changed_as_is_wished(rig):
    text = "reference,name\nP1,Ada King\nP7,Barbara\n"
    status = bring(rig, "person", text)
    check(status["state"] == "failed" and "has this reference already" in told(status)[0][3],
          f"{status}")
    status = bring(rig, "person", text, mode="upsert")
    check((status["created"], status["changed"]) == (1, 1), f"{status}")
    names = {person["reference"]: person["name"] for person in everything(rig, "person")}
    check(names["P1"] == "Ada King" and names["P7"] == "Barbara" and names["P2"], f"{names}")
    status = bring(rig, "person", "id,name\n1,Ada\n", mode="upsert")
    check(status["changed"] == 1 and rig.rpc("object.get", kind="person", id=1)["name"] == "Ada",
          f"{status}")
    check(bring(rig, "person", "id,name\n1,Ada\n", mode="upsert")["changed"] == 0, "it is so")


def test_what_is_exported_can_be_imported_again(rig):
    for name in ("credential", "person"):
        for extension in ("csv", "jsonl"):
            path = os.path.join(rig.state, f"{name}.{extension}")
            check(cardeactl(rig, "export", name, "-o", path)[0] == 0, "it was exported")
    before = {name: everything(rig, name) for name in ("credential", "person")}
    for extension in ("csv", "jsonl"):
        for name in ("credential", "person"):
            for made in everything(rig, name):
                rig.rpc("object.remove", kind=name, id=made["id"])
        for name in ("person", "credential"):
            path = os.path.join(rig.state, f"{name}.{extension}")
            status, _, err = cardeactl(rig, "import", name, path)
            check(status == 0 and everything(rig, name) == before[name], f"{name}: {err}")


def test_a_pin_comes_in_and_never_out(rig):
    status = bring(rig, "credential", "person_reference,type,pin\nP1,pin,735291\n")
    check(status["state"] == "done", f"{status}")
    status = bring(rig, "credential", "person_reference,type,pin\nP1,pin,73\n")
    check(told(status)[0][:3] == (2, 3, "pin"), f"{status}")
    _, out, _ = cardeactl(rig, "export", "credential")
    check("735291" not in out and ",pin," in out and "kept" not in out, out)


def test_only_one_import_at_a_time_and_it_ends_with_its_connection(rig):
    with Import(rig, "person") as job:
        job.give("name\nA\n")
        refused(lambda: rig.rpc("import.begin", kind="person"), "conflict")
        check(job.rpc.call("import.cancel", job=job.job)["state"] == "cancelled", "it was")
        refused(job.end, "conflict")
    with Import(rig, "person") as job:
        job.give("name\n")
    with wait_for(lambda: try_begin(rig), "the import to have ended"):
        pass
    refused(lambda: rig.rpc("import.begin", kind="door"), "bad_params")
    refused(lambda: rig.rpc("import.status", job=1), "not_found")


def try_begin(rig):
    try:
        return Import(rig, "person")
    except Exception:  # the one before is still there
        return None


def https(rig, verb, path, body=None, **headers):
    headers, text = https_text(rig, verb, path, body, **headers)
    return headers, json.loads(text)


def https_text(rig, verb, path, body=None, **headers):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    data = None if body is None else json.dumps(body).encode()
    if data:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(rig.url + "api/v1" + path, data, headers, method=verb)
    with urllib.request.urlopen(request, context=context, timeout=20) as answer:
        return answer.headers, answer.read().decode()


def test_the_rest_interface_imports_for_an_administrator(rig):
    headers, begun = https(rig, "POST", "/setup",
                           {"account": "ada", "password": "correct horse battery"})
    login = {"Cookie": headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": begun["csrf"]}
    seq = rig.rpc("status")["log"]["head"]
    job = https(rig, "POST", "/import", {"kind": "area"}, **login)[1]["job"]
    refused(lambda: rig.rpc("import.status", job=job), "forbidden")
    data = base64.b64encode(b"name\nPorch\n").decode()
    check(https(rig, "PATCH", "/import", {"job": job, "data": data}, **login)[1]["rows"] == 1,
          "the row was proven")
    https(rig, "POST", "/import/end", {"job": job}, **login)
    wait_for(lambda: https(rig, "GET", f"/import?job={job}", **login)[1]["state"] == "done",
             "it to be stored")
    event = rig.wait_event("object.created", after=seq, object="area")
    check(event["actor"] == "account:ada", f"{event}")
    check(https(rig, "DELETE", f"/import?job={job}", **login)[1]["state"] == "done",
          "what is stored stays")
    for extension in ("csv", "jsonl"):
        headers, text = https_text(rig, "GET", f"/export/persons.{extension}", **login)
        check(f"persons.{extension}" in headers["Content-Disposition"], f"{headers}")
        path = os.path.join(rig.state, f"person.{extension}")
        check(cardeactl(rig, "export", "persons", "-o", path)[0] == 0, "it was exported")
        check(text == read(path), f"both exports are the same: {text[:200]}")


def many(first):
    return "reference,name\n" + "".join(f"M{n},Person {n}\n" for n in range(first, first + MANY))


def check_audit(rig, seq):
    """The import itself is told last."""
    def is_told():
        found = rig.rpc("events.list", kind="control.command", after=seq)["events"]
        return [1 for record in found if record["event"]["data"].get("created") == MANY]
    wait_for(is_told, "all of it to be audited", 120)
    created = [event["data"]["id"] for event in rig.events() if event["seq"] > seq
               and event["kind"] == "object.created" and event["data"]["object"] == "person"]
    check(len(created) == len(set(created)) == MANY, "each is told once")


def until_storing(job):
    job.end()
    return wait_for(lambda: job.status()["done"] > 100, "the rows to be stored")


def test_decisions_and_reads_go_on_while_an_import_is_stored(rig):
    rig.rpc("object.create", kind="credential",
            object={"holder": "Guard", "facility": 8, "card": 8, "doors": [1]})
    seq = rig.rpc("status")["log"]["head"]
    with Import(rig, "person") as job, Rpc(os.path.join(rig.run_dir, "board.sock"), "ctl") as board:
        job.give(many(0))
        until_storing(job)
        board.call("badge", reader=1, format="h10301", facility=8, card=8)
        rig.rpc("object.get", kind="person", id=1)
        text = refused(lambda: rig.rpc("object.change", kind="person", id=1, object={"name": "B"}),
                       "unavailable")
        check("an import is being stored" in text, text)
        check(job.status()["state"] == "storing", "it was stored too fast for this test")
        status = job.wait()
    check(status["state"] == "done" and status["done"] == MANY, f"{status}")
    rig.wait_event("access.granted", after=seq, door=1, holder="Guard")
    rig.rpc("object.change", kind="person", id=1, object={"name": "Ada Byron"})
    check_audit(rig, seq)


def test_a_kill_while_an_import_is_stored_leaves_all_or_nothing(rig):
    before = count(rig, "person")
    seq = rig.rpc("status")["log"]["head"]
    with Import(rig, "person") as job:
        job.give(many(MANY))
        until_storing(job)
        rig.kill("store")
    wait_for(lambda: rig.snapshot().get("control", {}).get("online"), "the store to be back")
    check(count(rig, "person") == before, "nothing of it is there")
    check(not [name for name in os.listdir(os.path.join(rig.state, "store"))
               if name.startswith("import")], "nothing is left beside it")
    check(not [event for event in rig.events() if event["seq"] > seq
               and event["kind"] == "object.created"], "nothing of it is told")
    with Import(rig, "person") as job:
        job.give(many(MANY))
        check(job.finish()["state"] == "done", "it is taken whole the next time")
        rig.kill("store")
    wait_for(lambda: rig.snapshot().get("control", {}).get("online"), "the store to be back")
    check(count(rig, "person") == before + MANY, "all of it is there")
    check_audit(rig, seq)


if __name__ == "__main__":
    run(__name__, with_peers=False)
