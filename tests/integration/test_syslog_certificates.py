#!/usr/bin/env python3
"""Certificates of log servers given as PEM: kept by the store, shown to a real rsyslogd that
demands one, changed while events flow, refused when they are wrong, and their keys nowhere to be
read."""

import glob
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import test_syslog as base  # noqa: E402
import test_syslog_tls as tls  # noqa: E402

DAY = 86400
# The client's certificate is demanded, and must be signed by the root.
CONFIG = """
global(workDirectory="{dir}" maxMessageSize="16k"
       defaultNetstreamDriverCAFile="{dir}/authority/root.pem"
       defaultNetstreamDriverCertFile="{dir}/authority/good.pem"
       defaultNetstreamDriverKeyFile="{dir}/authority/good.key")
main_queue(queue.type="Direct")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1"
       streamDriver.authMode="x509/certvalid")
template(name="record" type="string" string="%rawmsg%\\n")
ruleset(name="records") {{ action(type="omfile" file="{out}" template="record") }}
input(type="imtcp" port="{port}" address="127.0.0.1" ruleset="records")
"""


class LogServer(base.LogServer):
    """rsyslogd that demands a certificate."""

    def __init__(self, rig):
        self.rig, self.port = rig, base.free_port()
        self.out, self.config = f"{rig.dir}/demanding.out", f"{rig.dir}/demanding.conf"
        self.pid_file = f"{rig.dir}/demanding.pid"
        with open(self.config, "w", encoding="ascii") as config:
            config.write(CONFIG.format(dir=rig.dir, out=self.out, port=self.port))
        self.start()


def pem(rig, *names):
    return "".join(open(f"{rig.authority.dir}/{name}", encoding="ascii").read() for name in names)


def make(rig, name, *files, key=None):
    given = {"name": name, "certificates": pem(rig, *files)}
    if key:
        given["key"] = pem(rig, key)
    return rig.client.call("object.create", kind="certificate", object=given)["id"]


def change(rig, number, **members):
    rig.client.call("object.change", kind="certificate", id=number, object=members)


def refused(rig, number, words, **members):
    try:
        change(rig, number, **members)
    except AssertionError as error:
        assert words in str(error), error
        return
    raise AssertionError(f"it was taken: {words}")


def get(rig, number):
    return rig.client.call("object.get", kind="certificate", id=number)


def test_what_is_in_it_is_shown_and_nothing_else(rig):
    rig.ca = make(rig, "Root", "root.pem")
    rig.own = make(rig, "Door", "client.pem", key="client.key")
    shown = get(rig, rig.ca)
    content, = shown["contents"]
    assert content["subject"] == content["issuer"] == "CN=Root", content
    assert content["fingerprint"] == rig.authority.fingerprint("root"), content
    assert set(shown) == {"id", "name", "contents", "has_key"}, shown
    assert get(rig, rig.own)["has_key"] and not shown["has_key"], shown
    assert get(rig, rig.own)["contents"][0]["issuer"] == "CN=Root"


def test_what_is_wrong_is_refused_and_changes_nothing(rig):
    before = get(rig, rig.own)
    refused(rig, rig.own, "there is no certificate in it", certificates="hello")
    refused(rig, rig.own, "there is no certificate in it", certificates=pem(rig, "root.crl")[:9])
    refused(rig, rig.own, "'X509 CRL' among them", certificates=pem(rig, "root.crl"))
    refused(rig, rig.own, "'PRIVATE KEY' among them", certificates=pem(rig, "good.pem", "good.key"))
    refused(rig, rig.own, "has expired", certificates=pem(rig, "expired.pem"))
    refused(rig, rig.own, "not that of the new certificate", certificates=pem(rig, "good2.pem"))
    refused(rig, rig.own, "not the key of the first", key=pem(rig, "good.key"))
    refused(rig, rig.own, "no private key", key=pem(rig, "root.pem"))
    refused(rig, rig.own, "too weak", certificates=pem(rig, "weak.pem"), key=pem(rig, "weak.key"))
    refused(rig, rig.own, "49152 bytes", certificates="#" * 49153)
    refused(rig, rig.own, "more than 16", certificates=pem(rig, "root.pem") * 17)
    assert get(rig, rig.own) == before, get(rig, rig.own)


def test_a_server_that_demands_a_certificate_is_given_the_one_that_is_kept(rig):
    server = rig.server = LogServer(rig)
    rig.set(transport="tls", host="127.0.0.1", port=server.port, ca=rig.ca)
    base.wait_for("the refusal", lambda: rig.report().get("last_error"))
    assert not server.seqs(), "a record reached it without a certificate"
    rig.set(certificate=rig.own)
    rig.wait_up()
    first = rig.head() + 1
    rig.make_events(20)
    last = rig.wait_confirmed()
    base.check_delivery(server.seqs(), first, last)


def test_a_test_uses_what_is_kept_before_it_is_saved(rig):
    def outcome(**fields):
        return base.outcome(rig, transport="tls", port=rig.server.port, **fields)

    good, _, steps = outcome(ca=rig.ca, certificate=rig.own)
    assert good and "client certificate shown" in steps["tls"], steps
    good, last, _ = outcome(ca=32, certificate=rig.own)
    assert not good and last["step"] == "tls", last
    assert "certificate 32" in last["detail"] and "no such" in last["detail"], last
    other = make(rig, "Other root", "self.pem")
    good, last, _ = outcome(ca=other, certificate=rig.own)
    assert not good and "certificate is refused" in last["detail"], last
    rig.client.call("object.remove", kind="certificate", id=other)


def certificate_end(rig):
    return rig.report().get("certificate_expires_us", 0) / 1e6 - time.time()


def test_a_changed_certificate_applies_and_nothing_is_lost_or_repeated(rig):
    assert certificate_end(rig) > DAY, "the server's and ours end in two days"
    first = rig.head() + 1
    producer = base.Producer(rig)
    try:
        for name in ("brief", "client", "brief"):
            producer.wait_made(100)
            change(rig, rig.own, certificates=pem(rig, f"{name}.pem"), key=pem(rig, f"{name}.key"))
            base.wait_for(f"'{name}' is shown", lambda is_brief=name == "brief":
                          (0 < certificate_end(rig) < DAY) == is_brief)
        producer.wait_made(100)
    finally:
        producer.ended.set()
        producer.join()
    last = rig.wait_confirmed()
    seqs = [seq for seq in rig.server.seqs() if first <= seq <= last]
    assert seqs == list(range(first, last + 1)), "an event is missing, comes twice or too early"
    assert not [row for row in rig.events() if row["event"]["kind"] == "syslog.down"
                and row["event"]["seq"] > first], "it went down in between"


def test_a_ca_that_is_changed_to_a_wrong_one_and_back_loses_nothing(rig):
    first = rig.head() + 1
    rig.make_events(20)
    change(rig, rig.ca, certificates=pem(rig, "self.pem"))
    base.wait_for("the refusal", lambda: "certificate is refused" in rig.report()["last_error"])
    rig.make_events(20)
    assert rig.report()["state"] != "up", rig.report()
    change(rig, rig.ca, certificates=pem(rig, "root.pem"))
    rig.wait_up()
    last = rig.wait_confirmed()
    base.check_delivery(rig.server.seqs(), first, last)


def test_what_is_kept_is_there_after_a_kill_of_both(rig):
    for process, start in ((rig.forwarder, rig.start_forwarder), (rig.store, rig.start_store)):
        first = rig.head() + 1
        rig.end(process, signal.SIGKILL)
        start()
        rig.make_events(20)
        last = rig.wait_confirmed()
        base.check_delivery(rig.server.seqs(), first, last)


def test_a_certificate_that_is_in_use_stays(rig):
    for call in (lambda: rig.client.call("object.remove", kind="certificate", id=rig.own),
                 lambda: change(rig, rig.own, key="")):
        try:
            call()
        except AssertionError as error:
            assert "log server 'Log server'" in str(error), error
        else:
            raise AssertionError("it was taken away")


def test_keys_are_nowhere_to_be_read(rig):
    lines = [line for name in ("client", "brief") for line in pem(rig, f"{name}.key").split("\n")
             if len(line) == 64]
    assert lines
    said = [str(rig.client.call(method, **params)) for method, params in (
        ("object.get", {"kind": "certificate", "id": rig.own}),
        ("object.list", {"kind": "certificate"}), ("snapshot", {}), ("schema", {}),
        ("object.list", {"kind": "log_server"}), ("events.list", {"limit": 200}))]
    files = [f"{rig.dir}/log"] + glob.glob(f"{rig.dir}/*.db*")
    rig.log.flush()
    for path in files:
        with open(path, "rb") as file:
            said.append(file.read().decode("latin-1"))
    with sqlite3.connect(f"file:{rig.dir}/config.db?mode=ro", uri=True) as config:
        doc, = config.execute("SELECT doc FROM objects WHERE kind = 'certificate' AND id = ?",
                              (rig.own,)).fetchone()
    assert '"has_key":true' in doc, doc
    for text in said + [doc]:
        assert "PRIVATE KEY" not in text, text[:200]
        assert not [line for line in lines if line in text], text[:200]
    try:
        rig.client.call("certificate.material", id=rig.own)
    except AssertionError as error:
        assert "forbidden" in str(error), error
    else:
        raise AssertionError("an administrator was told a key")


def ctl(rig, *words, text=None):
    return subprocess.run([f"{base.BUILD}/cardeactl", f"--run-dir={rig.dir}", *words], input=text,
                          capture_output=True, text=True, check=False)


def test_cardeactl_takes_them_from_files(rig):
    folder = rig.authority.dir
    done = ctl(rig, "object", "create", "certificate", "name=By hand",
               f"certificates=@{folder}/good.pem", "key=@-", text=pem(rig, "good.key"))
    assert done.returncode == 0 and done.stdout.startswith("certificate "), done
    number = int(done.stdout.split()[1])
    assert get(rig, number)["has_key"], get(rig, number)
    done = ctl(rig, "object", "change", "certificate", str(number), "key=")
    assert done.returncode == 0 and not get(rig, number)["has_key"], done
    for word, reason in ((f"key={pem(rig, 'good.key')}", "key=@FILE"),
                         ("key=@/no/such/file", "cannot read '/no/such/file'"),
                         (f"key=@{folder}/good2.key", "not the key of the first certificate")):
        done = ctl(rig, "object", "change", "certificate", str(number), word)
        assert done.returncode == 1 and reason in done.stderr, done
    done = ctl(rig, "object", "remove", "certificate", str(number))
    assert done.returncode == 0, done


def make_certificates(rig):
    rig.authority = tls.Authority(f"{rig.dir}/authority")
    soon = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + DAY / 2))
    rig.authority.sign("brief", "root", dates=("20200101000000Z", soon))


def main():
    if not base.RSYSLOGD or not shutil.which("openssl"):
        print("1..0 # SKIP rsyslogd and openssl are needed")
        return 0
    tests = [value for name, value in globals().items() if name.startswith("test_")
             and callable(value)]
    return base.run_all(tests, make_certificates)


if __name__ == "__main__":
    sys.exit(main())
