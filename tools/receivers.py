"""Real log servers for tests and benchmarks: rsyslog as it is installed, syslog-ng unpacked.

Debian's packages of the two exclude each other, so syslog-ng is fetched by apt-get and unpacked
into a cache, and nothing of it is installed. A server listens on loopback, keeps its files in a
directory of its own, and ends only by end().
"""

import fcntl
import glob
import os
import shutil
import signal
import socket
import subprocess
import time

import peers

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SYSLOG_NG = ("syslog-ng-core", "libivykis0", "libnet1", "libwrap0", "libjson-c5")
MODULES = "/usr/lib/*/rsyslog"
TIMEOUT = 30


class Unavailable(Exception):
    """Why a server cannot be had here; one line."""


def cache():
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return os.path.join(base, "cardea", "syslog-ng")
    return os.path.join(os.environ.get("CARDEA_BUILDDIR", os.path.join(SOURCE, "build")),
                        "syslog-ng")


def fetch(directory):
    download = directory + ".new"
    shutil.rmtree(download, ignore_errors=True)
    os.makedirs(download)
    try:
        subprocess.run(["apt-get", "-qq", "download", *SYSLOG_NG], cwd=download, check=True,
                       capture_output=True, timeout=120)
        for package in glob.glob(os.path.join(download, "*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, download], check=True, capture_output=True)
            os.unlink(package)
    except (OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(download, ignore_errors=True)
        raise Unavailable(f"syslog-ng cannot be fetched from the package archive: {error}") from error
    shutil.rmtree(directory, ignore_errors=True)
    os.rename(download, directory)


def syslog_ng_root():
    """The directory that syslog-ng is unpacked in; fetched the first time."""
    directory = cache()
    os.makedirs(os.path.dirname(directory), exist_ok=True)
    with open(directory + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(directory, "usr/sbin/syslog-ng")):
            fetch(directory)
    return directory


def need_rsyslog(*modules):
    """Raises Unavailable with the package when a module is not there."""
    packages = {"lmnsd_gtls": "rsyslog-gnutls", "lmnsd_ossl": "rsyslog-openssl",
                "imrelp": "rsyslog-relp", "omrelp": "rsyslog-relp"}
    try:
        peers.find_program("rsyslogd")
    except FileNotFoundError as error:
        raise Unavailable(str(error)) from error
    for module in modules:
        if not glob.glob(f"{MODULES}/{module}.so"):
            raise Unavailable(f"{packages.get(module, 'rsyslog')} is not installed")


def free_port():
    with socket.socket() as probe:
        probe.bind((peers.HOST, 0))
        return probe.getsockname()[1]


class Server:
    """One process of a log server; start() returns when all of its TCP ports take connections."""

    def __init__(self, directory, name, ports):
        self.directory = os.path.join(directory, name)
        os.makedirs(self.directory, exist_ok=True)
        self.ports = ports
        self.log = os.path.join(self.directory, "log")
        self.process = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def command(self):
        raise NotImplementedError

    def environment(self):
        return dict(os.environ)

    def start(self):
        command = self.command()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.environment())
        deadline = time.monotonic() + TIMEOUT
        while not all(self.listens(port) for port in self.ports):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.end()
                raise Unavailable(f"{os.path.basename(self.directory)} does not start: {self.words()}")
            time.sleep(0.02)
        return self

    def words(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return " ".join(log.read().split())[-600:]

    @staticmethod
    def listens(port):
        with socket.socket() as probe:
            return probe.connect_ex((peers.HOST, port)) == 0

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
            try:
                self.process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()


class Rsyslog(Server):
    """rsyslogd with the text of a configuration."""

    def __init__(self, directory, name, config, ports):
        super().__init__(directory, name, ports)
        peers.write(self.path("rsyslog.conf"),
                    f'global(workDirectory="{self.directory}")\n' + config)

    def command(self):
        pid = self.path("pid")
        if os.path.exists(pid):
            os.unlink(pid)
        return [peers.find_program("rsyslogd"), "-n", "-f", self.path("rsyslog.conf"), "-i", pid]


class SyslogNg(Server):
    """syslog-ng with the text of a configuration, without its version line."""

    def __init__(self, directory, name, config, ports):
        super().__init__(directory, name, ports)
        self.root = syslog_ng_root()
        [modules] = glob.glob(os.path.join(self.root, "usr/lib/syslog-ng/3.*"))
        self.version = os.path.basename(modules)
        self.modules = modules
        peers.write(self.path("syslog-ng.conf"), f"@version: {self.version}\n" + config)

    def environment(self):
        libraries = [os.path.join(self.root, "usr/lib/syslog-ng"),
                     *glob.glob(os.path.join(self.root, "usr/lib/*-linux-gnu")),
                     *glob.glob(os.path.join(self.root, "lib/*-linux-gnu"))]
        return {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}

    def command(self):
        return [os.path.join(self.root, "usr/sbin/syslog-ng"), "-F", "--no-caps",
                f"--cfgfile={self.path('syslog-ng.conf')}",
                f"--persist-file={self.path('persist')}", f"--pidfile={self.path('pid')}",
                f"--control={self.path('control')}", f"--module-path={self.modules}",
                "--stderr"]


def adapt(text, **replacements):
    """Configuration with what is written in it in place of the names of an installation."""
    for old, new in replacements.items():
        if old not in text:
            raise ValueError(f"'{old}' is not in the configuration")
        text = text.replace(old, str(new))
    return text
