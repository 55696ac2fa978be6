#!/usr/bin/env python3
"""What is malformed or not allowed is refused with a clear error, and nobody else notices."""

import http.client
import json
import os
import socket
import ssl

from harness import check, refused, run, wait_for
from appliance import Rpc

ADMINISTRATOR = {"account": "ada", "password": "correct horse battery"}
VIEWER = {"account": "vera", "password": "just looking around"}


def request(rig, method, path, body=None, **headers):
    """One HTTPS request; returns status, headers and the parsed body."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("localhost", rig.ports.https, timeout=10,
                                             context=context)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        headers.setdefault("Content-Type", "application/json")
        body = json.dumps(body)
    connection.request(method, "/api/v1" + path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, answer.headers, json.loads(text) if text else None


def login(rig, account):
    status, headers, body = request(rig, "POST", "/session", account)
    check(status in (200, 201), f"login was answered with {status} {body}")
    return {"Cookie": headers["Set-Cookie"].split(";")[0], "X_CSRF_Token": body["csrf"]}


def still_works(rig):
    head = rig.events()[-1]["seq"]
    rig.board("badge", 1, "--facility", 9, "--card", 9)
    rig.wait_event("access.unknown", after=head, card=9)


def test_the_first_administrator_is_made_once(rig):
    check(request(rig, "GET", "/setup")[2] == {"needed": True}, "a fresh device wants setup")
    status, _, body = request(rig, "POST", "/setup", ADMINISTRATOR)
    check(status in (200, 201) and body["role"] == "administrator", f"{status} {body}")
    status, _, body = request(rig, "POST", "/setup", {**ADMINISTRATOR, "account": "eve"})
    check(status == 409, f"a second first administrator was answered with {status} {body}")


def test_a_wrong_session_is_refused(rig):
    status, _, body = request(rig, "GET", "/doors", Cookie="__Host-cardea=" + "0" * 64)
    check(status == 401 and body["detail"], f"{status} {body}")
    status, _, body = request(rig, "GET", "/doors")
    check(status == 401, f"without a session: {status} {body}")


def test_a_wrong_password_is_refused_and_logged_without_it(rig):
    wrong = {**ADMINISTRATOR, "password": "wrong-password-here"}
    check(request(rig, "POST", "/session", wrong)[0] == 401, "a wrong password")
    check(request(rig, "POST", "/session", {**wrong, "account": "nobody"})[0] == 401, "a stranger")
    failed = rig.wait_event("auth.failed", account="ada")
    check("wrong-password" not in json.dumps(failed), "a password is in the log")


def test_a_viewer_may_look_and_not_touch(rig):
    rig.ctl("account", "add", VIEWER["account"], "viewer", stdin=VIEWER["password"] + "\n")
    session = login(rig, VIEWER)
    check(request(rig, "GET", "/doors", **session)[0] == 200, "a viewer may look")
    status, _, body = request(rig, "POST", "/doors/1/command", {"command": "grant"}, **session)
    check(status == 403 and "operator" in body["detail"], f"{status} {body}")
    status, _, body = request(rig, "PATCH", "/settings", {"system.name": "Mine"}, **session)
    check(status == 403, f"{status} {body}")
    rig.wait_event("auth.refused", method="door.command")
    check("door1.lock       off" in rig.board("show"), "the lock must not move")


def test_a_bad_csrf_token_is_refused(rig):
    session = login(rig, ADMINISTRATOR)
    for token in (None, "0" * 64, VIEWER["password"]):
        headers = {**session, "X_CSRF_Token": token}
        headers = {name: value for name, value in headers.items() if value}
        status, _, body = request(rig, "POST", "/doors/1/command", {"command": "grant"}, **headers)
        check(status == 403 and "CSRF" in body["detail"], f"token '{token}': {status} {body}")
    status, _, body = request(rig, "POST", "/doors/1/command", {"command": "lock"}, **session)
    check(status == 200, f"the right token: {status} {body}")


def test_a_session_ends_with_its_logout(rig):
    session = login(rig, ADMINISTRATOR)
    check(request(rig, "DELETE", "/session", **session)[0] in (200, 204), "logout")
    check(request(rig, "GET", "/doors", **session)[0] == 401, "the cookie is worth nothing now")


def test_a_setting_out_of_range_names_its_field_and_changes_nothing(rig):
    session = login(rig, ADMINISTRATOR)
    change = {"temperature.critical": 70000, "system.name": "Changed"}
    status, _, body = request(rig, "PATCH", "/settings", change, **session)
    check(status in (400, 422) and body["field"] == "temperature.critical", f"{status} {body}")
    check(rig.ctl("settings", "get", "system.name")[0]["system.name"] == "Cardea", "all or none")


def test_an_oversized_line_is_refused_and_only_its_sender_cut_off(rig):
    path = os.path.join(rig.run_dir, "agent.sock")
    with Rpc(path, "cardeactl") as neighbour, Rpc(path, "cardeactl") as sender:
        sender.socket.sendall(b'{"id":2,"method":"' + b"x" * 70000)
        error = sender.read()["error"]
        check(error["code"] == "too_large", f"the error is {error}")
        refused(sender.read, "the connection was closed")
        check(neighbour.call("status")["version"], "the neighbour is served")


def test_lines_that_are_no_calls_are_refused(rig):
    path = os.path.join(rig.run_dir, "agent.sock")
    for line, code in ((b"hello\n", "bad_json"), (b"[1]\n", "bad_json"),
                       (b'{"a":1.5}\n', "bad_json"), (b"[" * 5000 + b"\n", "bad_json"),
                       (b'{"method":"status"}\n', "bad_request"),
                       (b'{"id":1,"id":2,"method":"status"}\n', "bad_json")):
        with Rpc(path, "cardeactl") as sender:
            sender.socket.sendall(line)
            error = sender.read()["error"]
            check(error["code"] == code, f"{line[:30]}: {error}")
    with socket.socket(socket.AF_UNIX) as early:
        early.connect(path)
        early.sendall(b'{"id":1,"method":"status"}\n')
        check(b'"bad_request"' in early.recv(4096), "the first call must be hello")
    still_works(rig)


def test_an_edge_may_do_only_what_is_its_own(rig):
    for call in (lambda: rig.rpc("settings.set", _client="syslog", values={}),
                 lambda: rig.rpc("door.command", _client="syslog", door=1, command="grant"),
                 lambda: rig.rpc("account.list", _client="www"),
                 lambda: rig.rpc("report", _client="snmp", event="syslog.down"),
                 lambda: rig.rpc("ack", _client="snmp", name="syslog.1", seq=1)):
        refused(call, "unauthenticated", "forbidden")


def test_malformed_frames_from_a_reader_disturb_nobody(rig):
    head = rig.events()[-1]["seq"]
    frames = ["53800800054000ff",                     # a wrong CRC
              "5380ffff05", "53800200", "53",         # impossible and cut lengths
              "53811400065000ffffffff00112233445566",  # more bits than bytes
              "00" * 300, "ff" * 300, "53" * 300]
    for frame in frames:
        for _ in range(3):
            rig.board("inject", 1, frame)
    still_works(rig)
    rig.board("badge", 2, "--facility", 9, "--card", 10)
    rig.wait_event("access.unknown", after=head, card=10)
    wait_for(lambda: rig.snapshot()["reader.1"]["online"] and rig.snapshot()["reader.2"]["online"],
             "the readers of the bus to be on line")


def test_the_log_is_still_one_intact_chain(rig):
    rig.ctl("log", "verify")


def test_an_exported_log_that_was_bent_is_found(rig):
    path = os.path.join(rig.state, "export.jsonl")
    lines = [json.dumps(record) for record in rig.ctl("log", "export")]

    def verify(changed):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(changed) + "\n")
        return rig.ctl("log", "verify", path, check=False)

    check(verify(lines)[0] == 0, "the export itself is intact")
    bent = lines[5].replace('"severity": ', '"severity": 1')
    for what, changed in (("changed", lines[:5] + [bent] + lines[6:]),
                          ("removed", lines[:5] + lines[6:]),
                          ("reordered", lines[:5] + [lines[6], lines[5]] + lines[7:]),
                          ("inserted", lines[:5] + [lines[4]] + lines[5:])):
        status, said = verify(changed)
        check(status == 1 and "event" in said, f"{what}: {status} {said}")


if __name__ == "__main__":
    run(__name__)
