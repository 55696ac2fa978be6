#!/usr/bin/env python3
"""Schedules and special days by cardeactl: what is refused, what a calendar brings, what is shown."""

import os
import tempfile

from harness import check, refused, run

HOLIDAYS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20200101
RRULE:FREQ=YEARLY
SUMMARY:New Year
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART:20260101T100000Z
SUMMARY:Meeting
END:VEVENT
%sEND:VCALENDAR
"""


def calendar(text):
    with tempfile.NamedTemporaryFile("w", suffix=".ics", delete=False) as file:
        file.write(text)
    return file.name


def create(rig, kind, **members):
    return rig.rpc("object.create", kind=kind, object=members)["id"]


def set_zone(rig, zone):
    rig.rpc("settings.set", values={"time.zone": zone})


def test_a_zone_that_this_machine_does_not_have_is_refused(rig):
    for zone in ("Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "Europe", "Europe/../UTC"):
        refused(lambda: set_zone(rig, zone), "bad_params")
    set_zone(rig, "Europe/Berlin")


def test_what_is_wrong_with_a_schedule_is_said(rig):
    error = refused(lambda: create(rig, "schedule", name="Work", weekly=[
        {"days": [1], "from": "08:00", "to": "17:00"},
        {"days": [2], "from": "25:00", "to": "17:00"}]), "bad_params")
    check("entry 2, from:" in error, error)
    error = refused(lambda: create(rig, "schedule", name="Work", events=[
        {"start": "2026-01-01T08:00:00", "end": "2026-01-01T09:00:00", "rule": "FREQ=HOURLY"}]),
        "bad_params")
    check("entry 1, rule: FREQ: DAILY, WEEKLY, MONTHLY or YEARLY" in error, error)


def test_a_calendar_brings_special_days_and_says_what_it_passed_over(rig):
    path = calendar(HOLIDAYS % "")
    said = rig.ctl("special-days", "import", path, "--name", "Holidays")[0]
    os.unlink(path)
    check((said["group"], said["days"], said["taken"], said["passed_over"]) == (1, 1, 1, 1), said)
    check(said["reasons"][0]["line"] == 10 and said["reasons"][0]["summary"] == "Meeting", said)
    group = rig.rpc("object.get", kind="special_days", id=1)
    check(group["name"] == "Holidays" and group["days"][0]["rule"] == "FREQ=YEARLY", group)


def test_a_long_calendar_comes_in_pieces_into_the_same_group(rig):
    filling = "X-FILLING:" + "ä" * 30 + "\n"
    path = calendar(HOLIDAYS % (filling * 1500))
    rig.ctl("special-days", "import", path, "--group", 1)
    os.unlink(path)
    check(len(rig.rpc("object.get", kind="special_days", id=1)["days"]) == 1, "the day is there")
    refused(lambda: rig.rpc("special_days.import", group=1, text="X", offset=7), "conflict")


def test_a_broken_calendar_changes_nothing_and_the_line_is_named(rig):
    before = rig.rpc("object.get", kind="special_days", id=1)
    error = refused(lambda: rig.rpc("special_days.import", group=1,
                                     text="BEGIN:VCALENDAR\nBEGIN:VEVENT\nwhat\n"), "bad_params")
    check("line 3: no line such as NAME:value" in error, error)
    check(rig.rpc("object.get", kind="special_days", id=1) == before, "nothing was changed")
    refused(lambda: rig.rpc("special_days.import", group=9, text=HOLIDAYS % ""), "not_found")


def test_a_schedule_is_shown_in_local_time_with_its_offset(rig):
    create(rig, "schedule", name="Work",
           weekly=[{"days": [1, 2, 3, 4, 5, 6, 7], "from": "22:00", "to": "06:00"}],
           special=[{"group": 1, "times": [{"from": "10:00", "to": "12:00"}]}])
    said = rig.ctl("schedule", "show", 1, "--from", "2026-12-31", "--days", 3)[0]
    check(said == {"zone": "Europe/Berlin", "more": False, "intervals": [
        {"from": "2026-12-31T00:00:00+01:00", "to": "2026-12-31T06:00:00+01:00"},
        {"from": "2026-12-31T22:00:00+01:00", "to": "2027-01-01T06:00:00+01:00"},
        {"from": "2027-01-01T10:00:00+01:00", "to": "2027-01-01T12:00:00+01:00"},
        {"from": "2027-01-02T22:00:00+01:00", "to": "2027-01-03T00:00:00+01:00"}]}, said)
    set_zone(rig, "Asia/Kolkata")
    said = rig.ctl("schedule", "show", 1, "--from", "2026-12-31", "--days", 1)[0]
    check(said["intervals"][1]["from"] == "2026-12-31T22:00:00+05:30", said)
    refused(lambda: rig.rpc("schedule.preview", id=1, **{"from": "2026-02-30"}), "bad_params")
    refused(lambda: rig.rpc("schedule.preview", id=2), "not_found")


run(__name__)
