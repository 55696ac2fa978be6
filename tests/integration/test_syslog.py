#!/usr/bin/env python3
"""cardea-syslog against the real store and a real rsyslogd: TLS, TCP, UDP, deaths on all sides."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
from appliance import is_stopped  # noqa: E402  (the path comes first)

BUILD = os.environ.get("CARDEA_BUILDDIR", ".")
DEADLINE = 40
RSYSLOGD = shutil.which("rsyslogd", path=os.environ.get("PATH", "") + ":/usr/sbin")
SEQ = re.compile(r'\[cardeaEvent@32473 seq="(\d+)"')

CONFIG = """
global(workDirectory="{dir}" maxMessageSize="16k"
       defaultNetstreamDriverCAFile="{dir}/ca.pem"
       defaultNetstreamDriverCertFile="{dir}/server.pem"
       defaultNetstreamDriverKeyFile="{dir}/server.key")
main_queue(queue.type="Direct")
module(load="imtcp" streamDriver.name="{driver}" streamDriver.mode="{mode}"
       streamDriver.authMode="anon")
module(load="imudp")
template(name="record" type="string" string="%pri%\\t%hostname%\\t%app-name%\\t%procid%\\t%msgid%\\t%structured-data%\\t%msg%\\t%rawmsg%\\n")
ruleset(name="records") {{ action(type="omfile" file="{out}" template="record") }}
input(type="imtcp" port="{port}" address="127.0.0.1" ruleset="records")
input(type="imudp" port="{port}" address="127.0.0.1" ruleset="records" rcvbufSize="4m")
"""


def wait_for(what, condition, seconds=DEADLINE):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for: {what}")
        time.sleep(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client:
    """Calls over the store's socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(DEADLINE)
        self.socket.connect(path)
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.id = 0
        self.call("hello", client="test", protocol=1)

    def call(self, method, **params):
        self.id += 1
        line = json.dumps({"id": self.id, "method": method, "params": params})
        self.socket.sendall(line.encode() + b"\n")
        while True:
            answer = json.loads(self.lines.readline())
            if answer.get("id") == self.id:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]


class LogServer:
    """rsyslogd with a configuration of its own."""

    def __init__(self, rig, name, driver):
        self.rig = rig
        self.port = free_port()
        self.out = f"{rig.dir}/{name}.out"
        self.config = f"{rig.dir}/{name}.conf"
        self.pid_file = f"{rig.dir}/{name}.pid"
        with open(self.config, "w", encoding="ascii") as config:
            config.write(CONFIG.format(dir=rig.dir, out=self.out, port=self.port, driver=driver,
                                       mode=0 if driver == "ptcp" else 1))
        self.process = None
        self.start()

    def start(self):
        if os.path.exists(self.pid_file):
            os.unlink(self.pid_file)
        self.process = self.rig.run([RSYSLOGD, "-n", "-f", self.config, "-i", self.pid_file])
        wait_for("rsyslogd listens", self.is_listening)

    def stand_still(self):
        self.process.send_signal(signal.SIGSTOP)
        wait_for("rsyslogd stands still", lambda: is_stopped(self.process.pid))

    def is_listening(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def records(self):
        if not os.path.exists(self.out):
            return []
        with open(self.out, encoding="utf-8") as out:
            return [line.rstrip("\n").split("\t") for line in out if line.endswith("\n")]

    def seqs(self):
        """Of all records, also those behind one that a kill has cut."""
        if not os.path.exists(self.out):
            return []
        with open(self.out, encoding="utf-8", errors="replace") as out:
            return [int(seq) for seq in SEQ.findall(out.read())]


class Rig:
    """Store and forwarder in a directory of their own."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="cardea-syslog-")
        self.log = open(f"{self.dir}/log", "w", encoding="utf-8")
        self.processes = []
        self.client = None
        self.count = 0
        self.make_certificates()
        self.start_store()
        self.start_forwarder()

    def run(self, command):
        process = subprocess.Popen(command, stdout=self.log, stderr=self.log,
                                   stdin=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def end(self, process, number):
        process.send_signal(number)
        process.wait(DEADLINE)

    def close(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                self.end(process, signal.SIGTERM)
        self.log.close()
        shutil.rmtree(self.dir)

    def make_certificates(self):
        def openssl(*arguments):
            subprocess.run(("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2") + arguments,
                           check=True, cwd=self.dir, stdout=self.log, stderr=self.log)

        for name in ("ca", "other"):
            openssl("-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")
        openssl("-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "server.key", "-out",
                "server.pem", "-subj", "/CN=logs", "-addext", "basicConstraints=CA:FALSE",
                "-addext", "subjectAltName=IP:127.0.0.1")

    def start_store(self):
        path = f"{self.dir}/agent.sock"
        self.store = self.run([f"{BUILD}/cardea-agent", "--role=store", f"--run-dir={self.dir}",
                               f"--state-dir={self.dir}"])

        def connect():
            try:
                return Client(path)
            except (OSError, ValueError):
                return None

        self.client = wait_for("the store answers", connect)

    def start_forwarder(self):
        self.forwarder = self.run([f"{BUILD}/cardea-syslog", f"--run-dir={self.dir}"])

    def set(self, **fields):
        """Changes the log server, which is made by the first call."""
        if self.client.call("object.list", kind="log_server")["objects"]:
            self.client.call("object.change", kind="log_server", id=1, object=fields)
        else:
            self.client.call("object.create", kind="log_server",
                             object={"name": "Log server", **fields})

    def make_events(self, count):
        """Audit events: nothing else is needed to make them."""
        for _ in range(count):
            self.count += 1
            self.client.call("settings.set", values={"system.location": f"Room {self.count}"})

    def events(self, **filters):
        """Those of the log, the oldest first; without filters only the newest page of them."""
        rows, after = [], 0
        if not filters:
            return self.client.call("events.list", limit=200)["events"][::-1]
        while after is not None:
            page = self.client.call("events.list", after=after, limit=200, **filters)
            rows += page["events"]
            after = page.get("next")
        return rows

    def head(self):
        """The number of an event behind all before it: the log commits in groups, later."""
        self.make_events(1)
        name = f"Room {self.count}"

        def find():
            return [row["event"]["seq"] for row in self.events()
                    if row["event"]["data"].get("new") == name]

        return wait_for("the last event is in the log", find)[0]

    def report(self):
        return self.client.call("snapshot")["objects"].get("syslog.1", {})

    def wait_up(self):
        wait_for("the destination is up", lambda: self.report().get("state") == "up")

    def wait_confirmed(self):
        """Until everything that is in the log now is confirmed."""
        head = self.head()
        wait_for(f"event {head} is confirmed", lambda: self.report().get("confirmed", 0) >= head)
        return head


def check_delivery(seqs, first, last):
    """Every event at least once, in order of first arrival."""
    firsts = [seq for seq in dict.fromkeys(seqs) if seq >= first]
    missing = sorted(set(range(first, last + 1)) - set(firsts))
    assert not missing, f"{len(missing)} events are missing, the first is {missing[0]}"
    assert firsts == sorted(firsts), "events arrived out of order"


def test_events_arrive_over_tls_as_the_log_has_them(rig):
    server = rig.tls
    rig.set(transport="tls", host="127.0.0.1", port=server.port, ca_file=f"{rig.dir}/ca.pem")
    rig.wait_up()
    first = rig.head() + 1
    rig.make_events(20)
    last = rig.wait_confirmed()
    check_delivery(server.seqs(), first, last)
    rows = {row["event"]["seq"]: row for row in rig.events()}
    for record in server.records():
        seq = int(SEQ.search(record[5]).group(1))
        row = rows[seq]
        assert record[2] == "cardea" and record[3] == str(rig.forwarder.pid), record
        assert record[0] == str((3 if row["event"]["category"] == "system" else 10) * 8 +
                                row["event"]["severity"]), record
        assert f'hash="{row["hash"]}"' in record[5], record
        assert record[6].endswith(row["event"]["text"]), record
        assert f'[meta sequenceId="{seq}" ' in record[5], record


class Producer(threading.Thread):
    """Events at a steady rate, until it is told to end."""

    def __init__(self, rig):
        super().__init__()
        self.rig = rig
        self.made = 0
        self.ended = threading.Event()
        self.start()

    def run(self):
        client = Client(f"{self.rig.dir}/agent.sock")
        while not self.ended.wait(0.003):
            client.call("settings.set", values={"system.name": f"Name {self.made}"})
            self.made += 1

    def wait_made(self, count):
        end = self.made + count
        wait_for("events", lambda: self.made >= end)


def disturb(rig, server, fault):
    """Events before, during and after faults of the log server."""
    rig.wait_up()
    first = rig.head() + 1
    producer = Producer(rig)
    try:
        for _ in range(3):
            producer.wait_made(60)
            fault(server, producer)
            producer.wait_made(40)
            server.start()
        producer.wait_made(60)
    finally:
        producer.ended.set()
        producer.join()
    last = rig.wait_confirmed()
    check_delivery(server.seqs(), first, last)


def kill_server(rig, server):
    disturb(rig, server, lambda it, producer: rig.end(it.process, signal.SIGKILL))


def hang_and_kill_server(rig, server):
    def fault(it, producer):
        it.stand_still()
        producer.wait_made(60)
        rig.end(it.process, signal.SIGKILL)

    disturb(rig, server, fault)


def test_no_event_is_lost_over_tls_when_the_log_server_is_killed(rig):
    kill_server(rig, rig.tls)


def test_no_event_is_lost_over_tls_when_the_log_server_hangs_and_is_killed(rig):
    hang_and_kill_server(rig, rig.tls)


def test_no_event_is_lost_when_the_forwarder_is_killed(rig):
    first = rig.head() + 1
    rig.make_events(50)
    rig.end(rig.forwarder, signal.SIGKILL)
    rig.make_events(50)
    rig.start_forwarder()
    last = rig.wait_confirmed()
    check_delivery(rig.tls.seqs(), first, last)


def test_no_event_is_lost_when_the_store_is_killed(rig):
    first = rig.head() + 1
    rig.make_events(50)
    rig.end(rig.store, signal.SIGKILL)
    rig.start_store()
    rig.make_events(50)
    last = rig.wait_confirmed()
    check_delivery(rig.tls.seqs(), first, last)


def test_another_transport_takes_over_without_a_restart(rig):
    first = rig.head() + 1
    rig.make_events(50)
    rig.set(transport="tcp", port=rig.tcp.port)
    rig.make_events(50)
    last = rig.wait_confirmed()
    assert rig.forwarder.poll() is None
    check_delivery(rig.tls.seqs() + rig.tcp.seqs(), first, last)


def test_no_event_is_lost_over_tcp_when_the_log_server_is_killed(rig):
    kill_server(rig, rig.tcp)


def test_no_event_is_lost_over_tcp_when_the_log_server_hangs_and_is_killed(rig):
    hang_and_kill_server(rig, rig.tcp)


def test_events_below_the_severity_are_skipped_and_confirmed(rig):
    rig.set(severity="warning")
    last = rig.wait_confirmed()
    rig.make_events(20)
    assert rig.wait_confirmed() > last
    assert max(rig.tcp.seqs()) <= last
    rig.set(severity="debug")


def test_events_arrive_over_udp(rig):
    rig.set(transport="udp")
    first = rig.head() + 1
    rig.make_events(60)  # as many as fit into the smallest buffer, should rsyslogd not be served
    last = rig.wait_confirmed()
    wait_for("the last datagram", lambda: last in rig.tcp.seqs())
    check_delivery(rig.tcp.seqs(), first, last)


def test_off_is_off_and_on_again_sends_what_came_between(rig):
    rig.set(enabled=False)
    wait_for("it is off", lambda: rig.report().get("state") == "off")
    first = rig.head() + 1
    rig.make_events(20)
    rig.set(enabled=True, transport="tcp")
    last = rig.wait_confirmed()
    check_delivery(rig.tcp.seqs(), first, last)


def refuse(rig, words):
    first = rig.head()
    wait_for("the refusal", lambda: words in rig.report().get("last_error", ""))
    wait_for("it is down", lambda: rig.report()["state"] == "down")

    def down():
        return [row["event"] for row in rig.events()
                if row["event"]["kind"] == "syslog.down" and row["event"]["seq"] > first]

    event = wait_for("the event syslog.down", down)[0]
    assert words in event["data"]["error"], event
    assert max(rig.tls.seqs()) < first, "a record reached a server that is not trusted"


def test_a_certificate_of_another_ca_is_refused(rig):
    rig.set(transport="tls", port=rig.tls.port, ca_file=f"{rig.dir}/other.pem")
    refuse(rig, "certificate is refused")


def test_a_certificate_of_another_name_is_refused(rig):
    rig.set(host="localhost", ca_file=f"{rig.dir}/ca.pem")
    refuse(rig, "hostname mismatch")


def test_a_ca_file_that_cannot_be_read_is_said(rig):
    rig.set(host="127.0.0.1", ca_file=f"{rig.dir}/missing.pem")
    wait_for("the reason", lambda: "missing.pem" in rig.report().get("last_error", ""))


def test_what_waited_for_a_trusted_server_arrives(rig):
    first = max(rig.tls.seqs() + rig.tcp.seqs()) + 1
    rig.set(ca_file=f"{rig.dir}/ca.pem")
    rig.wait_up()
    last = rig.wait_confirmed()
    check_delivery(rig.tls.seqs(), first, last)


def outcome(rig, **fields):
    """What a test of one server says: (good, the last step, {step: detail})."""
    server = {"name": "Trial", "host": "127.0.0.1", **fields}
    result, = rig.client.call("syslog.test", servers=[server])["servers"]
    steps = {step["step"]: step["detail"] for step in result["steps"]}
    return result["good"], result["steps"][-1], steps


def test_a_test_reaches_servers_that_are_not_saved(rig):
    before = rig.client.call("object.list", kind="log_server")["objects"]
    good, last, steps = outcome(rig, transport="tls", port=rig.tls.port,
                                ca_file=f"{rig.dir}/ca.pem")
    assert good and last["step"] == "acknowledge", (last, steps)
    assert list(steps) == ["resolve", "connect", "tls", "send", "acknowledge"], steps
    assert "CN=logs" in steps["tls"] and "TLSv1" in steps["tls"], steps
    assert steps["connect"] == "127.0.0.1", steps
    wait_for("the message", lambda: [record for record in rig.tls.records()
                                     if "Test message to log server Trial" in record[6]])
    assert outcome(rig, transport="tcp", port=rig.tcp.port)[0]
    good, last, _ = outcome(rig, transport="udp", port=rig.tcp.port)
    assert good and last["result"] == "none", last
    wait_for("both messages", lambda: len([record for record in rig.tcp.records()
                                           if "Test message" in record[6]]) == 2)
    assert rig.client.call("object.list", kind="log_server")["objects"] == before
    wait_for("the events", lambda: len(rig.events(kind="syslog.tested")) == 3)


def test_a_test_says_at_which_step_it_failed(rig):
    good, last, _ = outcome(rig, transport="tcp", host="no-such-host.invalid")
    assert not good and last["step"] == "resolve", last
    good, last, _ = outcome(rig, transport="tcp", port=free_port())
    assert not good and last["step"] == "connect" and "refused" in last["detail"], last
    good, last, _ = outcome(rig, transport="tls", port=rig.tls.port,
                            ca_file=f"{rig.dir}/other.pem")
    assert not good and last["step"] == "tls", last
    assert "certificate is refused" in last["detail"], last
    good, last, _ = outcome(rig, transport="udp", port=free_port())
    assert not good and last["step"] == "acknowledge", last
    rig.tcp.stand_still()
    good, last, _ = outcome(rig, transport="tcp", port=rig.tcp.port)
    rig.tcp.process.send_signal(signal.SIGCONT)
    assert not good and last["step"] == "acknowledge", last


def test_tests_of_several_do_not_wait_for_each_other(rig):
    servers = [{"name": "Good", "host": "127.0.0.1", "transport": "tcp", "port": rig.tcp.port},
               {"name": "Bad", "host": "127.0.0.1", "transport": "tcp", "port": free_port()}]
    results = rig.client.call("syslog.test", servers=servers)["servers"]
    assert [result["good"] for result in results] == [True, False], results


def test_a_dead_and_a_stuck_server_hold_up_no_other(rig):
    rig.set(transport="tls", host="127.0.0.1", port=rig.tls.port, ca_file=f"{rig.dir}/ca.pem")
    rig.wait_up()
    with socket.create_server(("127.0.0.1", 0), backlog=1) as stuck:
        for name, port in (("Dead", free_port()), ("Stuck", stuck.getsockname()[1])):
            rig.client.call("object.create", kind="log_server", object={
                "name": name, "host": "127.0.0.1", "port": port, "transport": "tcp",
                "limit_lag": 50})
        first = rig.head() + 1
        start = time.monotonic()
        rig.make_events(200)
        last = rig.wait_confirmed()
        assert time.monotonic() - start < 20, "the others held it up"
        check_delivery(rig.tls.seqs(), first, last)
        objects = rig.client.call("snapshot")["objects"]
        assert all(objects[f"syslog.{number}"]["lag"] > 200 for number in (2, 3)), objects
        wait_for("the dead one is down", lambda: rig.client.call("snapshot")["objects"]
                 ["syslog.2"]["state"] == "down")
        wait_for("both are said to be behind", lambda: len(
            {row["event"]["source"] for row in rig.events(kind="syslog.behind")}) == 2)
        for number in (2, 3):
            rig.client.call("object.remove", kind="log_server", id=number)


def test_what_was_of_a_removed_server_is_gone(rig):
    objects = rig.client.call("snapshot")["objects"]
    assert not objects.keys() & {"syslog.2", "syslog.3", "log_server.2", "log_server.3"}, objects
    wait_for("its alarms have ended", lambda: not [
        alarm for alarm in rig.client.call("alarm.list")["alarms"]
        if alarm["source"] in ("syslog.2", "syslog.3")])
    before = rig.head()
    rig.client.call("object.create", kind="log_server", object={
        "name": "New", "host": "127.0.0.1", "port": rig.tcp.port, "transport": "tcp"})
    wait_for("the new one is up", lambda: rig.client.call("snapshot")["objects"]
             ["syslog.2"]["state"] == "up")
    seen = len(rig.tcp.seqs())
    last = rig.wait_confirmed()
    wait_for("the last event", lambda: last in rig.tcp.seqs()[seen:])
    assert min(rig.tcp.seqs()[seen:]) >= before - 1, "it got what was before it"
    rig.client.call("object.remove", kind="log_server", id=2)


def test_the_forwarder_ends_cleanly_when_it_is_told_to(rig):
    rig.make_events(10)
    rig.end(rig.forwarder, signal.SIGTERM)
    assert rig.forwarder.returncode == 0, rig.forwarder.returncode


TESTS = [
    test_events_arrive_over_tls_as_the_log_has_them,
    test_no_event_is_lost_over_tls_when_the_log_server_is_killed,
    test_no_event_is_lost_over_tls_when_the_log_server_hangs_and_is_killed,
    test_no_event_is_lost_when_the_forwarder_is_killed,
    test_no_event_is_lost_when_the_store_is_killed,
    test_another_transport_takes_over_without_a_restart,
    test_no_event_is_lost_over_tcp_when_the_log_server_is_killed,
    test_no_event_is_lost_over_tcp_when_the_log_server_hangs_and_is_killed,
    test_events_below_the_severity_are_skipped_and_confirmed,
    test_events_arrive_over_udp,
    test_off_is_off_and_on_again_sends_what_came_between,
    test_a_certificate_of_another_ca_is_refused,
    test_a_certificate_of_another_name_is_refused,
    test_a_ca_file_that_cannot_be_read_is_said,
    test_what_waited_for_a_trusted_server_arrives,
    test_a_test_reaches_servers_that_are_not_saved,
    test_a_test_says_at_which_step_it_failed,
    test_tests_of_several_do_not_wait_for_each_other,
    test_a_dead_and_a_stuck_server_hold_up_no_other,
    test_what_was_of_a_removed_server_is_gone,
    test_the_forwarder_ends_cleanly_when_it_is_told_to,
]


def run_all(tests, prepare):
    """Runs the tests on one rig, which prepare has completed; returns the exit status."""
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    rig = Rig()
    try:
        prepare(rig)
        for number, test in enumerate(tests, 1):
            start = time.monotonic()
            try:
                test(rig)
                word = "ok"
            except (AssertionError, OSError, KeyError, ValueError) as error:
                print(f"# {type(error).__name__}: {error}")
                word = "not ok"
                failed += 1
            print(f"{word} {number} - {test.__name__}", flush=True)
            if rig.forwarder.poll() not in (None, 0):
                print(f"Bail out! The forwarder ended with {rig.forwarder.returncode}")
                break
            print(f"# {time.monotonic() - start:.1f} s", flush=True)
    finally:
        if failed:
            rig.log.flush()
            with open(f"{rig.dir}/log", encoding="utf-8", errors="replace") as log:
                for line in log.readlines()[-40:]:
                    print(f"# {line.rstrip()}")
        rig.close()
    return 1 if failed else 0


def start_servers(rig):
    rig.tls = LogServer(rig, "tls", "ossl")
    rig.tcp = LogServer(rig, "tcp", "ptcp")


def main():
    if not RSYSLOGD or not shutil.which("openssl"):
        print("1..0 # SKIP rsyslogd and openssl are needed")
        return 0
    return run_all(TESTS, start_servers)


if __name__ == "__main__":
    sys.exit(main())
