#!/usr/bin/env python3
"""The event log: searched, signed, exported, verified anywhere, and never shortened silently."""

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import time


from harness import SOURCE, check, refused, run, wait_for
from appliance import Rpc

KEEP = 1000
# So many more than are kept are deleted at once.
SLACK = 100


def export(rig, *words):
    """The lines of an export, as they are written."""
    done = subprocess.run([rig.program("cardeactl"), f"--run-dir={rig.run_dir}", "log", "export",
                           *words], capture_output=True, check=True, timeout=60)
    return done.stdout.decode().splitlines()


def verify(rig, lines, *words):
    """Exit status, what was proven, and what standard error says."""
    path = os.path.join(rig.state, "export.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    # There is no controller at this run-dir.
    done = subprocess.run([rig.program("cardeactl"), "--run-dir=/nowhere", "--json", "log", "verify",
                           path, *words], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def add_events(rig, count):
    """Changes settings for ever so many events; returns the head."""
    names = ["system.location", "system.name"]
    with Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl") as rpc:
        for number in range(0, count, len(names)):
            rpc.call("settings.set", values={name: f"{name} {number} {time.monotonic()}"
                                             for name in names})
        wanted = rpc.call("status")["log"]["head"] + 1
        return wait_for(lambda: rpc.call("status")["log"]["head"], f"event {wanted}")


def settled(rig):
    """Once everything that was asked for before is in the log, which commits in groups, later."""
    mark, head = f"Mark {time.monotonic()}", rig.rpc("status")["log"]["head"]
    rig.rpc("settings.set", values={"system.location": mark})
    rig.wait_event("setting.changed", after=head, new=mark)


def pages(rig, **params):
    """All pages of a search."""
    name = "after" if "after" in params else "before"
    found = []
    while True:
        page = rig.rpc("events.list", **params)
        found += [record["event"] for record in page["events"]]
        if "next" not in page:
            return found
        params[name] = page["next"]


def test_a_search_finds_the_same_by_every_way(rig):
    add_events(rig, 50)
    rig.board("badge", 1, "--facility", 9, "--card", 9)
    rig.wait_event("access.unknown", card=9)
    settled(rig)
    everything = rig.events()
    for what, params, fits in (
            ("a kind", {"kind": "setting.changed"}, lambda e: e["kind"] == "setting.changed"),
            ("kinds", {"kind": "setting."}, lambda e: e["kind"].startswith("setting.")),
            ("severity", {"severity": 4}, lambda e: e["severity"] <= 4),
            ("category", {"category": "audit"}, lambda e: e["category"] == "audit"),
            ("text", {"text": "SYSTEM.name"}, lambda e: "system.name from" in e["text"]),
            ("actor", {"actor": "system"}, lambda e: e["actor"] == "system"),
            ("door", {"door": 1},
             lambda e: e["data"].get("door") == 1 or e["source"] == "door.1"),
    ):
        expected = [event["seq"] for event in everything if fits(event)]
        check(expected, f"{what}: nothing to look for")
        up = [event["seq"] for event in pages(rig, after=0, limit=7, **params)]
        down = [event["seq"] for event in pages(rig, limit=7, **params)]
        words = [word for name, value in params.items() for word in (f"--{name}", str(value))]
        said, *lines = export(rig, *words)
        check(up == expected, f"{what}, upwards: {up} instead of {expected}")
        check(down == expected[::-1], f"{what}, downwards: {down} instead of {expected}")
        check([json.loads(line)["event"]["seq"] for line in lines] == expected,
              f"{what}, exported: {lines}")
        check(json.loads(said) == {"filter": params}, f"the export begins with {said}")
    stamp = everything[20]["time_us"]
    found = pages(rig, from_us=stamp, to_us=stamp)
    check([event["seq"] for event in found]
          == [event["seq"] for event in everything if event["time_us"] == stamp][::-1],
          f"at one moment there are {found}")


def test_a_search_that_makes_no_sense_is_refused_by_its_field(rig):
    for params in ({"kind": "door"}, {"severity": 8}, {"category": "none"}, {"text": "!"},
                   {"door": 0}, {"limit": 201}):
        refused(lambda params=params: rig.rpc("events.list", **params), "bad_params")
    status, said = rig.ctl("events", "--door", "front", check=False)
    check(status == 2 and "front" in said, f"{status} {said}")


def test_a_thousand_events_are_signed_with_the_key_that_is_told(rig):
    add_events(rig, 1000)
    rig.wait_event("log.checkpoint")
    [key] = rig.ctl("log", "key")
    lines = export(rig)
    status, proof, said = verify(rig, lines, "--key", key["key"])
    check(status == 0 and proof["good"] and proof["signed"] == 1000 and proof["key"] == key["key"]
          and proof["behind"] == proof["last"] - 1000, f"{status} {proof} {said}")
    check(verify(rig, lines, "--key", "00" * 32)[0] == 1, "another key verifies it")
    mode = os.stat(os.path.join(rig.state, "store", "log.key")).st_mode
    check(mode & 0o777 == 0o600, f"the key has mode {mode:o}")


def test_what_is_bent_is_found_and_named(rig):
    lines = export(rig)
    kind = '"kind":"setting.changed"'
    number = next(i for i, line in enumerate(lines) if kind in line)
    bent = lines[number].replace(kind, '"kind":"setting.changes"')
    for what, changed, bad in (
            ("changed", lines[:number] + [bent] + lines[number + 1:], number + 1),
            ("removed", lines[:number] + lines[number + 1:], number + 1),
            ("removed at the front", lines[5:], 1),
            ("inserted", lines[:9] + [lines[8]] + lines[9:], 10),
            ("moved", lines[:9] + [lines[10], lines[9]] + lines[11:], 10)):
        status, proof, said = verify(rig, changed)
        check(status == 1 and proof["bad"] == bad and "event" in said,
              f"{what}: {status} {proof} {said}")
    anew, previous = [], "0" * 64
    for line in lines[:-1]:
        event = re.fullmatch(r'\{"event":(.*),"hash":"\w+"\}', line)[1].replace("system.name", "x")
        previous = subprocess.run(["sha256sum"], input=(previous + event).encode(), check=True,
                                  capture_output=True).stdout.decode()[:64]
        anew.append(f'{{"event":{event},"hash":"{previous}"}}')
    status, proof, said = verify(rig, anew)
    check(status == 1 and proof["bad"] == 1001, f"computed anew: {status} {proof} {said}")


class Browser:
    """A session of the first administrator."""

    def __init__(self, rig):
        self.rig, self.cookie = rig, None
        account = {"account": "ada", "password": "correct horse battery"}
        _, headers, _ = self.request("POST", "/setup", account)
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def request(self, method, path, body=None):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("localhost", self.rig.ports.https, timeout=30,
                                                 context=context)
        headers = {"Content-Type": "application/json"} if body else {}
        if self.cookie:
            headers["Cookie"] = self.cookie
        connection.request(method, "/api/v1" + path, body and json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text


def test_the_rest_interface_searches_and_exports_the_same(rig):
    browser = Browser(rig)
    rig.ctl("settings", "set", "system.location=Z\u00fcrich Hauptbahnhof")
    rig.wait_event("setting.changed", new="Z\u00fcrich Hauptbahnhof")
    status, _, text = browser.request("GET", "/events?kind=setting.&text=Z%C3%BCrich+haupt*&limit=5")
    page = json.loads(text)
    check(status == 200 and len(page["events"]) == 1
          and page["events"][0]["event"]["data"]["new"].startswith("Z"), f"{status} {text}")
    settled(rig)
    status, headers, text = browser.request("GET", "/events/export")
    check(status == 200 and headers["Content-Type"] == "application/x-ndjson"
          and "attachment" in headers["Content-Disposition"], f"{status} {headers}")
    check(text.splitlines() == export(rig), "the export is another one than that of cardeactl")
    status, _, text = browser.request("GET", "/events/export?kind=setting.changed&actor=local%3Aroot")
    words = ("--kind", "setting.changed", "--actor", "local:root")
    check(status == 200 and text.splitlines() == export(rig, *words), f"{status} {text[:300]}")
    for query in ("?dor=1", "?door=x", "?kind=door", "?text=%ff", "?text=%00", "?severity=9"):
        for path in ("/events", "/events/export"):
            status, _, text = browser.request("GET", path + query)
            check(status == 422, f"{path}{query}: {status} {text}")
    browser.cookie = None
    check(browser.request("GET", "/events/export")[0] == 401, "a stranger may export")


def recipe():
    with open(os.path.join(SOURCE, "docs", "PROTOCOL.md"), encoding="utf-8") as file:
        return re.search(r"```bash\n(.*?)```", file.read(), re.DOTALL)[1]


def follow_recipe(rig, lines):
    folder = os.path.join(rig.state, "recipe")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "export.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    [key] = rig.ctl("log", "key")
    done = subprocess.run(["bash", "-c", recipe(), "recipe", path, key["key"]], cwd=folder,
                          capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


def has_tools():
    missing = [name for name in ("jq", "sha256sum", "basenc", "openssl") if not shutil.which(name)]
    if missing:
        print(f"# not tried, for there is no {', '.join(missing)}")
    return not missing


def test_an_export_is_verified_by_the_words_of_the_documentation(rig):
    if not has_tools():
        return
    lines = export(rig)
    status, said = follow_recipe(rig, lines)
    check(status == 0 and "signed up to event 1000" in said, f"{status} {said}")
    signature = json.loads(lines[1000])["event"]["data"]["signature"]
    other = ("0" if signature[0] != "0" else "1") + signature[1:]
    # From here on it goes faster, and as far as the signature.
    before = json.loads(lines[900])
    part = [json.dumps({"anchor": {"seq": before["event"]["seq"], "hash": before["hash"]}},
                       separators=(",", ":")), *lines[901:]]
    status, said = follow_recipe(rig, part)
    check(status == 0 and "signed up to event 1000" in said, f"{status} {said}")
    for changed in (lines[:7] + lines[8:], [line.replace(signature, other) for line in part]):
        status, said = follow_recipe(rig, changed)
        check(status == 1, f"{status} {said}")


def test_what_is_too_much_is_deleted_after_it_was_told(rig):
    settled(rig)
    with Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl") as rpc:
        answer = rpc.call("follow", stream="events", name="test.1")
        rpc.call("ack", name="test.1", seq=answer["head"])
    rig.rpc("settings.set", values={"log.keep_events": KEEP})
    add_events(rig, KEEP + KEEP // 2)
    log = wait_for(lambda: rig.rpc("status")["log"]["first"] > answer["head"] + 1
                   and rig.rpc("status")["log"], "events to be deleted")
    told = rig.wait_event("log.trimmed")
    check(told["data"]["from"] < told["data"]["to"], f"it is told by {told}")
    settled(rig)

    def is_trimmed():
        """Rows go a few at a time, and there may be another run for what came meanwhile."""
        now, last = rig.rpc("status")["log"], rig.events(kind="log.trimmed")[-1]
        return now["head"] < now["first"] + KEEP + SLACK and now["first"] == last["data"]["to"] + 1
    wait_for(is_trimmed, "the deleting to end")
    lines = export(rig)
    anchor = json.loads(lines[0])["anchor"]
    check(anchor["seq"] == rig.rpc("status")["log"]["first"] - 1, f"{anchor} and {log}")
    [key] = rig.ctl("log", "key")
    status, proof, said = verify(rig, lines, "--key", key["key"])
    check(status == 0 and proof["first"] == anchor["seq"] + 1, f"{status} {proof} {said}")
    rig.ctl("log", "verify", "--key", key["key"])
    status, proof, said = verify(rig, lines[1:])
    check(status == 1 and proof["bad"] == 1, f"without its anchor: {status} {proof} {said}")
    # More of the front is gone than the log says.
    last = json.loads(lines[-50])
    forged = {"anchor": {"seq": last["event"]["seq"], "hash": last["hash"]}}
    status, proof, said = verify(rig, [json.dumps(forged), *lines[-49:]])
    check(status == 1 and "missing" in said, f"a front that was cut: {status} {proof} {said}")
    if has_tools():
        status, said = follow_recipe(rig, lines)
        check(status == 0, f"{status} {said}")


def test_a_follower_that_was_behind_is_told_what_it_missed_once(rig):
    with Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl") as rpc:
        answer = rpc.call("follow", stream="events", name="test.1", window=10)
        gap = rpc.push()["gap"]
        first = rig.rpc("status")["log"]["first"]
        check(gap == {"from": answer["after"] + 1, "to": first - 1}, f"the gap is {gap}")
        check(rpc.push()["event"]["seq"] == first, "the next event is the first one kept")
    told = rig.wait_event("log.gap", follower="test.1")
    check(told["data"] == {**gap, "follower": "test.1"} and told["severity"] == 3,
          f"the log says {told}")
    with Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl") as rpc:
        answer = rpc.call("follow", stream="events", name="test.1", window=10)
        check(answer["after"] == gap["to"], f"the cursor is at {answer}")
        check(rpc.push()["event"]["seq"] == first, "there is no second gap")
    kinds = [event["kind"] for event in rig.events()]
    check(kinds.count("log.gap") == 1, "the gap is told once")


def test_a_restart_knows_where_the_log_begins_and_signs_with_the_same_key(rig):
    [key] = rig.ctl("log", "key")
    first = rig.rpc("status")["log"]["first"]
    rig.kill("store")
    wait_for(lambda: rig.snapshot().get("control", {}).get("online"), "the store to be back")
    check(rig.rpc("status")["log"]["first"] == first, "the log begins elsewhere")
    check(rig.ctl("log", "key") == [key], "the key is another one")
    rig.ctl("log", "verify", "--key", key["key"])


def test_the_factory_default_leaves_the_log_and_its_key(rig):
    [key] = rig.ctl("log", "key")
    rig.rpc("factory.default")
    rig.wait_event("system.factory_default")
    check(rig.ctl("log", "key") == [key], "the key is another one")
    rig.ctl("log", "verify", "--key", key["key"])


if __name__ == "__main__":
    run(__name__, with_peers=False)
