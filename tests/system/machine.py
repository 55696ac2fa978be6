"""A Debian that systemd boots, in a container with no network, with our packages installed."""

import glob
import os
import shlex
import shutil
import signal
import subprocess
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "tests", "integration"))

from harness import Failure, skip_all, wait_for  # noqa: E402

BUILD = os.environ.get("CARDEA_BUILDDIR", os.path.join(SOURCE, "build"))
PACKAGES = os.path.join(BUILD, "packages")
SUITE = "bookworm"
DEBIAN = ["systemd-sysv", "dbus", "iproute2", "openssl", "procps", "rsyslog", "rsyslog-openssl",
          "rsyslog-relp", "snmp", "snmpd"]
# Where this machine has its own packages from.
ARCHIVES = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"]
POWER_OFF = signal.SIGRTMIN + 3
NSPAWN = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network",
          "--machine=cardea"]
ENVIRONMENT = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"]
OURS = "Now Cardea is installed."  # a line of the log: what fails before is not for us to say
INSTALL = f"echo {OURS} && cd /srv/packages && " \
    "apt-get install -y --no-install-recommends ./*.deb && apt-get download snmpd"


def packages():
    return [deb for deb in glob.glob(os.path.join(PACKAGES, "*.deb")) if "-dbgsym_" not in deb]


def need():
    """Ends the test, with a reason, where no such machine can be made."""
    if os.geteuid():
        skip_all("containers are root's")
    for program in ("mmdebstrap", "systemd-nspawn", "nsenter"):
        if not shutil.which(program):
            skip_all(f"{program} is not installed")
    if not packages():
        skip_all("there are no packages: ./run package makes them")


def make_root(root, log):
    """The file system: Debian as small as it gets, and our packages as apt installs them."""
    archives = [path for path in ARCHIVES if os.path.exists(path) and os.path.getsize(path)][:1]
    command = ["mmdebstrap", "--variant=minbase", f"--include={','.join(DEBIAN)}",
               '--aptopt=Acquire::Languages "none"',
               '--customize-hook=mkdir "$1/srv/packages"',
               '--customize-hook=echo "127.0.0.1 localhost" >"$1/etc/hosts"',
               f"--customize-hook=copy-in {shlex.join(packages())} /srv/packages",
               f"--customize-hook=chroot \"$1\" sh -ec '{INSTALL}'", SUITE, root, *archives]
    with open(log, "wb") as output:
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False,
                              stdin=subprocess.DEVNULL)
    if done.returncode:
        with open(log, encoding="utf-8", errors="replace") as output:
            text = output.read()
        reason = "no machine: " + " / ".join(text.splitlines()[-5:])
        if OURS not in text.splitlines():
            skip_all(reason)
        raise Failure(reason)


def need_containers(root):
    """Ends the test, with a reason, where the kernel gives no containers."""
    done = subprocess.run([*NSPAWN, f"--directory={root}", "--pipe", "/bin/true"], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        skip_all("no container: " + " / ".join(done.stdout.splitlines()[-2:]))


class Machine:
    """The machine of the tests; what is in it outlives a reboot."""

    def __init__(self, state, **_):
        self.root = os.path.join(state, "root")
        self.console = os.path.join(state, "console")
        self.nspawn = self.leader = None
        make_root(self.root, os.path.join(state, "make.log"))
        need_containers(self.root)

    def __enter__(self):
        self.boot()
        return self

    def __exit__(self, *_):
        self.power_off()

    def boot(self):
        with open(self.console, "ab") as console:
            self.nspawn = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *NSPAWN, "--console=read-only",
                 f"--directory={self.root}", f"--kill-signal={int(POWER_OFF)}", "--boot"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True)
        self.leader = wait_for(self.find_leader, "the machine to start", 30)
        wait_for(lambda: self.said("systemctl is-system-running") in ("running", "degraded"),
                 "systemd to be through", 90)

    def find_leader(self):
        """The pid of the machine's systemd, which is a child of ours."""
        if self.nspawn.poll() is not None:
            with open(self.console, encoding="utf-8", errors="replace") as console:
                raise Failure("it does not boot: " + " ".join(console.read().split())[-500:])
        for path in glob.glob(f"/proc/{self.nspawn.pid}/task/*/children"):
            with open(path, encoding="ascii") as children:
                for pid in children.read().split():
                    with open(f"/proc/{pid}/comm", encoding="ascii") as name:
                        if name.read().strip() == "systemd":
                            return int(pid)
        return None

    def power_off(self):
        if self.nspawn.poll() is None:
            os.kill(self.leader or self.nspawn.pid, POWER_OFF if self.leader else signal.SIGTERM)
            try:
                self.nspawn.wait(60)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                self.nspawn.wait()
        self.leader = None

    def run(self, command):
        """A shell command in the machine, as root."""
        return subprocess.run(
            ["nsenter", "--target", str(self.leader), "--mount", "--uts", "--ipc", "--pid", "--net",
             "--cgroup", "--root", "--wd", "--", *ENVIRONMENT, "sh", "-c", command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False, errors="replace")

    def said(self, command):
        return self.run(command).stdout.strip()

    def do(self, command):
        """What it said; a failure when it fails."""
        done = self.run(command)
        if done.returncode:
            raise Failure(f"'{command}': {done.stdout.strip()[-500:]}")
        return done.stdout.strip()

    def main_pid(self, unit):
        return int(self.said(f"systemctl show -P MainPID {unit}") or 0)
