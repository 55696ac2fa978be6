"""One emulated machine with a controller for all tests of a module, and TAP about them.

The readers are those of cardea-board on this machine: the emulated UARTs lead to its buses.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile

import prepare
from controller import AGENT, PROFILE, SECONDS, Controller
from image import make_image
from machine import Failure, Machine, wait_for

sys.path.insert(0, os.path.join(prepare.SOURCE, "tests", "integration"))

from harness import check, run_one, skip_all, tests_of  # noqa: E402,F401

MODULES = ["configfs", "gpio-sim", "i2c-dev", "i2c-stub", "leds-gpio", "ledtrig-timer", "board",
           "ad799x", "ads7828", "lm75", "kxcjk-1013"]
PROGRAMS = {AGENT: "cardea-agent", "/usr/bin/cardeactl": "cardeactl",
            "/bin/ask": "tests/kernel/ask", "/bin/manager": "tests/kernel/manager"}
BOARD = os.path.join(prepare.SOURCE, "board", "kernel-test.conf")
BUSES = 1


def build_directory():
    return os.environ.get("CARDEA_BUILDDIR") or os.path.join(prepare.SOURCE, "build")


def built(program):
    path = os.path.join(build_directory(), program)
    if not os.path.exists(path):
        raise Failure(f"{path} is not built (make all kernel-programs)")
    return path


class Readers:
    """cardea-board, of which only the reader buses are connected to anything."""

    def __init__(self, directory):
        self.run = f"--run-dir={directory}"
        self.directory = directory
        self.program = built("cardea-board")
        self.child = None

    def start(self):
        with open(os.path.join(self.directory, "readers.log"), "wb") as log:
            self.child = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", self.program, self.run],
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def bus(self, number):
        return os.path.join(self.directory, f"bus{number}.sock")

    def __call__(self, *words):
        done = subprocess.run([self.program, self.run, "ctl", *map(str, words)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60, check=False)
        if done.returncode:
            raise Failure(f"cardea-board {' '.join(map(str, words))}: {done.stdout.strip()}")
        return done.stdout

    def stop(self):
        if self.child:
            self.child.kill()
            self.child.wait()


class Rig:
    """What a test is given: the wires, the controller behind them, the readers before them."""

    def __init__(self, directory):
        self.directory = directory
        self.readers = Readers(directory)
        kernel = prepare.prepare()
        image = os.path.join(directory, "image")
        programs = {name: built(path) for name, path in PROGRAMS.items()}
        make_image(image, kernel, MODULES, programs, {PROFILE: BOARD})
        self.machine = Machine(directory, kernel, image,
                               [self.readers.bus(number + 1) for number in range(BUSES)])
        self.controller = Controller(self.machine)

    def __enter__(self):
        try:
            self.readers.start()
            self.machine.start()
        except BaseException:
            self.show_logs()
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.machine.stop()
        self.readers.stop()

    # Wires

    def level(self, line):
        return self.machine.run(f"level {line}") == "1"

    def wait_level(self, line, is_on):
        wait_for(lambda: self.level(line) == is_on, f"{line} to be {'on' if is_on else 'off'}",
                 SECONDS)

    def watch(self, line):
        self.machine.run(f"watch_line {line}")

    def seen(self, line):
        """[(is it on, since which second of the machine)] from watch() until now."""
        rows = [row.split() for row in self.machine.run(f"seen {line}").splitlines()]
        return [(level == "1", float(since)) for level, since in rows]

    def show_logs(self):
        # A machine that is gone says nothing more, but its console may say why.
        with contextlib.suppress(Failure, OSError):
            print("\n".join(f"# {line}" for line in self.controller.log().splitlines()))
        for name in ("qemu.log", "readers.log", "console.log"):
            path = os.path.join(self.directory, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    for line in file.readlines()[-20:]:
                        print(f"# {name}: {line.rstrip()}")


def run_all(rig, tests):
    with rig:
        try:
            rig.controller.start()
            failed = sum(not run_one(number, test, rig) for number, test in enumerate(tests, 1))
        except Failure as error:
            print(f"Bail out! {error}", flush=True)
            failed = 1
        if failed:
            rig.show_logs()
        return failed


def run(module_name):
    """Runs the tests of a module in the order of its text, on one machine; with arguments only
    those whose names have one of them.
    """
    tests = [test for test in tests_of(sys.modules[module_name])
             if not sys.argv[1:] or any(word in test.__name__ for word in sys.argv[1:])]
    directory = tempfile.mkdtemp(prefix="cardea-kernel.")
    failed = 1
    try:
        rig = Rig(directory)
        print(f"1..{len(tests)}", flush=True)
        failed = run_all(rig, tests)
    except prepare.Unavailable as error:
        skip_all(str(error))
    except Failure as error:
        print(f"Bail out! {error}", flush=True)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    sys.exit(1 if failed else 0)
