#!/usr/bin/env python3
"""Which certificates cardea-syslog takes and which it refuses, in which words.

The log servers are openssl s_server and rsyslogd; what is said is what syslog.test says at the step
tls, or behind it when the server is the one that refuses.
"""

import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import test_syslog as base  # noqa: E402

CA_CONFIG = """
[ca]
default_ca = one
[one]
database = index.txt
new_certs_dir = .
certificate = $ENV::CA.pem
private_key = $ENV::CA.key
rand_serial = yes
default_md = sha256
default_crl_days = 2
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
[leaf]
basicConstraints = CA:FALSE
[authority]
basicConstraints = critical,CA:TRUE
"""
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


class Authority:
    """Certificates of every kind, in a directory."""

    def __init__(self, folder):
        self.dir = folder
        os.makedirs(folder)
        with open(f"{folder}/ca.cnf", "w", encoding="ascii") as config:
            config.write(CA_CONFIG)
        open(f"{folder}/index.txt", "w", encoding="ascii").close()
        self.own("root", "/CN=Root", "basicConstraints=critical,CA:TRUE")
        self.own("self", "/CN=self", "subjectAltName=IP:127.0.0.1")
        self.sign("middle", "root", section="authority")
        self.sign("good", "root")
        self.sign("good2", "root")
        self.sign("expired", "root", dates=("20200101000000Z", "20210101000000Z"))
        self.sign("early", "root", dates=("20400101000000Z", "20410101000000Z"))
        self.sign("other", "root", names="DNS:other.example.org")
        self.sign("weak", "root", key=("-newkey", "rsa:1024"))
        self.sign("below", "middle")
        self.sign("client", "root", names="DNS:door.example.org")
        self.openssl("ca", "-config", "ca.cnf", "-revoke", "middle.pem", ca="root")
        for name in ("root", "middle"):
            self.openssl("ca", "-config", "ca.cnf", "-gencrl", "-out", f"{name}.crl", ca=name)
        self.join("lists.pem", "root.crl", "middle.crl")
        self.join("chain.pem", "below.pem", "middle.pem")

    def openssl(self, *words, ca="root"):
        done = subprocess.run(["openssl", *words], cwd=self.dir, env={**os.environ, "CA": ca},
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"openssl {' '.join(words)}: {done.stderr}"
        return done.stdout

    def own(self, name, subject, extension):
        self.openssl("req", "-x509", *CURVE, "-nodes", "-days", "2", "-keyout", f"{name}.key",
                     "-out", f"{name}.pem", "-subj", subject, "-addext", extension)

    def sign(self, name, ca, section="leaf", dates=(), key=CURVE, names="IP:127.0.0.1"):
        self.openssl("req", *key, "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr",
                     "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}")
        span = ("-startdate", dates[0], "-enddate", dates[1]) if dates else ("-days", "2")
        self.openssl("ca", "-batch", "-notext", "-config", "ca.cnf", "-in", f"{name}.csr", "-out",
                     f"{name}.pem", "-extensions", section, *span, ca=ca)

    def join(self, name, *parts):
        with open(f"{self.dir}/{name}", "w", encoding="ascii") as out:
            for part in parts:
                with open(f"{self.dir}/{part}", encoding="ascii") as file:
                    out.write(file.read())

    def fingerprint(self, name):
        text = self.openssl("x509", "-in", f"{name}.pem", "-noout", "-fingerprint", "-sha256")
        return text.split("=")[1].strip()


class Server:
    """openssl s_server with a certificate, for as long as it is asked."""

    def __init__(self, rig, name, *options):
        self.rig, self.port = rig, base.free_port()
        folder = rig.authority.dir
        chain = ("-cert_chain", "chain.pem") if name == "below" else ()
        self.process = subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-cert", f"{name}.pem",
             "-key", f"{name}.key", "-quiet", *chain, *options], cwd=folder, stdout=rig.log,
            stderr=rig.log, stdin=subprocess.PIPE)  # at whose end it would close
        rig.processes.append(self.process)

    def __enter__(self):
        def listens():
            with open("/proc/net/tcp", encoding="ascii") as table:
                return f":{self.port:04X} 00000000:0000 0A" in table.read()
        base.wait_for("s_server listens", listens)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def asks(self, **fields):
        """(good, step that failed, its words) of a test of this server."""
        folder = self.rig.authority.dir
        fields = {"transport": "tls", "port": self.port, "ca_file": f"{folder}/root.pem", **fields}
        good, last, _ = base.outcome(self.rig, **fields)
        return good, last["step"], last["detail"]


def check_refused(answer, *words):
    good, step, detail = answer
    assert not good, answer
    assert step in ("tls", "acknowledge"), answer
    for word in words:
        assert word in detail, f"'{word}' is not in '{detail}'"


def test_a_certificate_that_is_right_is_taken(rig):
    with Server(rig, "good") as server:
        good, step, detail = server.asks()
        assert good and step == "acknowledge", detail


def test_an_expired_certificate_is_refused(rig):
    with Server(rig, "expired") as server:
        check_refused(server.asks(), "refused", "certificate has expired", "CN=expired")
    with Server(rig, "early") as server:
        check_refused(server.asks(), "refused", "not yet valid")


def test_a_certificate_of_another_name_is_refused(rig):
    with Server(rig, "other") as server:
        check_refused(server.asks(), "IP address mismatch", "not for '127.0.0.1'")
        check_refused(server.asks(host="localhost"), "hostname mismatch", "not for 'localhost'")
        good, _, detail = server.asks(certificate_name="other.example.org")
        assert good, detail


def test_a_self_signed_certificate_is_refused(rig):
    with Server(rig, "self") as server:
        check_refused(server.asks(), "refused", "self-signed certificate")


def test_a_certificate_of_a_revoked_ca_is_refused(rig):
    folder = rig.authority.dir
    with Server(rig, "below") as server:
        good, _, detail = server.asks()
        assert good, detail
        check_refused(server.asks(crl_file=f"{folder}/lists.pem"), "certificate revoked")
        check_refused(server.asks(crl_file=f"{folder}/none.pem"), "none.pem", "revocation")
    with Server(rig, "good") as server:
        good, _, detail = server.asks(crl_file=f"{folder}/lists.pem")
        assert good, detail


def test_a_weak_key_is_refused(rig):
    with Server(rig, "weak", "-cipher", "DEFAULT@SECLEVEL=0") as server:
        check_refused(server.asks(), "refused", "key too weak")


def test_a_server_without_tls_1_2_is_refused(rig):
    with Server(rig, "good", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0") as server:
        check_refused(server.asks(), "no TLS 1.2 or newer")


def test_a_missing_client_certificate_is_named(rig):
    folder = rig.authority.dir
    demand = ("-Verify", "2", "-verify_return_error", "-CAfile", "root.pem")
    for version in ("-tls1_2", "-tls1_3"):
        with Server(rig, "good", version, *demand) as server:
            check_refused(server.asks(), "demands a client certificate")
            good, _, detail = server.asks(certificate_file=f"{folder}/client.pem",
                                          key_file=f"{folder}/client.key")
            assert good, detail
            check_refused(server.asks(certificate_file=f"{folder}/self.pem",
                                      key_file=f"{folder}/self.key"),
                          "refuses the client certificate")


def test_a_client_certificate_that_is_no_use_is_named(rig):
    folder = rig.authority.dir
    with Server(rig, "good") as server:
        check_refused(server.asks(certificate_file=f"{folder}/client.pem",
                                  key_file=f"{folder}/good.key"), "not the key of")
        check_refused(server.asks(certificate_file=f"{folder}/client.pem"), "no private key")
        check_refused(server.asks(certificate_file=f"{folder}/ca.cnf"), "no certificate in")


def test_a_fingerprint_counts_whoever_has_signed(rig):
    right, wrong = (rig.authority.fingerprint(name) for name in ("self", "good"))
    plain = right.replace(":", "").lower()
    with Server(rig, "self") as server:
        for pins in (right, plain, f"{wrong},{plain}"):
            good, _, detail = server.asks(check="fingerprint", fingerprints=pins, ca_file="")
            assert good, detail
        check_refused(server.asks(check="fingerprint", fingerprints=wrong, ca_file=""),
                      "fingerprint is not among")
    with Server(rig, "good2") as server:
        check_refused(server.asks(fingerprints=wrong), "fingerprint is not among")


def test_a_certificate_that_is_replaced_is_read_without_a_restart(rig):
    folder = rig.authority.dir
    trusted = f"{folder}/trusted.pem"
    shutil.copy(f"{folder}/self.pem", trusted)
    with Server(rig, "good") as server:
        check_refused(server.asks(ca_file=trusted), "refused")
        shutil.copy(f"{folder}/root.pem", trusted + ".new")
        os.rename(trusted + ".new", trusted)
        good, _, detail = server.asks(ca_file=trusted)
        assert good, detail


def test_an_end_of_the_certificate_that_is_near_is_an_alarm(rig):
    folder = rig.authority.dir
    with Server(rig, "good") as server:
        rig.set(transport="tls", host="127.0.0.1", port=server.port,
                ca_file=f"{folder}/root.pem")
        rig.wait_up()
        ends = base.wait_for("the end", lambda: rig.report().get("certificate_expires_us"))
        assert 0 < ends / 1e6 - time.time() < 3 * 86400, ends
        event, = base.wait_for("the alarm", lambda: [
            row["event"] for row in rig.events()
            if row["event"]["kind"] == "syslog.certificate_expiring"])
        assert event["data"]["name"] == "Log server", event


def make_certificates(rig):
    rig.authority = Authority(f"{rig.dir}/authority")


def main():
    if not shutil.which("openssl"):
        print("1..0 # SKIP openssl is needed")
        return 0
    tests = [value for name, value in globals().items() if name.startswith("test_")
             and callable(value)]
    return base.run_all(tests, make_certificates)


if __name__ == "__main__":
    sys.exit(main())
