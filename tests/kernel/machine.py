"""The emulated machine: qemu without any acceleration, driven by a line of one of its UARTs.

    with Machine(directory, kernel, image, buses=["/path/of/a/socket"]) as machine:
        machine.run("pull door1.contact up")
"""

import os
import socket
import subprocess
import sys

import prepare

sys.path.insert(0, os.path.join(prepare.SOURCE, "tools"))

from appliance import Failure, wait_for  # noqa: E402

QEMU = "qemu-system-x86_64"
MEMORY_MB = 384
COMMAND_LINE = "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check"
# Where a UART is and its interrupt: usually two share one, which this bus does not allow.
SHELL_PORT = "iobase=0x3e8,irq=5"
BUS_PORTS = ["iobase=0x2f8,irq=3", "iobase=0x2e8,irq=7"]
# A loaded machine without acceleration is slow; a broken one is found all the same.
BOOT_SECONDS = 120
RUN_SECONDS = 60


class Machine:
    """buses are sockets; ttyS1 and ttyS3 are connected to them as soon as somebody listens. devices
    are more options of the emulator.
    """

    def __init__(self, directory, kernel, image, buses=(), devices=()):
        self.directory = directory
        self.console = os.path.join(directory, "console.log")
        self.path = os.path.join(directory, "shell.sock")
        self.command = [
            prepare.find_program(QEMU, "qemu-system-x86"), "-accel", "tcg", "-m", str(MEMORY_MB),
            "-kernel", kernel.vmlinux, "-initrd", image, "-append", COMMAND_LINE,
            "-nodefaults", "-display", "none", "-no-reboot",
            "-chardev", f"file,id=console,path={self.console}",
            "-device", "isa-serial,chardev=console",
            "-chardev", f"socket,id=shell,path={self.path},server=on,wait=off",
            "-device", f"isa-serial,chardev=shell,{SHELL_PORT}", *devices,
        ]
        for number, (path, port) in enumerate(zip(buses, BUS_PORTS), 1):
            self.command += ["-chardev", f"socket,id=bus{number},path={path},reconnect=1",
                             "-device", f"isa-serial,chardev=bus{number},{port}"]
        self.child = self.socket = self.file = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        # Whoever started it may be killed: then it ends too.
        with open(os.path.join(self.directory, "qemu.log"), "wb") as log:
            self.child = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *self.command],
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.socket = wait_for(self.connect, "the emulated machine to be there")
        self.socket.settimeout(BOOT_SECONDS)
        self.file = self.socket.makefile("rb")
        while self.read_line() != "ready":
            pass

    def connect(self):
        if self.child.poll() is not None:
            raise Failure("the emulated machine did not start")
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self.path)
            return connection
        except OSError:
            connection.close()
            return None

    def read_line(self):
        try:
            line = self.file.readline()
        except TimeoutError as error:
            raise Failure("the emulated machine does not answer") from error
        if not line:
            raise Failure("the emulated machine is gone")
        return line.decode(errors="replace").strip()

    def try_run(self, command, seconds=RUN_SECONDS):
        """One line of shell; its status and what it said."""
        if not self.file:
            raise Failure("the emulated machine is not running")
        self.socket.settimeout(seconds)
        self.socket.sendall(command.encode() + b"\n")
        status, size = map(int, self.read_line().split())
        try:
            return status, self.file.read(size).decode(errors="replace").strip()
        except TimeoutError as error:
            raise Failure("the emulated machine has stopped in a sentence") from error

    def run(self, command, seconds=RUN_SECONDS):
        status, said = self.try_run(command, seconds)
        if status:
            raise Failure(f"'{command}' ended with {status}: {said}")
        return said

    def stop(self):
        """Nothing in there is worth an orderly end."""
        for opened in (self.file, self.socket):
            if opened:
                opened.close()
        if self.child:
            self.child.kill()
            self.child.wait()
