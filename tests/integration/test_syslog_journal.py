#!/usr/bin/env python3
"""Entries of a private journal, at a real rsyslog: none is lost, whoever is killed, and how that goes
is shown and an alarm.

systemd-journal-remote writes the journal, entry by entry, as a journald would.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import harness
import test_syslog_receivers as base
from harness import SOURCE, check, wait_for

sys.path.insert(0, os.path.join(SOURCE, "tools"))

import receivers  # noqa: E402
from appliance import Failure  # noqa: E402

WRITER = "/lib/systemd/systemd-journal-remote"
CONFIG = """
global(maxMessageSize="128k")
main_queue(queue.type="Direct")
module(load="imtcp")
module(load="mmpstrucdata")
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="all")
template(name="json" type="list") {{ property(name="jsonmesg") constant(value="\\n") }}
ruleset(name="all" queue.type="Direct") {{
    action(type="mmpstrucdata" sd_name.lowercase="off")
    action(type="omfile" file="{directory}/server/out" template="json")
}}
"""


class Journal:
    """A directory with one file, which grows."""

    def __init__(self, directory):
        self.directory = os.path.join(directory, "journal")
        os.makedirs(self.directory)
        self.count = 0

    def add(self, *texts, **fields):
        entries = []
        for text in texts:
            self.count += 1
            made = {"__REALTIME_TIMESTAMP": 1790000000000000 + self.count,
                    "__MONOTONIC_TIMESTAMP": 1000000 + self.count,
                    "_BOOT_ID": "6a1c0f1e7b0a4b539d0e1f2a3b4c5d6e", "PRIORITY": 6,
                    "SYSLOG_IDENTIFIER": "tester", "_PID": 77, "MESSAGE": text, **fields}
            entries.append("".join(f"{name}={value}\n" for name, value in made.items()))
        subprocess.run([WRITER, "-o", os.path.join(self.directory, "a.journal"), "-"],
                       input="\n".join(entries) + "\n", text=True, check=True, capture_output=True)

    def add_numbers(self, count):
        first = self.count + 1
        self.add(*[f"entry {number}" for number in range(first, first + count)])


def start_forwarder(rig):
    rig.run("syslog", f"{base.BUILD}/cardea-syslog", f"--run-dir={rig.directory}",
            f"--state-dir={rig.directory}", f"--journal-dir={rig.journal.directory}")


def records(rig):
    path = os.path.join(rig.directory, "server", "out")
    if not os.path.exists(path):
        return []
    found = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                record = json.loads(line)
            except ValueError:
                continue  # the server was killed while it wrote
            if "cardeaJournal@32473" in record.get("$!", {}).get("rfc5424-sd", {}):
                found.append(record)
    return found


def texts(rig):
    return [record["msg"] for record in records(rig)]


def wait_text(rig, text):
    wait_for(lambda: text in texts(rig), f"'{text}'", 30)


def check_numbers(rig, first, last):
    numbers = [int(text.split()[1]) for text in dict.fromkeys(texts(rig))
               if text.startswith("entry ")]
    numbers = [number for number in numbers if first <= number <= last]
    check(numbers == list(range(first, last + 1)),
          f"of {first} to {last} came {len(numbers)}, beginning with {numbers[:5]}")


def set_server(rig, **fields):
    rig.call("object.change", kind="log_server", id=1, object=fields)


def test_nothing_of_the_journal_is_sent_unless_it_is_asked_for(rig):
    rig.journal.add_numbers(3)
    rig.call("settings.set", values={"system.location": "Here"})
    path = os.path.join(rig.directory, "server", "out")
    wait_for(lambda: os.path.exists(path) and "setting.changed" in
             open(path, encoding="utf-8").read(), "the event")
    check(not records(rig), "an entry was sent")


def test_entries_arrive_from_then_on_with_what_they_say(rig):
    set_server(rig, journal="debug")
    wait_for(lambda: os.path.exists(os.path.join(rig.directory, "journal.1")), "the place")
    rig.journal.add("Tür \"1\"]", PRIORITY=3, SYSLOG_FACILITY=4, _SYSTEMD_UNIT="ssh.service",
                    _UID=0, ERRNO=2)
    wait_for(lambda: records(rig), "the entry")
    [record] = records(rig)
    element = record["$!"]["rfc5424-sd"]["cardeaJournal@32473"]
    check(record["pri"] == "35" and record["app-name"] == "tester" and record["procid"] == "77",
          record)
    check(record["msg"] == base.BOM + 'Tür "1"]', record["msg"])
    check((element["unit"], element["uid"], element["errno"]) == ("ssh.service", "0", "2"), element)
    check(record["timereported"].startswith("2026-09-21T14:13:20.000005"), record["timereported"])


def test_a_message_of_64_kib_arrives_cut_and_marked_and_the_next_is_whole(rig):
    set_server(rig, record_size=65536)
    rig.journal.add("x" * 65536, "behind it")
    wait_text(rig, "behind it")
    [text] = [text for text in texts(rig) if text.startswith("xxx")]
    check(len(text) > 65000 and text.endswith("[...]"), f"{len(text)} characters, {text[-20:]}")
    check(text.strip("x") == "[...]", text.strip("x"))


def test_units_and_severity_choose_the_entries(rig):
    set_server(rig, journal="warning", journal_units="ssh.service,cron.service")
    rig.journal.add("not this", PRIORITY=6, _SYSTEMD_UNIT="ssh.service")
    rig.journal.add("nor this", PRIORITY=0, _SYSTEMD_UNIT="other.service")
    rig.journal.add("but this", PRIORITY=4, _SYSTEMD_UNIT="cron.service")
    wait_text(rig, "but this")
    check(not {"not this", "nor this"} & set(texts(rig)), texts(rig)[-3:])
    set_server(rig, journal="debug", journal_units="")


def test_no_entry_is_lost_when_the_forwarder_is_killed(rig):
    first = rig.journal.count + 1
    for _ in range(3):
        rig.journal.add_numbers(200)
        rig.processes["syslog"].kill()
        rig.processes.pop("syslog").wait()
        rig.journal.add_numbers(50)
        start_forwarder(rig)
    last = rig.journal.count
    wait_text(rig, f"entry {last}")
    check_numbers(rig, first, last)


def test_no_entry_is_lost_when_the_log_server_hangs_and_is_killed(rig):
    first = rig.journal.count + 1
    rig.journal.add_numbers(100)
    rig.server.process.send_signal(signal.SIGSTOP)
    rig.journal.add_numbers(200)
    rig.server.end(signal.SIGKILL)
    rig.journal.add_numbers(100)
    rig.server.start()
    last = rig.journal.count
    wait_text(rig, f"entry {last}")
    check_numbers(rig, first, last)


def test_what_came_while_it_was_off_is_sent_when_it_is_on_again(rig):
    set_server(rig, journal="off")
    first = rig.journal.count + 1
    rig.journal.add_numbers(20)
    rig.stop("syslog")
    start_forwarder(rig)
    set_server(rig, journal="debug")
    wait_text(rig, f"entry {rig.journal.count}")
    check_numbers(rig, first, rig.journal.count)


def standing(rig):
    return rig.call("snapshot")["objects"]["syslog.1"]["journal"]


def wait_standing(rig, what, **wanted):
    def is_so():
        found = standing(rig)
        return all(value(found[name]) if callable(value) else found[name] == value
                   for name, value in wanted.items()) and found

    try:
        return wait_for(is_so, what, 30)
    except Failure:
        print(f"# {standing(rig)}", flush=True)
        raise


def journal_alarms(rig):
    return [alarm for alarm in rig.call("alarm.list")["alarms"]
            if alarm["name"] == "syslog_journal_behind"]


def events_of(rig, kind):
    rig.read_events()
    return [row["event"] for row in rig.events.values() if row["event"]["kind"] == kind]


def list_lines(rig, *options):
    done = subprocess.run([f"{base.BUILD}/cardeactl", f"--run-dir={rig.directory}", *options,
                           "log-server"], check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def test_the_live_object_says_how_the_journal_is(rig):
    set_server(rig, journal="debug")
    rig.journal.add_numbers(3)
    found = wait_standing(rig, "all to be confirmed", state="up", is_reading=True, lag=0, age_s=0,
                          sent=lambda count: count >= 3)
    check(found["is_up"] and not found["is_behind"] and found["last_error"] == "", found)
    check(found["last_success_us"] > 1700000000000000, found)
    server = rig.reports()["syslog.1"]
    check("oldest_us" not in found and server["state"] == "up", server)
    lines = list_lines(rig)
    check([line.split()[:2] for line in lines[2:]] == [["its", "journal"]], lines)
    check(" up " in lines[2], lines)
    check(json.loads("".join(list_lines(rig, "--json")))["journal"]["state"] == "up", "as JSON")


def test_a_journal_that_is_not_sent_is_off(rig):
    set_server(rig, journal="off")
    wait_standing(rig, "off", state="off", is_up=False, is_reading=False, lag=0)
    check(len(list_lines(rig)) == 2, list_lines(rig))
    set_server(rig, journal="debug")
    wait_standing(rig, "on again", state="up", is_reading=True, lag=0)


def test_entries_that_wait_are_counted_and_an_alarm_that_ends(rig):
    set_server(rig, limit_lag=10, limit_age=0)
    wait_standing(rig, "nothing to wait", state="up", is_reading=True, lag=0)
    rig.server.end(signal.SIGKILL)
    wait_standing(rig, "down", state="down", is_up=False, last_error=lambda text: text != "")
    rig.journal.add_numbers(700)
    found = wait_standing(rig, "700 to wait", lag=700, is_behind=True, is_reading=True)
    check(found["age_s"] > 1000, found)  # the journal of this test was written long ago
    [alarm] = wait_for(lambda: journal_alarms(rig), "the alarm")
    check(alarm["source"] == "syslog.1" and alarm["severity"] == 4, alarm)
    check("is behind with the journal: " in alarm["text"] and " entries wait" in alarm["text"],
          alarm["text"])
    check(not [row for row in rig.call("alarm.list")["alarms"] if row["name"] == "syslog_behind"],
          "the event log is said to be behind")
    rig.server.start()
    wait_standing(rig, "nothing to wait", state="up", lag=0, age_s=0, is_behind=False)
    wait_for(lambda: not journal_alarms(rig), "the alarm to end")
    check(len(events_of(rig, "syslog.journal_behind")) == 1, "told more than once")
    check(len(events_of(rig, "syslog.journal_caught_up")) == 1, "its end, more than once")


def test_an_entry_that_waits_too_long_is_an_alarm_that_a_restart_of_the_store_leaves(rig):
    set_server(rig, limit_lag=0, limit_age=60)
    wait_standing(rig, "nothing to wait", state="up", is_reading=True, lag=0)
    rig.server.end(signal.SIGKILL)
    wait_standing(rig, "down", state="down")
    rig.journal.add("old")
    wait_standing(rig, "one to wait", lag=1, is_behind=True)
    [alarm] = wait_for(lambda: journal_alarms(rig), "the alarm")
    rig.stop("store")
    rig.start_store()
    wait_standing(rig, "one to wait still", state="down", lag=1, is_behind=True)
    check([each["id"] for each in journal_alarms(rig)] == [alarm["id"]], journal_alarms(rig))
    set_server(rig, journal="off")
    wait_for(lambda: not journal_alarms(rig), "the alarm to end")
    set_server(rig, journal="debug", limit_lag=10000, limit_age=0)
    rig.server.start()
    wait_text(rig, "old")


def test_without_a_forwarder_the_journal_is_stopped(rig):
    rig.stop("syslog")
    wait_standing(rig, "stopped", state="stopped", is_up=False, is_reading=False)
    start_forwarder(rig)
    wait_standing(rig, "up", state="up", is_reading=True, lag=0)


def test_a_journal_that_cannot_be_read_is_said_and_read_once_it_can(rig):
    rig.stop("syslog")
    hidden = rig.journal.directory + ".away"
    os.rename(rig.journal.directory, hidden)
    start_forwarder(rig)
    found = wait_standing(rig, "an error", is_reading=False,
                          last_error=lambda text: "cannot open the journal" in text)
    check(found["state"] == "up", found)
    os.rename(hidden, rig.journal.directory)
    rig.journal.add("there again")
    set_server(rig, journal="info")
    wait_text(rig, "there again")
    wait_standing(rig, "no error", is_reading=True, last_error="", lag=0)


def main():
    try:
        receivers.need_rsyslog("mmpstrucdata")
    except receivers.Unavailable as reason:
        harness.skip_all(str(reason))
    if not os.path.exists(WRITER):
        harness.skip_all("systemd-journal-remote is not installed")
    tests = harness.tests_of(sys.modules["__main__"])
    directory = tempfile.mkdtemp(prefix="cardea-journal.")
    rig = base.Rig(directory)
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    try:
        port = receivers.free_port()
        rig.server = receivers.Rsyslog(directory, "server",
                                       CONFIG.format(port=port, directory=directory), [port])
        rig.serve(rig.server, "out")
        rig.journal = Journal(directory)
        rig.journal.add("before")
        rig.start_store()
        start_forwarder(rig)
        # What this journal has is of long ago: its age is no alarm unless a test wants one.
        rig.call("object.create", kind="log_server", object={
            "name": "server", "host": "127.0.0.1", "port": port, "transport": "tcp",
            "limit_age": 0})
        wait_for(lambda: [report["state"] for report in rig.reports().values()] == ["up"],
                 "the log server to be up", 30)
        for number, test in enumerate(tests, 1):
            failed += not harness.run_one(number, test, rig)
    finally:
        rig.close()
    if failed:
        for name in ("syslog.log", "store.log", "server/log"):
            with open(os.path.join(directory, name), encoding="utf-8", errors="replace") as file:
                for line in file.readlines()[-15:]:
                    print(f"# {name}: {line.rstrip()[:300]}")
    shutil.rmtree(directory, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
