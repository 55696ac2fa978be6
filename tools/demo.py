"""./run demo: the appliance on the virtual board, with something to look at."""

import argparse
import os
import re
import signal
import sys
import time

from appliance import SOURCE, Appliance, Failure, Ports

SAMPLE_CARDS = [
    ("Ada Lovelace", 118, 1603, [1, 2, 3, 4]),
    ("Grace Hopper", 118, 1604, [1, 2]),
    ("Charles Babbage", 118, 1605, []),
]


def arguments():
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__)
    parser.add_argument("--headless", action="store_true",
                        help="do not list notifications and syslog lines as they arrive")
    parser.add_argument("--state", default=os.path.join(SOURCE, "build", "demo"), metavar="DIR",
                        help="where everything lives [build/demo]")
    parser.add_argument("--ports", type=int, default=16000, metavar="BASE",
                        help="HTTPS at BASE+443, SNMP +161, traps +162, syslog +514 [16000]")
    parser.add_argument("--build", default=os.path.join(SOURCE, "build"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not 1 <= options.ports <= 65535 - 514:
        parser.error("--ports takes a number from 1 to 65021")
    return options


def configure(appliance):
    """What a first start needs so that a badge is seen everywhere; an operator's choice stays."""
    if not appliance.ctl("card", "list")[0]:
        for holder, facility, card, doors in SAMPLE_CARDS:
            appliance.ctl("card", "add", f"holder={holder}", f"facility={facility}",
                          f"card={card}", f"doors={doors}")
    if not appliance.rpc("object.list", kind="log_server")["objects"]:
        appliance.forward()
    # Port 161 takes root. What the settings of SNMP let in comes beside the demo's own user.
    if appliance.rpc("settings.get", name="snmp.port")["values"]["snmp.port"] == 161:
        appliance.ctl("settings", "set", f"snmp.port={appliance.ports.snmp + 10}",
                      f"snmp.traps.port={appliance.ports.traps}")


def introduce(appliance):
    ports, build = appliance.ports, os.path.relpath(appliance.build)
    run = f"--run-dir={appliance.run_dir}"
    snmp = f"SNMPCONFPATH={appliance.snmp_dir}"
    print(f"""
Cardea runs on the virtual board. Ctrl-C stops it; its state stays in {appliance.state}

  Console     {appliance.url}   (the first visit makes the administrator)

  Look        {snmp} snmpwalk localhost:{ports.snmp} CARDEA-MIB::cardeaDoorTable
  Command     {snmp} snmpset localhost:{ports.snmp} CARDEA-MIB::cardeaDoorCommand.1 = grant
  Badge       {build}/cardea-board {run} ctl badge 1 --format h10301 --facility 118 --card 1603
  Move        {build}/cardea-board {run} ctl set door1.contact open
  Play        {build}/cardea-board {run} play board/scenarios/day.txt
  Ask         {build}/cardeactl {run} status
              {build}/cardeactl {run} door list
              {build}/cardeactl {run} events --follow
""", flush=True)


def short_trap(line):
    """The parts of a notification that a person reads."""
    name = re.search(r"snmpTrapOID\.0 = (?:[\w-]+::)?(\S+?)(?:\||$)", line)
    seq = re.search(r"cardeaEventSeq\S* = (\d+)", line)
    text = re.search(r'cardeaEventText\S* = "?([^"|]*)', line)
    if not name:
        return line
    return f"{name[1]} seq={seq[1] if seq else '-'} {text[1].strip() if text else ''}"


class Tail:
    """New lines of a file that others write."""

    def __init__(self, path, title, shorten):
        self.path, self.title, self.shorten = path, title, shorten
        self.position = os.path.getsize(path) if os.path.exists(path) else 0
        self.rest = ""

    def show(self):
        if not os.path.exists(self.path):
            return
        with open(self.path, encoding="utf-8", errors="replace") as file:
            file.seek(self.position)
            *lines, self.rest = (self.rest + file.read()).split("\n")
            self.position = file.tell()
        for line in lines:
            if line.strip():
                print(f"{self.title:7} {self.shorten(line)}", flush=True)


def main():
    options = arguments()
    # A supervisor or a closing terminal ends the demo as Ctrl-C does; a shell that starts it in
    # the background has Ctrl-C ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with Appliance(options.state, options.build, Ports(options.ports),
                       configures_snmpd="demo") as appliance:
            tails = [Tail(appliance.traps, "trap", short_trap),
                     Tail(appliance.records, "syslog", lambda line: line)]
            configure(appliance)
            introduce(appliance)
            while True:
                time.sleep(0.1)
                for tail in tails if not options.headless else []:
                    tail.show()
    except (Failure, FileNotFoundError) as error:
        print(f"cardea demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
