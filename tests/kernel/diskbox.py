"""A controller whose store is on a disk that may lose what was not flushed: in the emulated
machine, and as a copy of that disk on this one.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys

import prepare
from controller import AGENT
from disk import Disk, Server
from image import make_image
from machine import Failure, Machine, wait_for
from rig import built

sys.path.insert(0, os.path.join(prepare.SOURCE, "tests", "integration"))

from life import Life, Line  # noqa: E402

MODULES = ["virtio_pci", "virtio_blk", "virtio_console", "crc32c_generic", "ext4"]
BOARD = "/usr/sbin/cardea-board"
PROGRAMS = {AGENT: "cardea-agent", BOARD: "cardea-board", "/bin/pump": "tests/kernel/pump"}
PROFILE = "/etc/cardea/virtual.conf"
RUN_DIR, STORE = "/run/cardea", "/disk/store"
# What stands behind each port of the machine, by its number.
PORTS = {"calls": "agent.sock", "follower": "agent.sock", "board": "board.sock"}
# Without them what they have sealed or signed is lost.
KEYS = ["device.key", "log.key"]
DISK_SIZE, JOURNAL_MB = "32M", 4
CHUNK = 65536
FSCK_UNCORRECTED = 4


def run(program, *arguments, package="e2fsprogs", worst=0):
    done = subprocess.run([prepare.find_program(program, package), *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode > worst:
        raise Failure(f"{program} ended with {done.returncode}: {done.stdout.strip()}")
    return done.stdout


def new_content(directory):
    path = os.path.join(directory, "new.ext4")
    run("mkfs.ext4", "-q", "-J", f"size={JOURNAL_MB}",
        "-E", "lazy_itable_init=0,lazy_journal_init=0", path, DISK_SIZE)
    with open(path, "rb") as file:
        return file.read()


def write_sparse(path, content):
    """Most of a new disk is empty, and a copy is made often."""
    with open(path, "wb") as file:
        file.truncate(len(content))
        for start in range(0, len(content), CHUNK):
            part = content[start:start + CHUNK]
            if part.count(0) != len(part):
                file.seek(start)
                file.write(part)


class Box:
    """The machine; each life is a boot on what the cut before has left of the disk."""

    def __init__(self, directory):
        self.directory = directory
        self.kernel = prepare.prepare()
        self.image = os.path.join(directory, "image")
        make_image(self.image, self.kernel, MODULES,
                   {name: built(path) for name, path in PROGRAMS.items()},
                   {PROFILE: os.path.join(prepare.SOURCE, "board", "virtual.conf")})
        self.disk = Disk(new_content(directory))
        self.machine = self.server = self.life = self.board = None

    def path(self, name):
        return os.path.join(self.directory, name)

    def devices(self):
        drive = f"if=none,id=disk,format=raw,file=nbd+unix:///?socket={self.path('disk.sock')}"
        options = ["-drive", drive, "-device", "virtio-blk-pci,drive=disk,write-cache=on",
                   "-device", "virtio-serial-pci"]
        for number, name in enumerate(PORTS, 1):
            options += ["-chardev", f"socket,id={name},path={self.path(name)},server=on,wait=off",
                        "-device", f"virtserialport,chardev={name},nr={number}"]
        return options

    def start(self, content):
        """Boots, mounts, and starts the controller; its ports are held before it looks at them."""
        self.disk.begin(content)
        self.server = Server(self.disk, self.path("disk.sock"))
        self.machine = Machine(self.directory, self.kernel, self.image, devices=self.devices())
        self.machine.start()
        options = f"--run-dir={RUN_DIR} --state-dir={STORE} --board={PROFILE}"
        self.machine.run(" && ".join(f"modprobe {module}" for module in MODULES))
        self.machine.run(f"mkdir -p {RUN_DIR} /disk && mount -t ext4 /dev/vda /disk && "
                         f"mkdir -p {STORE}")
        for name, command in (("store", f"{AGENT} {options} --role=store"),
                              ("board", f"{BOARD} --run-dir={RUN_DIR} --start-up=0s"),
                              ("door", f"{AGENT} {options} --role=door")):
            self.machine.run(f"{command} >>/run/log/{name} 2>&1 &")
        ports = iter([self.connect(name) for name in PORTS])
        for number, name in enumerate(PORTS.values(), 1):
            self.machine.run(f"pump /dev/vport*p{number} {RUN_DIR}/{name} &")
        self.life = Life(lambda: next(ports))
        self.board = Line(next(ports), "test")

    def connect(self, name):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.path(name))
        return connection

    def cut(self):
        """From one moment to the next there is no machine; what it had sent to its disk arrives."""
        self.machine.stop()
        self.server.stop()
        self.board.close()
        self.server = None

    def stop(self):
        if self.machine:
            self.machine.stop()
        if self.server:
            self.server.stop()

    def log(self):
        """What a machine that still runs has to say."""
        with contextlib.suppress(Failure, OSError):
            return self.machine.run("cd /run/log && grep -H . *; dmesg | tail -5; df /disk; true")
        return ""


class Copy:
    """What a cut has left, with the store on it that this machine runs."""

    def __init__(self, directory, content):
        self.directory = directory
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(os.path.join(directory, "run"))
        disk = os.path.join(directory, "disk")
        write_sparse(disk, content)
        # As the kernel does when it mounts: first the journal.
        run("e2fsck", "-fy", disk, worst=FSCK_UNCORRECTED - 1)
        run("debugfs", "-R", f"rdump /store {directory}", disk)
        os.makedirs(os.path.join(directory, "store"), exist_ok=True)
        self.keys = {name: self.read(name) for name in KEYS}
        self.child = self.life = None

    def read(self, name):
        path = os.path.join(self.directory, "store", name)
        if not os.path.exists(path):
            return None
        with open(path, "rb") as file:
            return file.read()

    def verify_log(self):
        """What cardeactl has against the log."""
        run_dir = f"--run-dir={self.directory}/run"
        done = subprocess.run([built("cardeactl"), run_dir, "log", "verify"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        return done.stdout.strip() if done.returncode else None

    def __enter__(self):
        with open(os.path.join(self.directory, "store.log"), "wb") as log:
            self.child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", built("cardea-agent"), "--role=store",
                 f"--run-dir={self.directory}/run", f"--state-dir={self.directory}/store"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self.life = Life(self.connect)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()
        if self.life:
            self.life.close()

    def connect(self):
        def connected():
            if self.child.poll() is not None:
                with open(os.path.join(self.directory, "store.log"), encoding="utf-8") as log:
                    raise Failure(f"the store does not start: {log.read().strip()}")
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(os.path.join(self.directory, "run", "agent.sock"))
                return connection
            except OSError:
                connection.close()
                return None
        return wait_for(connected, "the store to listen")
