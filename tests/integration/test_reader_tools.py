#!/usr/bin/env python3
"""What readers show and take, and the tools for their lines: feedback, keypads, traces, searches,
moves and firmware."""

import json
import os
import random
import ssl
import urllib.request

from harness import Failure, check, refused, run, wait_for

CARD = ("--facility", 118, "--card", 77)


def head_of(rig):
    return rig.rpc("status")["log"]["head"]


def reader_of(rig, number):
    return rig.snapshot().get(f"reader.{number}", {})


def played(rig, number):
    """What the virtual board says of its reader."""
    return rig.rpc("show", _socket="board.sock", _client="door")["readers"][str(number)]


def wait_secure(rig, *readers):
    for number in readers:
        wait_for(lambda: reader_of(rig, number).get("security") == "secure",
                 f"reader {number} to speak encrypted again", 30)


def frames_of(rig, number, *words):
    """The trace of a reader's line, each frame as (from the panel, bytes)."""
    frames = []
    for record in rig.ctl("reader", "trace", number, *words):
        check(record["osdpTraceVersion"] == "1" and int(record["timeSec"]) > 0, f"{record}")
        frames.append((record["io"] == "output", bytes.fromhex(record["data"])))
    return frames


def test_a_reader_shows_what_its_table_says(rig):
    rig.ctl("card", "add", "holder=Ada Lovelace", "facility=118", "card=77", "doors=[1,2,3,4]")
    rig.ctl("feedback", "set", "granted", "colour=magenta", "duration=20000", "beeps=2",
            "text=Grüß Gott, Ada")
    buzzes = played(rig, 1)["buzzes"]
    rig.board("badge", 1, *CARD)
    wait_for(lambda: played(rig, 1)["led"] == "magenta", "the colour of a grant")
    wait_for(lambda: played(rig, 1)["text"] == "Gruess Gott, Ada", "the text of a grant")
    wait_for(lambda: played(rig, 1)["buzzes"] > buzzes, "the beeps of a grant")


def test_a_change_of_the_table_is_shown_at_once(rig):
    rig.ctl("feedback", "set", "idle_locked", "colour=cyan", "text=Welcome")
    wait_for(lambda: played(rig, 3)["led"] == "cyan" and played(rig, 3)["text"] == "Welcome",
             "the new colour and text of a locked door")
    rig.ctl("feedback", "set", "idle_locked", "colour=red", "text=")
    wait_for(lambda: played(rig, 3)["led"] == "red" and not played(rig, 3)["text"].strip(),
             "the old colour, and no text")


def test_the_alarm_of_a_door_sounds_at_its_readers_until_it_ends(rig):
    rig.board("set", "door2.contact", "open")
    wait_for(lambda: played(rig, 3)["sounding"] and played(rig, 4)["sounding"],
             "both readers of the door to sound")
    check(not played(rig, 5)["sounding"], "a reader of another door must not sound")
    rig.board("set", "door2.contact", "closed")
    wait_for(lambda: not played(rig, 3)["sounding"] and not played(rig, 4)["sounding"],
             "the readers to be silent again")
    check(played(rig, 3)["led"] == "red", "the door is locked")


def test_a_table_that_makes_no_sense_is_refused(rig):
    for words in (["granted", "beeps=255"], ["granted", "duration=0"], ["granted", "colour=pink"],
                  ["granted", "outcome=denied"], ["granted", f"text={'x' * 33}"]):
        status, said = rig.ctl("feedback", "set", *words, check=False)
        check(status == 1 and words[1].split("=")[0] in said, f"{words}: {said}")


def test_a_reader_that_is_mounted_upside_down_is_turned(rig):
    rig.ctl("reader", "set", 5, "reversed=bits")
    head = head_of(rig)
    rig.board("badge", 5, *CARD, "--reversed")
    rig.wait_event("access.granted", after=head, reader=5, card=77)
    rig.ctl("reader", "set", 5, "reversed=no")
    head = head_of(rig)
    rig.board("badge", 5, *CARD)
    rig.wait_event("access.granted", after=head, reader=5, card=77)


def test_formats_of_one_length_are_tried_in_the_order_that_was_set(rig):
    def format_read():
        head = head_of(rig)
        rig.board("badge", 6, "--format", "h10304", "--facility", 1234, "--card", 56789)
        return rig.wait_event("access.unknown", after=head, reader=6)["data"].get("format")
    check(format_read() == "h10302", "the default order")
    rig.ctl("settings", "set", "cards.formats=h10301,h10304,h10302")
    wait_for(lambda: format_read() == "h10304", "the order that was set")
    rig.ctl("settings", "set", "cards.formats=h10301")
    wait_for(lambda: format_read() is None, "a length that is not in use to be unknown")
    status, said = rig.ctl("settings", "set", "cards.formats=h10301,h99999", check=False)
    check(status == 1 and "cards.formats" in said, said)


def test_a_code_is_counted_and_told_nobody(rig):
    head = head_of(rig)
    rig.board("type", 2, "31415926#")
    event = rig.wait_event("reader.code", after=head, reader=2)
    check(event["data"]["digits"] == 8, f"{event}")
    check("31415926" not in json.dumps(rig.events()), "the digits are in the log")
    rig.board("type", 2, "27*18")
    wait_for(lambda: reader_of(rig, 2)["digits"] == 2, "two digits to wait for more")
    wait_for(lambda: played(rig, 2)["text"] == "Code?", "the display to ask for the rest")
    rig.wait_event("reader.code_abandoned", after=head, reader=2, digits=2)
    wait_for(lambda: played(rig, 2)["text"].strip() == "", "the display to be empty")


def test_a_failing_supply_is_an_alarm_until_it_ends(rig):
    head = head_of(rig)
    rig.board("reader", 8, "power", "fails")
    rig.wait_event("reader.power", after=head, reader=8)
    check(reader_of(rig, 8)["power_failure"], "the live state shows it")
    rig.board("reader", 8, "power", "good")
    rig.wait_event("reader.power_cleared", after=head, reader=8)


def test_a_text_is_shown_for_its_time_and_only_where_there_is_a_display(rig):
    rig.ctl("reader", "text", 4, "Bitte läuten", 60)
    wait_for(lambda: played(rig, 4)["text"] == "Bitte laeuten", "the text")
    refused(lambda: rig.rpc("reader.output", reader=4, output=1, on=True), "conflict")


def test_everything_that_is_counted_can_be_asked_for(rig):
    [counted] = rig.ctl("reader", "diagnostics", 1)
    check(counted["state"] == "online" and counted["address"] == 0, f"{counted}")
    check(counted["counters"]["polls"] > 10 and counted["counters"]["sessions"] > 0, f"{counted}")
    for name in ("reply_delay", "poll_interval"):
        delay = counted[name]
        check(delay["count"] == sum(bucket["count"] for bucket in delay["histogram"]), f"{delay}")
        check(0 < delay["min_us"] <= delay["mean_us"] <= delay["max_us"], f"{delay}")
    rig.board("reader", 1, "busy", 3)
    wait_for(lambda: rig.rpc("reader.diagnostics", reader=1)["counters"]["busy"]
             > counted["counters"]["busy"], "the reader's BUSY to be counted")


def test_what_was_said_on_a_line_can_be_read(rig):
    frames = frames_of(rig, 1)
    check(len(frames) > 50, f"only {len(frames)} frames")
    for is_output, data in frames:
        start = data.index(0x53)
        check(bool(data[start + 1] & 0x80) != is_output, f"{data.hex()} is of the other side")
    newer = frames_of(rig, 1, "--seconds", 1)
    check(10 < len(newer) < len(frames) + 200, f"{len(newer)} frames in a second")


def https(rig, verb, path, body=None, **headers):
    """The answer's headers and text."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    data = None if body is None else json.dumps(body).encode()
    if data:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(rig.url + "api/v1" + path, data, headers, method=verb)
    with urllib.request.urlopen(request, context=context, timeout=20) as answer:
        return answer.headers, answer.read().decode()


def test_the_rest_interface_has_the_trace_as_a_file(rig):
    headers, text = https(rig, "POST", "/setup",
                          {"account": "ada", "password": "correct horse battery"})
    login = {"Cookie": headers["Set-Cookie"].split(";")[0],
             "X-CSRF-Token": json.loads(text)["csrf"]}
    headers, text = https(rig, "GET", "/readers/1/trace", **login)
    check("reader-1.osdpcap" in headers["Content-Disposition"], f"{headers}")
    frames = [json.loads(line) for line in text.splitlines()]
    check(len(frames) > 300, f"only {len(frames)} frames: it ends with the first piece")
    times = [int(frame["timeSec"]) * 10 ** 9 + int(frame["timeNano"]) for frame in frames]
    check(times == sorted(times), "the frames are in their order")
    _, text = https(rig, "GET", "/readers/1/diagnostics", **login)
    check(json.loads(text)["counters"]["polls"] > 0, text)
    https(rig, "PATCH", "/feedback/8", {"colour": "blue"}, **login)
    _, text = https(rig, "GET", "/feedback", **login)
    rows = {row["outcome"]: row for row in json.loads(text)["feedback"]}
    check(rows["granted"]["colour"] == "blue", f"{rows['granted']}")


def test_nothing_is_shown_of_an_install_window(rig):
    rig.rpc("reader.install", reader=7, replacement=True)
    refused(lambda: rig.rpc("reader.trace", reader=7), "conflict")
    refused(lambda: rig.rpc("reader.trace", reader=8), "conflict")
    rig.rpc("reader.install_cancel", reader=7)
    wait_secure(rig, 7, 8)
    rig.rpc("reader.trace", reader=7)


def test_a_search_finds_who_is_there_and_gives_the_line_back(rig):
    [line] = rig.ctl("reader", "scan", 4, "--last-address", 3)
    found = {device["address"]: device for device in line["found"]}
    check(sorted(found) == [0, 1], f"it found {line}")
    for address, number in ((0, 7), (1, 8)):
        check(found[address]["serial"] == played(rig, number)["serial"], f"{found[address]}")
    wait_secure(rig, 7, 8)
    head = head_of(rig)
    rig.board("badge", 7, *CARD)
    rig.wait_event("access.granted", after=head, reader=7)
    rig.wait_event("line.scanned", bus=4, count=2)
    refused(lambda: rig.rpc("reader.scan_stop", bus=4), "conflict")
    refused(lambda: rig.rpc("reader.scan", bus=7), "not_found")


def test_a_reader_that_was_moved_is_found_there_ever_after(rig):
    refused(lambda: rig.rpc("reader.comset", reader=8, address=0), "conflict")
    refused(lambda: rig.rpc("reader.comset", reader=8, address=1, baud=9600), "conflict")
    head = head_of(rig)
    rig.ctl("reader", "move", 8, 42)
    rig.wait_event("reader.moved", after=head, reader=8, address=42)
    check(played(rig, 8)["address"] == 42, "the reader has another address")
    wait_for(lambda: rig.rpc("object.get", kind="reader", id=8)["address"] == 42,
             "the configuration to know")
    head = head_of(rig)
    rig.kill("door")
    rig.wait_event("control.started", after=head)
    wait_for(lambda: reader_of(rig, 8).get("address") == 42, "the panel to look at 42")
    wait_secure(rig, 8)
    head = head_of(rig)
    rig.ctl("reader", "move", 8, 1)
    rig.wait_event("reader.moved", after=head, reader=8, address=1)
    wait_secure(rig, 8)


def order_into_the_void(rig, number, **place):
    """A reader that cannot hear is told to move, before the panel has noticed."""
    rig.board("reader", number, "unplugged")
    try:
        rig.rpc("reader.comset", reader=number, **place)
        return True
    except Failure:
        rig.board("reader", number, "plugged")
        wait_secure(rig, number)
        return False


def test_a_move_that_the_reader_does_not_follow_is_taken_back(rig):
    head = head_of(rig)
    wait_for(lambda: order_into_the_void(rig, 6, address=9), "a command that nobody hears")
    event = rig.wait_event("reader.not_moved", after=head, reader=6)
    check(event["data"]["address"] == 1, f"{event}")
    rig.board("reader", 6, "plugged")
    wait_secure(rig, 6)
    check(played(rig, 6)["address"] == 1, "it is where it was")
    check(rig.rpc("object.get", kind="reader", id=6)["address"] != 9, "nobody looks for it at 9")


def test_a_reader_is_looked_for_where_somebody_has_found_it(rig):
    rig.ctl("reader", "adopt", 6, 11)
    wait_for(lambda: reader_of(rig, 6)["address"] == 11, "the panel to look at 11")
    refused(lambda: rig.rpc("reader.adopt", reader=6, address=127), "bad_params")
    rig.ctl("reader", "set", 6, "address=127")
    wait_for(lambda: reader_of(rig, 6)["address"] == 1, "the panel to look where the board says")
    wait_secure(rig, 6)


def firmware(rig, size):
    path = os.path.join(rig.state, f"reader-{size}.bin")
    with open(path, "wb") as file:
        file.write(random.Random(size).randbytes(size))
    return path


def fnv1a(path):
    value = 0x811c9dc5
    with open(path, "rb") as file:
        for byte in file.read():
            value = (value ^ byte) * 0x01000193 & 0xffffffff
    return value


def test_readers_take_a_firmware_one_after_another(rig):
    rig.board("reader", 8, "unplugged")  # for the next test: it takes a while until it is missed
    path = firmware(rig, 60000)
    head = head_of(rig)
    status, said = rig.ctl("reader", "upgrade", 1, 3, path, check=False)
    check(status == 0, said)
    for number in (1, 3):
        rig.wait_event("reader.upgrade", after=head, reader=number, name="reader-60000.bin")
        rig.wait_event("reader.upgrade_done", after=head, reader=number)
        check(played(rig, number)["file"]["fnv1a"] == fnv1a(path), f"{played(rig, number)}")
        check(reader_of(rig, number)["upgrade"]["state"] == "done", f"{reader_of(rig, number)}")
    wait_secure(rig, 1, 3)


def test_only_a_reader_that_is_there_is_upgraded(rig):
    path = firmware(rig, 100)
    wait_for(lambda: not reader_of(rig, 8)["online"], "the reader to be off line", 30)
    status, said = rig.ctl("reader", "upgrade", 8, path, check=False)
    check(status == 1 and "not on line" in said, said)
    rig.board("reader", 8, "plugged")
    wait_secure(rig, 8)
    rig.rpc("firmware.drop")
    refused(lambda: rig.rpc("reader.upgrade", reader=8), "not_found")


def test_a_file_is_bounded_and_whole(rig):
    refused(lambda: rig.rpc("firmware.begin", name="x", size=4 * 1024 * 1024 + 1), "bad_params")
    rig.rpc("firmware.begin", name="x", size=4)
    rig.rpc("firmware.chunk", offset=0, data="0102")
    refused(lambda: rig.rpc("firmware.chunk", offset=0, data="0304"), "conflict")
    refused(lambda: rig.rpc("firmware.chunk", offset=2, data="030405"), "conflict")
    refused(lambda: rig.rpc("firmware.chunk", offset=2, data="03zz"), "bad_params")
    refused(lambda: rig.rpc("reader.upgrade", reader=1), "not_found")
    rig.rpc("firmware.chunk", offset=2, data="0304")
    rig.rpc("firmware.drop")


def test_an_upgrade_can_be_cancelled_and_cards_are_taken_meanwhile(rig):
    path = firmware(rig, 250000)
    with open(path, "rb") as file:
        data = file.read()
    rig.rpc("firmware.begin", name="big.bin", size=len(data))
    for offset in range(0, len(data), 24000):
        rig.rpc("firmware.chunk", offset=offset, data=data[offset:offset + 24000].hex())
    rig.rpc("reader.upgrade", reader=5)
    wait_for(lambda: reader_of(rig, 5)["upgrade"]["sent"] > 0, "the file to be on its way")
    refused(lambda: rig.rpc("firmware.drop"), "conflict")
    head = head_of(rig)
    rig.board("badge", 5, *CARD)
    rig.wait_event("access.granted", after=head, reader=5)
    check(reader_of(rig, 5)["upgrade"]["state"] == "sending", "the card came after the file")
    rig.rpc("reader.upgrade_cancel", reader=5)
    event = rig.wait_event("reader.upgrade_failed", after=head, reader=5)
    check("cancelled" in event["data"]["why"], f"{event}")
    refused(lambda: rig.rpc("reader.upgrade_cancel", reader=5), "conflict")


if __name__ == "__main__":
    run(__name__)
