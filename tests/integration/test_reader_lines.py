#!/usr/bin/env python3
"""Lines with one reader each: their speed, and who is found at another one."""

import os
import tempfile

from harness import Failure, check, refused, run, wait_for

CARD = ("--facility", 118, "--card", 77)
PROFILE = """
board = {{ name = "Lone readers"; driver = "virtual"; }};
buses = ( {} );
"""
BUS = ('{{ name = "RS-485 {0}"; baud = 115200; '
       "readers = ( {{ reader = {1}; door = {0}; address = 0; }} ); }}")


def head_of(rig):
    return rig.rpc("status")["log"]["head"]


def reader_of(rig, number):
    return rig.snapshot().get(f"reader.{number}", {})


def wait_secure(rig, number, baud):
    def is_there():
        reader = reader_of(rig, number)
        return reader.get("security") == "secure" and reader["baud"] == baud
    wait_for(is_there, f"reader {number} at {baud} baud", 40)


def wait_deaf(rig, number):
    wait_for(lambda: not reader_of(rig, number)["online"], "the reader not to be heard", 30)


def played(rig, number):
    """What the virtual board says of its reader."""
    return rig.rpc("show", _socket="board.sock", _client="door")["readers"][str(number)]


def badge(rig, number):
    head = head_of(rig)
    rig.board("badge", number, *CARD)
    rig.wait_event("access.granted", after=head, reader=number)


def kept(rig, number):
    return rig.rpc("object.get", kind="reader", id=number)["baud"]


def move(rig, number, baud):
    head = head_of(rig)
    rig.ctl("reader", "move", number, 0, baud)
    rig.wait_event("reader.moved", after=head, reader=number, baud=baud)
    wait_secure(rig, number, baud)
    check(played(rig, number)["baud"] == baud, f"the reader says {played(rig, number)}")


def test_a_lone_reader_takes_another_speed_and_keeps_it_over_restarts(rig):
    rig.ctl("card", "add", "holder=Ada Lovelace", "facility=118", "card=77", "doors=[1,2,3,4]")
    move(rig, 1, 9600)
    badge(rig, 1)
    wait_for(lambda: kept(rig, 1) == "9600", "the configuration to know")
    head = head_of(rig)
    rig.kill("store")
    rig.kill("door")
    rig.wait_event("reader.secured", after=head, reader=1, seconds=30)
    wait_secure(rig, 1, 9600)
    check(kept(rig, 1) == "9600", "the store has forgotten the speed")
    badge(rig, 1)
    move(rig, 1, 115200)
    badge(rig, 1)


def test_a_line_that_has_no_such_speed_is_not_moved(rig):
    refused(lambda: rig.rpc("reader.comset", reader=1, address=0, baud=12345), "bad_params")
    check(reader_of(rig, 1)["security"] == "secure", "the reader is still there")


def order_into_the_void(rig, number, **place):
    """A reader that cannot hear is told to move, before the panel has noticed."""
    rig.board("reader", number, "unplugged")
    try:
        rig.rpc("reader.comset", reader=number, **place)
        return True
    except Failure:
        rig.board("reader", number, "plugged")
        wait_secure(rig, number, 115200)
        return False


def test_a_speed_that_the_reader_does_not_take_is_taken_back(rig):
    head = head_of(rig)
    wait_for(lambda: order_into_the_void(rig, 3, address=0, baud=9600),
             "a command that nobody hears")
    # For the next test, whose reader is missed meanwhile.
    rig.board("reader", 5, "speed", 38400)
    rig.wait_event("reader.not_moved", after=head, reader=3, baud=115200)
    rig.board("reader", 3, "plugged")
    wait_secure(rig, 3, 115200)
    check(kept(rig, 3) == "board", "nobody listens at 9600")
    badge(rig, 3)


def test_a_reader_that_was_set_to_another_speed_is_found_there(rig):
    rig.board("reader", 6, "unplugged")
    wait_deaf(rig, 5)
    check(played(rig, 5)["plugged"], "it hears, but nothing that it understands")
    [line] = rig.ctl("reader", "scan", 3, "--single")
    found = [device for device in line["found"] if not device["clash"]]
    check([device["baud"] for device in found] == [38400], f"it found {line}")
    check(found[0]["serial"] == played(rig, 5)["serial"], f"{found}")
    check(line["baud"] == 115200, "the line runs as before")
    rig.ctl("reader", "adopt", 5, 0, 38400)
    wait_secure(rig, 5, 38400)
    wait_for(lambda: kept(rig, 5) == "38400", "the configuration to know")
    badge(rig, 5)
    head = head_of(rig)
    rig.kill("board")
    for number in (1, 3, 5, 7):
        rig.wait_event("reader.secured", after=head, reader=number, seconds=40)
    wait_secure(rig, 5, 38400)


def last_test(rig, number):
    return rig.snapshot()[f"line.{(number + 1) // 2}"].get("test", {})


def begin_test(rig, number, exchanges):
    """As soon as the reader is there."""
    def has_begun():
        try:
            rig.rpc("reader.line_test", reader=number, exchanges=exchanges)
            return True
        except Failure as error:
            check(str(error).startswith("unavailable"), f"{error}")
            return False
    wait_for(has_begun, "the test to begin", 30)
    wait_for(lambda: by_speed(last_test(rig, number))[9600]["asked"] > 5, "the first speed", 30)


def by_speed(test):
    return {speed["baud"]: speed for speed in test["speeds"]}


def test_a_line_is_tested_at_each_speed_and_left_as_it_was(rig):
    rig.board("reader", 8, "unplugged")
    before = kept(rig, 7)
    head = head_of(rig)
    [test] = rig.ctl("reader", "line-test", 7, 40)
    speeds = by_speed(test)
    check(list(speeds) == [9600, 19200, 38400, 57600, 115200, 230400], f"{test}")
    for speed in speeds.values():
        check(speed["state"] == "tested" and speed["asked"] >= 40, f"{speed}")
        check(speed["p99_us"] >= speed["mean_us"] / 2 > 0, f"{speed}")
    check(test["back"] and test["baud"] == 115200, f"{test}")
    check(reader_of(rig, 7)["baud"] == 115200, "the panel is where it was")
    check(played(rig, 7)["baud"] == 115200, "so is the reader")
    check(kept(rig, 7) == before, "and the configuration says what it said")
    event = rig.wait_event("line.tested", after=head, reader=7, best=test["best"])
    check(f"9600: {speeds[9600]['lost']} of {speeds[9600]['asked']}, 19200:"
          in event["data"]["lost"], f"{event}")
    check(not any(isinstance(value, (dict, list)) for value in event["data"].values()),
          f"too deep for a list of events: {event}")
    moved = [event for event in rig.events() if event["seq"] > head
             and event["kind"] in ("reader.moved", "config.changed")]
    check(not moved, f"a test is no move: {moved}")
    badge(rig, 7)


def test_losses_are_counted_and_end_the_way_up(rig):
    begin_test(rig, 7, 40)
    rig.board("reader", 7, "late", "300ms")
    wait_for(lambda: by_speed(last_test(rig, 7))[9600]["lost"] > 3, "losses", 30)
    rig.board("reader", 7, "late", "0")
    wait_for(lambda: not last_test(rig, 7)["running"], "the end of the test", 60)
    test = last_test(rig, 7)
    check(test["back"] and by_speed(test)[9600]["lost"] > 0, f"{test}")
    check(by_speed(test)[230400]["state"] == "left_out", f"{test}")
    wait_secure(rig, 7, 115200)


def test_keys_files_and_searches_wait_for_a_test_and_it_for_them(rig):
    rig.rpc("reader.install", reader=7, replacement=True)
    refused(lambda: rig.rpc("reader.line_test", reader=7), "conflict")
    rig.rpc("reader.install_cancel", reader=7)
    wait_secure(rig, 7, 115200)
    refused(lambda: rig.rpc("reader.line_test_stop", reader=7), "conflict")
    begin_test(rig, 7, 10000)
    for method, more in (("install", {"replacement": True}), ("rotate", {}), ("line_test", {}),
                         ("comset", {"address": 3})):
        refused(lambda m=method, p=more: rig.rpc("reader." + m, reader=7, **p), "conflict")
    refused(lambda: rig.rpc("reader.scan", bus=4), "conflict")
    rig.rpc("reader.line_test_stop", reader=7)
    wait_for(lambda: not last_test(rig, 7)["running"], "the end of the test", 30)
    check(last_test(rig, 7)["back"], "it is back")
    wait_secure(rig, 7, 115200)
    refused(lambda: rig.rpc("reader.line_test", reader=7, exchanges=9), "bad_params")


def test_a_reader_is_found_again_when_its_test_was_killed(rig):
    begin_test(rig, 7, 10000)
    head = head_of(rig)
    rig.kill("door")
    rig.wait_event("reader.secured", after=head, reader=7)
    wait_secure(rig, 7, 9600)
    wait_for(lambda: kept(rig, 7) == "9600", "the configuration to know")
    badge(rig, 7)


def with_lone_readers(directory):
    """A profile of four lines with a reader each; the others of the board are not connected."""
    path = os.path.join(directory, "lone.conf")
    buses = ", ".join(BUS.format(bus, 2 * bus - 1) for bus in range(1, 5))
    with open(path, "w", encoding="utf-8") as file:
        file.write(PROFILE.format(buses))
    return path


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="cardea-lone.") as directory:
        run(__name__, profile=with_lone_readers(directory), readers=4)
