#!/usr/bin/env python3
"""Every kind of event at real log servers, taken apart by them: rsyslog over UDP, TCP, TLS (both of
its drivers) and RELP, syslog-ng over TCP and TLS, each with the file of contrib/.

What they make of a record is compared field by field with what the log has: odd characters, numbers,
lists, values of 60,000 characters. systemd-journal-remote takes no syslog, so it is not here.
"""

import datetime
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

import harness
from harness import SOURCE, check, wait_for

sys.path.insert(0, os.path.join(SOURCE, "tools"))

import peers  # noqa: E402
import receivers  # noqa: E402
from appliance import Failure, Rpc  # noqa: E402

BUILD = os.environ.get("CARDEA_BUILDDIR", SOURCE)
BOM = "\ufeff"
ODD = ["plain", "", " ", 'quote " back \\ bracket ] [ equals =', "Zoë – 東京 – 🚪", "tab\tline\nfeed\r",
       "\u0001\u007f\u0085", "%s %n $MSG ${HOST} @cee: {", "]" * 40, "\\" * 41, "a" * 1500,
       "<13>1 - - - - - - no record", "'; DROP TABLE events; --", "e\u0301", "\u202e\u200b"]
LEVELS = ["", "fatal", "critical", "error", "warning", "notice", "info", "debug"]
CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f]")

RSYSLOG = """
module(load="imudp")
module(load="imptcp")
input(type="imudp" port="{udp}" address="127.0.0.1" ruleset="cardea" rcvbufSize="4m")
input(type="imptcp" port="{tcp}" address="127.0.0.1" ruleset="cardea")
"""
RELP_TLS = ' tls="on" tls.caCert="{ca}" tls.myCert="{cert}" tls.myPrivKey="{key}"' \
    ' tls.authMode="certvalid"'
SYSLOG_NG = """
options {{ log-msg-size(131072); }};
source s_tcp {{ syslog(transport("tcp") ip("127.0.0.1") port({tcp}) keep-hostname(yes)); }};
log {{ source(s_tcp); destination(d_cardea); flags(flow-control); }};
"""


class Rig:
    """A store and a forwarder, without doors, whose log holds whatever is wanted."""

    def __init__(self, directory):
        self.directory = directory
        self.processes = {}
        self.servers = []
        self.outputs = {}
        self.events = {}

    def run(self, name, *command):
        with open(os.path.join(self.directory, name + ".log"), "ab") as log:
            self.processes[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *command], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log)

    def stop(self, name):
        self.processes[name].terminate()
        self.processes.pop(name).wait(20)

    def start_store(self):
        self.run("store", f"{BUILD}/cardea-agent", "--role=store", f"--run-dir={self.directory}",
                 f"--state-dir={self.directory}")
        wait_for(self.answers, "the store")

    def answers(self):
        try:
            return self.call("snapshot")
        except (Failure, OSError):
            return None

    def call(self, method, **params):
        with Rpc(os.path.join(self.directory, "agent.sock"), "cardeactl") as rpc:
            return rpc.call(method, **params)

    def close(self):
        for name in list(self.processes):
            self.stop(name)
        for server in self.servers:
            server.end()

    def serve(self, server, output):
        self.servers.append(server.start())
        return server.path(output)

    def add(self, name, port, output, **fields):
        self.outputs[name] = output
        self.call("object.create", kind="log_server",
                  object={"name": name, "host": "127.0.0.1", "port": port, "record_size": 65536,
                          **{f"facility_{category}": FACILITIES[name]
                             for category in ("access", "audit", "system")}, **fields})

    def reports(self):
        return {key: value for key, value in self.call("snapshot")["objects"].items()
                if re.fullmatch(r"syslog\.\d", key)}

    def fill(self, drafts):
        """Events behind those that are there, of which the followers' cursors know nothing yet."""
        self.stop("store")
        subprocess.run([f"{BUILD}/tests/bench/log_bench", f"{self.directory}/events.db", "-"],
                       input="".join(json.dumps(draft, ensure_ascii=False) + "\n" for draft in drafts), text=True,
                       check=True, capture_output=True)
        self.start_store()

    def read_events(self):
        after = 0
        while True:
            page = self.call("events.list", after=after, limit=100)["events"]
            if not page:
                return
            for row in page:
                after = max(after, row["event"]["seq"])
                self.events[row["event"]["seq"]] = row


def kinds():
    with open(os.path.join(SOURCE, "tests", "golden", "events.txt"), encoding="ascii") as file:
        rows = [line.split() for line in file if line.strip()]
    return [(int(row[0]), row[1]) for row in rows]


def names_of(number):
    """What the text of a kind names: its data have these members."""
    with open(os.path.join(SOURCE, "lib", "events.h"), encoding="utf-8") as file:
        text = file.read()
    row = re.search(rf"X\(\w+,\s*{number},(.*?)\)\s*(?:\\\n|\n\n)", text, re.S)
    words = set(re.findall(r"\{(\w+)\}", row.group(1))) if row else set()
    return sorted(words - {"actor", "reason"})


def drafts():
    """Every kind with odd values in its own members; then a member for each kind of value."""
    made = []
    for place, (number, _) in enumerate(kinds()):
        data = {name: ODD[(place + at) % len(ODD)] for at, name in enumerate(names_of(number))}
        data["odd"] = ODD[place % len(ODD)]
        made.append(draft(number, data, actor=ODD[(place + 1) % len(ODD)] or None,
                          reason=ODD[(place + 2) % len(ODD)] or None))
    made.append(draft(100, {"truth": True, "lie": False, "nothing": None, "number": -17,
                            "large": 9007199254740991, "list": [1, "a]", {"b": '"'}], "empty": [],
                            "object": {"z": 1, "a": "\n"}, "seq": 5, "kind": "mine"}))
    made.append(draft(100, {"note": "x" * 60000}))
    made.append(draft(100, {"holder": "é" * 14000, "door_name": ']"\\' * 1000}))
    return made


def draft(number, data, actor="account:admin", reason=None):
    made = {"number": number, "source": "door.1", "boot": "0d35b5c2-5f3b-4f0e-8f0e-3c1f9a3a7a10",
            "time_us": 1790000000123456 + number, "mono_us": 5000000 + number, "synced": True,
            "data": data}
    return {**made, **({"actor": actor} if actor else {}), **({"reason": reason} if reason else {})}


def start_receivers(rig):
    ca, cert, key = peers.certificates(os.path.join(rig.directory, "tls"))
    with open(os.path.join(SOURCE, "contrib/rsyslog/cardea.conf"), encoding="utf-8") as file:
        rsyslog = file.read()
    with open(os.path.join(SOURCE, "contrib/syslog-ng/cardea.conf"), encoding="utf-8") as file:
        syslog_ng = file.read()
    ports = {name: receivers.free_port() for name in ("udp", "tcp", "ossl", "gtls", "relp", "relp2",
                                                      "ngtcp", "ngtls")}
    for driver, relp in (("ossl", "relp"), ("gtls", "relp2")):
        directory = os.path.join(rig.directory, driver)
        config = receivers.adapt(rsyslog, **{
            "/etc/ssl/cardea/ca.pem": ca, "/etc/ssl/cardea/server.pem": cert,
            "/etc/ssl/cardea/server.key": key, "/var/log/cardea": directory,
            'StreamDriver.Name="ossl"': f'StreamDriver.Name="{driver}"',
            'port="6514"': f'address="127.0.0.1" port="{ports[driver]}"',
            'port="2514"': f'address="127.0.0.1" port="{ports[relp]}"',
            'maxMessageSize="64k"': 'maxMessageSize="128k"',
            'maxDataSize="64k"': 'maxDataSize="128k"' + (RELP_TLS.format(ca=ca, cert=cert, key=key)
                                                         if relp == "relp2" else "")})
        more = RSYSLOG.format(**ports) if driver == "ossl" else ""
        listened = [ports[driver], ports[relp]] + ([ports["tcp"]] if more else [])
        server = receivers.Rsyslog(rig.directory, driver, config + more, listened)
        rig.serve(server, "events.json")
    directory = os.path.join(rig.directory, "ng")
    config = receivers.adapt(syslog_ng, **{
        "/etc/ssl/cardea/server.pem": cert, "/etc/ssl/cardea/server.key": key,
        "/var/log/cardea": directory, "port(6514)": f'ip("127.0.0.1") port({ports["ngtls"]})'})
    server = receivers.SyslogNg(rig.directory, "ng", config + SYSLOG_NG.format(tcp=ports["ngtcp"]),
                                [ports["ngtls"], ports["ngtcp"]])
    rig.serve(server, "events.json")
    rig.ca, rig.cert, rig.key, rig.ports = ca, cert, key, ports


def add_servers(rig):
    ossl, gtls, ng = (os.path.join(rig.directory, name, "events.json")
                      for name in ("ossl", "gtls", "ng"))
    rig.add("rsyslog TCP", rig.ports["tcp"], ossl, transport="tcp")
    rig.add("rsyslog TLS by OpenSSL", rig.ports["ossl"], ossl, transport="tls", ca_file=rig.ca)
    rig.add("rsyslog RELP over TLS", rig.ports["relp2"], gtls, transport="relp", ca_file=rig.ca,
            certificate_file=rig.cert, key_file=rig.key)
    rig.add("rsyslog UDP", rig.ports["udp"], ossl, transport="udp")
    rig.add("rsyslog TLS by GnuTLS", rig.ports["gtls"], gtls, transport="tls", ca_file=rig.ca)
    rig.add("rsyslog, RFC 3164", rig.ports["tcp"], ossl, transport="tcp", format="rfc3164")
    rig.add("syslog-ng TCP", rig.ports["ngtcp"], ng, transport="tcp")
    rig.add("syslog-ng TLS", rig.ports["ngtls"], ng, transport="tls", ca_file=rig.ca)


# The facility says which of the log servers a record was for: several write into one file.
FACILITIES = {"rsyslog TCP": 16, "rsyslog TLS by OpenSSL": 17, "rsyslog RELP over TLS": 18,
              "rsyslog UDP": 19, "rsyslog TLS by GnuTLS": 20, "syslog-ng TCP": 21,
              "syslog-ng TLS": 22, "rsyslog, RFC 3164": 23}


def records(rig, name):
    """What a server has written, by the number of the event."""
    found = {}
    with open(rig.outputs[name], encoding="utf-8") as file:
        for line in file:
            if not line.endswith("\n"):
                continue
            record = json.loads(line)
            if record["facility"] == FACILITIES[name]:
                event = record["sd"].get("cardeaEvent@32473", {})
                found[int(event["seq"])] = record
    return found


def clean(value):
    """What a record says of a value: control characters cannot be in one."""
    if isinstance(value, str):
        return CONTROL.sub("?", value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def expected(row):
    """The parameters of cardeaEvent, as the log has them."""
    event = row["event"]
    fixed = {"seq": event["seq"], "kind": event["kind"], "category": event["category"],
             "source": event["source"], "actor": event.get("actor"),
             "reason": event.get("reason"), "boot": event["boot"], "monoUs": event["mono_us"],
             "hash": row["hash"]}
    made = {name: clean(value) for name, value in fixed.items() if value is not None}
    for name, value in event.get("data", {}).items():
        if value is not None:
            made[("data." if name in fixed else "") + name] = clean(value)
    return made


def flat(element, prefix=""):
    """syslog-ng makes objects of names with dots."""
    made = {}
    for name, value in element.items():
        if isinstance(value, dict):
            made.update(flat(value, prefix + name + "."))
        else:
            made[prefix + name] = value
    return made


def time_us(text):
    parsed = datetime.datetime.fromisoformat(text)
    delta = parsed - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return delta // datetime.timedelta(microseconds=1)


def compare(rig, name, row, record):
    event, sd = row["event"], record["sd"]
    found, wanted = flat(sd["cardeaEvent@32473"]), expected(row)
    # syslog-ng leaves out what is empty.
    if name.startswith("syslog-ng"):
        wanted = {key: value for key, value in wanted.items() if value or key in found}
    for key in sorted(set(wanted) | set(found)):
        check(wanted.get(key) == found.get(key),
              f"{name}: event {event['seq']} has {key} = {str(wanted.get(key))[:200]!r}, it was "
              f"taken for {str(found.get(key))[:200]!r}")
    check(record["severity"] == event["severity"], f"{name}: severity {record}")
    check(time_us(record["time"]) == event["time_us"], f"{name}: time {record['time']}")
    text = record["text"].removeprefix(BOM)
    check(text == clean(event["text"]), f"{name}: text {text[:300]!r}")
    check(record["app"] == "cardea" and record["msgid"].endswith(str(event["number"])), record)
    check(record["pid"] == str(rig.processes["syslog"].pid), f"{name}: process {record['pid']}")
    check(sd["meta"]["sequenceId"] == str(event["seq"]), f"{name}: {sd['meta']}")
    check(sd["meta"]["language"] == "en" and int(sd["meta"]["sysUpTime"]) ==
          event["mono_us"] // 10000, f"{name}: {sd['meta']}")
    check(sd["timeQuality"]["isSynced"] == str(int(event["synced"])), f"{name}: {sd}")
    check(sd["origin"]["software"] == "Cardea" and isinstance(sd["origin"].get("ip", ""), str),
          f"{name}: {sd['origin']}")


def check_all(rig, name, is_whole=True):
    """Datagrams may be lost on a busy machine: then, not whole, half of them are let go."""
    wanted = {seq: row for seq, row in rig.events.items() if seq >= rig.first}
    spared = 0 if is_whole else len(wanted) // 2
    missing = lambda: sorted(set(wanted) - set(records(rig, name)))  # noqa: E731
    wait_for(lambda: os.path.exists(rig.outputs[name]) and len(missing()) <= spared,
             f"all but {spared} of {len(wanted)} events at {name}", 60)
    found = records(rig, name)
    compared = 0
    for seq, row in wanted.items():
        if is_whole or seq in found and len(json.dumps(row)) < 1200:
            compare(rig, name, row, found[seq])
            compared += 1
    check(compared >= 20, f"only {compared} events of {name} were compared")
    print(f"# {name}: {compared} events", flush=True)


def test_every_event_arrives_at_rsyslog_over_tcp_as_the_log_has_it(rig):
    check_all(rig, "rsyslog TCP")


def test_every_event_arrives_at_rsyslog_over_tls_by_openssl(rig):
    check_all(rig, "rsyslog TLS by OpenSSL")


def test_every_event_arrives_at_rsyslog_over_tls_by_gnutls(rig):
    check_all(rig, "rsyslog TLS by GnuTLS")


def test_every_event_arrives_at_rsyslog_over_relp_in_tls(rig):
    """In clear it is in test_syslog_loss.py."""
    check_all(rig, "rsyslog RELP over TLS")


def test_every_event_that_fits_arrives_at_rsyslog_over_udp(rig):
    check_all(rig, "rsyslog UDP", is_whole=False)


def test_every_event_arrives_at_syslog_ng_over_tcp(rig):
    check_all(rig, "syslog-ng TCP")


def test_every_event_arrives_at_syslog_ng_over_tls(rig):
    check_all(rig, "syslog-ng TLS")


def test_rsyslog_takes_rfc_3164_apart_as_it_was_meant(rig):
    name, host = "rsyslog, RFC 3164", socket.gethostname().split(".")[0]
    wanted = {seq: row["event"] for seq, row in rig.events.items() if seq >= rig.first}
    found = {}
    with open(os.path.join(rig.directory, "ossl", "other.tsv"), encoding="utf-8") as file:
        for line in file:
            record = line.rstrip("\n").split("\t")
            number = re.search(r" \[[\w.]+ #(\d+)\]$", record[5])
            found[int(number.group(1))] = record
    for seq, event in wanted.items():
        record = found[seq]
        text = f" {clean(event['text'])} [{event['kind']} #{seq}]"
        check(record[5] == text, f"{name}: {record[5][:300]!r} is not {text[:300]!r}")
        check(record[1:4] == [host, "cardea", str(rig.processes["syslog"].pid)], record)
        check(record[4] == str(FACILITIES[name] * 8 + event["severity"]), record)


def test_lnav_shows_what_the_servers_have_written(rig):
    program = shutil.which("lnav")
    if not program:
        print("# lnav is not installed")
        return
    home = os.path.join(rig.directory, "home")
    formats = os.path.join(home, ".config", "lnav", "formats", "installed")
    os.makedirs(formats)
    shutil.copy(os.path.join(SOURCE, "contrib/lnav/cardea.json"),
                os.path.join(formats, "cardea_events.json"))
    query = (';select log_level, log_body, "sd/cardeaEvent@32473/kind" as kind from cardea_events'
             ' where "sd/cardeaEvent@32473/seq" = ' f"{max(rig.events)}")
    for folder in ("ossl", "ng"):
        shown = subprocess.run([program, "-n", "-c", query, "-c", ":write-json-to -",
                                os.path.join(rig.directory, folder, "events.json")], text=True,
                               env={**os.environ, "HOME": home}, capture_output=True, check=True)
        rows = json.loads(shown.stdout[shown.stdout.index("["):])
        event = rig.events[max(rig.events)]["event"]
        check(rows and all(row["kind"] == event["kind"] and row["log_body"] == event["text"] and
                           row["log_level"] == LEVELS[event["severity"]] for row in rows),
              shown.stdout[:500])


def test_the_columns_of_contrib_hold_what_they_say(rig):
    for folder in ("ossl", "ng"):
        with open(os.path.join(rig.directory, folder, "events.tsv"), encoding="utf-8") as file:
            rows = [line.rstrip("\n").split("\t") for line in file]
        check(rows and all(len(row) == 8 for row in rows), f"{folder}: {rows[:1]}")
        by_seq = {int(row[2]): row for row in rows}
        for seq, row in rig.events.items():
            if seq in by_seq:
                check(by_seq[seq][4] == row["event"]["kind"], by_seq[seq])


def test_all_were_confirmed(rig):
    last = max(rig.events)
    wait_for(lambda: all(report.get("confirmed", 0) >= last for report in rig.reports().values()),
             "every log server to confirm every event", 30)


def prepare(rig):
    subprocess.run(["make", "-s", "-C", BUILD, "tests/bench/log_bench"], check=True,
                   capture_output=True)
    start_receivers(rig)
    rig.start_store()
    rig.run("syslog", f"{BUILD}/cardea-syslog", f"--run-dir={rig.directory}")
    add_servers(rig)
    try:
        wait_for(lambda: [report["state"] for report in rig.reports().values()] == ["up"] * 8,
                 "every log server to be up", 120)
    except Failure:
        print(f"# {rig.reports()}", flush=True)
        raise
    rig.read_events()
    rig.first = max(rig.events) + 1
    rig.fill(drafts())
    rig.read_events()


def main():
    try:
        receivers.need_rsyslog("lmnsd_ossl", "lmnsd_gtls", "imrelp", "mmpstrucdata")
        receivers.syslog_ng_root()
    except receivers.Unavailable as reason:
        harness.skip_all(str(reason))
    tests = harness.tests_of(sys.modules["__main__"])
    directory = tempfile.mkdtemp(prefix="cardea-receivers.")
    rig = Rig(directory)
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    try:
        prepare(rig)
        for number, test in enumerate(tests, 1):
            failed += not harness.run_one(number, test, rig)
    except (Failure, receivers.Unavailable, subprocess.SubprocessError) as error:
        print(f"Bail out! {error}", flush=True)
        failed += 1
    finally:
        rig.close()
    if failed:
        for log in glob.glob(f"{directory}/*.log") + glob.glob(f"{directory}/*/log"):
            with open(log, encoding="utf-8", errors="replace") as file:
                for line in file.readlines()[-15:]:
                    print(f"# {os.path.relpath(log, directory)}: {line.rstrip()[:300]}")
    shutil.rmtree(directory, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
