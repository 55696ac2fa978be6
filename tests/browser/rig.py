#!/usr/bin/env python3
"""The appliance of tools/appliance.py for the browser tests: commands on standard input, one JSON
object a line, answers on standard output. The end of standard input ends everything."""

import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
from appliance import Appliance, Failure, wait_for  # noqa: E402  (the path comes first)


def stop(appliance, name):
    """Seconds that a process needs to end when it is asked to."""
    started = time.monotonic()
    appliance.processes[name].stop()
    return time.monotonic() - started


def log(appliance, name):
    with open(appliance.processes[name].log, encoding="utf-8", errors="replace") as file:
        return file.read()


def forward(appliance):
    """Makes the private rsyslogd the log server, over TLS."""
    appliance.forward()


def received(appliance, peer, text):
    """The lines with this text at 'snmptrapd' or 'rsyslogd', once there are any."""
    path = {"snmptrapd": appliance.traps, "rsyslogd": appliance.records}[peer]

    def lines():
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8", errors="replace") as file:
            return [line for line in file if text in line]
    return wait_for(lines, f"'{text}' at {peer}")


COMMANDS = {
    "call": lambda appliance, method, params: appliance.rpc(method, **params),
    "forward": forward,
    "hold": lambda appliance, name: appliance.hold(name),
    "log": log,
    "pid": lambda appliance, name: appliance.pid(name),
    "received": received,
    "release": lambda appliance, name: appliance.release(name),
    "stop": stop,
}


def say(**message):
    print(json.dumps(message), flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="cardea-browser-") as state:
        with Appliance(state, one_process_a_role=True) as appliance:
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
