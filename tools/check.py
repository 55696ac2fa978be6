"""./run check: every test, lane by lane, ending with 'N passed, N failed'.

  make      unit and integration tests, built by GCC with warnings as errors
  clang     the same sources built by Clang, warnings as errors
  sanitize  the unit tests with address and undefined behaviour sanitizers
  fuzz      a few seconds of every fuzz target, and of two of them by another fuzzer
  kernel    the real drivers, and a disk that loses power, on Debian's kernel in an emulated machine
  browser   the console in Chromium
  integrations  contrib/ with the management systems that it is for, from Debian; some three minutes
                                                 (with --all, or in CI)
  dist      make distcheck                       (with --all, or in CI)
  package   the Debian packages, checked         (with --all, or in CI)
  system    those packages on a Debian that systemd boots, as root: installed, killed, rebooted, purged
                                                 (with --all, or in CI)

Long tests run at full length: ten rounds of kills, a thousand power cuts, twenty seconds of a hung
snmpd, a log server dead for a minute, half a million decisions in worlds that are new each time.
"""

import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FULL_LENGTH = {"CARDEA_ROUNDS": "10", "CARDEA_ROUND_SECONDS": "10", "CARDEA_HANG_SECONDS": "20",
               "CARDEA_OUTAGE_SECONDS": "60", "CARDEA_PACKETS": "1000", "CARDEA_SETS": "600",
               "CARDEA_CUTS": "1000", "CARDEA_STRANGERS": "10000",
               "CARDEA_DECISIONS_SEED": "any", "CARDEA_DECISIONS_WORLDS": "5000",
               "CARDEA_REPETITIONS": "100",
               "CARDEA_CONFIG_CHANGES": "2", "CARDEA_LINKS": "2"}
JOBS = f"-j{os.cpu_count()}"
TEST_JOBS = "-j8"  # tests mostly wait
FUZZ_SECONDS = "5"
DEBIAN_PYTHON = "/usr/bin/python3"  # which has the modules of Debian's packages
# The other fuzzer shows that targets are built and run by it; ./run fuzz --afl runs it longer.
AFL = ["--afl", "--seconds", "2", "osdp_secure", "cardformat"]


class Lanes:
    def __init__(self, build):
        self.build = build
        self.passed = self.failed = self.skipped = 0

    def count(self, passed, failed, skipped=0):
        self.passed += passed
        self.failed += failed
        self.skipped += skipped

    def execute(self, name, command, environment=None, directory=SOURCE):
        """Runs a command, its output in a file of the build; returns status and text."""
        with open(self.log_of(name), "w+", encoding="utf-8", errors="replace") as log:
            status = subprocess.run(command, cwd=directory, stdout=log, stderr=subprocess.STDOUT,
                                    stdin=subprocess.DEVNULL, check=False,
                                    env={**os.environ, **(environment or {})}).returncode
            log.seek(0)
            return status, log.read()

    def log_of(self, name):
        return os.path.join(self.build, f"check-{name}.log")

    def run(self, name, command, environment=None, directory=SOURCE):
        """The same, and says how it goes."""
        [result] = self.run_together({name: command}, environment, directory)
        return result

    def run_together(self, commands, environment=None, directory=SOURCE):
        """Runs commands by name at the same time; returns their status and text in order."""
        started = time.monotonic()
        print(f"{', '.join(commands):9} ... ", end="", flush=True)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            results = list(pool.map(lambda name: self.execute(name, commands[name], environment,
                                                              directory), commands))
        bad = [(name, text) for name, (status, text) in zip(commands, results) if status]
        print(f"{'FAILED' if bad else 'ok'}  {time.monotonic() - started:.0f} s", flush=True)
        for name, text in bad:
            interesting = [line for line in text.splitlines()
                           if re.match(r"FAIL|ERROR|not ok|# |.*(error|Error)[: ]", line)]
            print("\n".join((interesting or text.splitlines())[-60:]))
            print(f"the whole output is in {self.log_of(name)}", flush=True)
        return results

    def all_or_nothing(self, name, *command, **more):
        status, text = self.run(name, *command, **more)
        self.count(status == 0, status != 0)
        return status, text

    # The lanes

    def configure(self, name, *arguments):
        """A build directory of its own below the build, configured once; None when that failed."""
        directory = os.path.join(self.build, name)
        os.makedirs(directory, exist_ok=True)
        if not os.path.exists(os.path.join(directory, "Makefile")):
            command = [os.path.join(SOURCE, "configure"), "-q", "--enable-werror", *arguments]
            status, _ = self.run(f"{name}-conf", command, directory=directory)
            if status:
                self.count(0, 1)
                return None
        return directory

    def make_check(self, name, directory, target, environment=None):
        status, text = self.run(name, ["make", "-k", TEST_JOBS, "-C", directory, target], environment)
        totals = {word: int(number) for word, number in
                  re.findall(r"^# (PASS|SKIP|FAIL|XPASS|ERROR): +(\d+)$", text, re.M)}
        failed = totals.get("FAIL", 0) + totals.get("XPASS", 0) + totals.get("ERROR", 0)
        # A build that broke off runs no test and counts none.
        self.count(totals.get("PASS", 0), failed or (status != 0), totals.get("SKIP", 0))
        for line in re.findall(r"^SKIP: .*$", text, re.M):
            print(f"  {line}")

    def make(self):
        self.make_check("make", self.build, "check", FULL_LENGTH)

    def clang(self):
        directory = self.configure("clang", "CC=clang")
        if directory:
            self.all_or_nothing("clang", ["make", "-s", JOBS, "-C", directory, "all"])

    def sanitize(self):
        directory = self.configure("sanitize", "--enable-sanitizers", "CFLAGS=-O1 -g")
        if directory:
            self.make_check("sanitize", directory, "check-unit")

    def fuzz(self):
        for name, options in (("fuzz", ["--seconds", FUZZ_SECONDS]), ("fuzz-afl", AFL)):
            _, text = self.run(name, ["tests/fuzz/run.sh", *options])
            found = re.search(r"^(\d+) passed, (\d+) failed$", text, re.M)
            self.count(*(map(int, found.groups()) if found else (0, 1)))

    def count_tap(self, text):
        skipped = re.search(r"^1\.\.0 # (SKIP .*)$", text, re.M)
        if skipped:
            print(f"  {skipped.group(1)}")
        good = len(re.findall(r"^ok ", text, re.M))
        bad = len(re.findall(r"^(?:not ok |Bail out!)", text, re.M))
        self.count(good, bad or (not good and not skipped), bool(skipped))

    def kernel(self):
        status, _ = self.run("kernel-make", ["make", "-s", JOBS, "-C", self.build, "all",
                                             "kernel-programs"])
        if status:
            self.count(0, 1)
            return
        tests = {test: [sys.executable, "-B", f"tests/kernel/{test}.py"]
                 for test in ("test_kernel", "test_powercut", "test_survival")}
        for _, text in self.run_together(tests, {"CARDEA_BUILDDIR": self.build}):
            self.count_tap(text)

    def browser(self):
        tests = os.path.join(SOURCE, "tests", "browser")
        installed = os.path.join(tests, "node_modules", ".package-lock.json")
        lock = os.path.join(tests, "package-lock.json")
        if not os.path.exists(installed) or os.path.getmtime(installed) < os.path.getmtime(lock):
            status, _ = self.run("npm", ["npm", "ci", "--no-audit", "--no-fund"], directory=tests)
            if status:
                self.count(0, 1)
                return
            os.utime(installed)
        _, text = self.run("browser", ["node", "run.mjs"], {"CARDEA_BUILDDIR": self.build}, tests)
        self.count_tap(text)

    def integrations(self):
        """One after another: each has an appliance of its own, and systems that take their time."""
        folder = os.path.join(SOURCE, "tests", "nms")
        for file in sorted(name for name in os.listdir(folder) if name.startswith("test_")):
            _, text = self.run(file.removesuffix(".py"),
                               [DEBIAN_PYTHON, "-B", os.path.join(folder, file)],
                               {"CARDEA_BUILDDIR": self.build})
            self.count_tap(text)

    def dist(self):
        self.all_or_nothing("dist", ["make", "-s", TEST_JOBS, "-C", self.build, "distcheck"])

    def package(self):
        self.all_or_nothing("package", ["./run", "package"])

    def system(self):
        """On the packages that are there: after a change run both lanes, package system."""
        if not glob.glob(os.path.join(self.build, "packages", "*.deb")):
            self.package()
        _, text = self.run("system", [sys.executable, "-B", "tests/system/test_system.py"],
                           {"CARDEA_BUILDDIR": self.build})
        self.count_tap(text)


def main():
    parser = argparse.ArgumentParser(prog="./run check", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", help=argparse.SUPPRESS)
    parser.add_argument("lanes", nargs="*", metavar="LANE", help="only these lanes")
    parser.add_argument("--all", action="store_true", help="every lane")
    options = parser.parse_args()
    every = ["make", "clang", "sanitize", "fuzz", "kernel", "browser", "dist", "package",
             "system", "integrations"]
    wanted = options.lanes or (every if options.all or os.environ.get("CI") else every[:6])
    unknown = set(wanted) - set(every)
    if unknown:
        parser.error(f"there is no lane {', '.join(sorted(unknown))}")
    lanes = Lanes(options.build)
    for lane in wanted:
        getattr(lanes, lane)()
    skipped = f", {lanes.skipped} skipped" if lanes.skipped else ""
    print(f"{lanes.passed} passed, {lanes.failed} failed{skipped}")
    return 1 if lanes.failed else 0


if __name__ == "__main__":
    sys.exit(main())
