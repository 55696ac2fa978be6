#!/usr/bin/env python3
"""Entries of a private journal, at a real rsyslog: none is lost, whoever is killed.

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
        rig.call("object.create", kind="log_server",
                 object={"name": "server", "host": "127.0.0.1", "port": port, "transport": "tcp"})
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
