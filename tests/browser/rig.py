#!/usr/bin/env python3
"""The appliance of tools/appliance.py for the browser tests: commands on standard input, one JSON
object a line, answers on standard output. The end of standard input ends everything."""

import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
from appliance import Appliance, Failure  # noqa: E402  (the path comes first)


def stop(appliance, name):
    """Seconds that a process needs to end when it is asked to."""
    started = time.monotonic()
    appliance.processes[name].stop()
    return time.monotonic() - started


def log(appliance, name):
    with open(appliance.processes[name].log, encoding="utf-8", errors="replace") as file:
        return file.read()


COMMANDS = {
    "call": lambda appliance, method, params: appliance.rpc(method, **params),
    "hold": lambda appliance, name: appliance.hold(name),
    "log": log,
    "pid": lambda appliance, name: appliance.pid(name),
    "release": lambda appliance, name: appliance.release(name),
    "stop": stop,
}


def say(**message):
    print(json.dumps(message), flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="cardea-browser-") as state:
        with Appliance(state, with_peers=False, one_process_a_role=True) as appliance:
            say(result={"url": appliance.url})
            for line in sys.stdin:
                name, *arguments = json.loads(line)
                try:
                    say(result=COMMANDS[name](appliance, *arguments))
                except Failure as error:
                    say(error=str(error))


if __name__ == "__main__":
    try:
        main()
    except Failure as error:
        say(error=str(error))
        sys.exit(1)
