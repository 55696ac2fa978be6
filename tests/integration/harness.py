"""Runs the test functions of a file one by one and prints TAP.

Each function is named as a sentence and takes the rig that the file made; what it raises is its
failure. Conditions are waited for with a deadline; nothing sleeps for a fixed time.
"""

import os
import shutil
import sys
import tempfile
import time
import traceback

SOURCE = os.environ.get("CARDEA_SRCDIR") or os.path.abspath(
    os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(SOURCE, "tools"))

from appliance import Appliance, Failure, wait_for  # noqa: E402,F401


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def check(condition, what):
    """An assertion that says what a user would notice."""
    if not condition:
        raise AssertionError(what)


def refused(call, *codes):
    """Calls, and returns the error's text when it is one of the codes."""
    try:
        answer = call()
    except Failure as error:
        check(str(error).split(":")[0] in codes, f"refused by '{error}', not by one of {codes}")
        return str(error)
    raise AssertionError(f"it was not refused but answered with {answer}")


def show_logs(state):
    folder = os.path.join(state, "log")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            for line in file.readlines()[-15:]:
                print(f"# {name}: {line.rstrip()}")


def tests_of(module):
    return [value for name, value in vars(module).items() if name.startswith("test_")]


def run(module_name, made_by=Appliance, **appliance):
    """Runs the tests of a module on one appliance in a directory of its own."""
    tests = tests_of(sys.modules[module_name])
    state = tempfile.mkdtemp(prefix="cardea-test.")
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    try:
        with made_by(state, **appliance) as rig:
            for number, test in enumerate(tests, 1):
                failed += not run_one(number, test, rig)
    except Failure as error:
        print(f"Bail out! {error}", flush=True)
        failed += 1
    finally:
        if failed:
            show_logs(state)
        shutil.rmtree(state, ignore_errors=True)
    sys.exit(1 if failed else 0)


def run_one(number, test, rig):
    started = time.monotonic()
    name = test.__name__.removeprefix("test_")
    try:
        test(rig)
        print(f"ok {number} - {name}", flush=True)
        is_good = True
    except Exception as error:  # whatever it is, it is this test's failure
        print(f"not ok {number} - {name}\n# {type(error).__name__}: {error}", flush=True)
        for line in traceback.format_exc().splitlines()[-8:]:
            print(f"#   {line}")
        is_good = False
    print(f"# {time.monotonic() - started:.1f} s", flush=True)
    return is_good
