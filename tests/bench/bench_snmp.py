"""GETBULK of the snmp role beside lldpd's, snmpd's own tables and an empty subagent; notifications

Varbinds a second and processor time per varbind, over one column and over all columns of a table at
once, from a manager in C that costs little. The floor is a subagent that does nothing but answer
from an array. User instructions per varbind are counted by callgrind, with a table of 64 and one of
1,000 rows. A notification's time is from the event's own time to its arrival as a datagram.
"""

import contextlib
import os
import time

import badger
import peers
from appliance import Failure, Rpc
from measure import median
from snmp_rig import (ALL_REPETITIONS, MODULE, ONE_REPETITIONS, POINT_NAME, Master, Role, agent,
                      build, instructions)

ROUNDS, SECONDS = 5, 2
BENCH_TABLE = f"{MODULE}.1.2.1.1"
FLOOR_TABLE = "1.3.6.1.4.1.8072.9999.9999.1.1.1.1"
LLDP = "1.0.8802.1.1.2"
ROWS = 129  # as many as the board has points: its longest column
TIMES_LLDPD, OF_FLOOR = 10, 0.7
INSTRUCTIONS, FLAT = 12000, 1.1
NOTIFY_P99_MS = 50
EVENTS, EVENT_GAP = 300, 0.08


def table(entry, columns, first=1):
    return ",".join(f"{entry}.{column}" for column in range(first, first + columns))


class Contestant:
    def __init__(self, name, master, one, every, pid=None):
        self.name, self.master, self.pid = name, master, pid
        self.one, self.every = one, every
        self.figures = {"one column": [], "all columns": []}

    def run(self, seconds):
        for kind, groups, repetitions in (("one column", [self.one], ONE_REPETITIONS),
                                          ("all columns", self.every, ALL_REPETITIONS)):
            if groups[0]:
                self.figures[kind].append(self.master.measure(groups, repetitions, seconds, self.pid))

    def rate(self, kind):
        return median([one.varbinds / one.seconds for one in self.figures[kind]])

    def cost_us(self, kind):
        """Of agent and master per varbind."""
        return (median([one.agent_us / one.varbinds for one in self.figures[kind]]),
                median([one.master_us / one.varbinds for one in self.figures[kind]]))


def own_tables(master):
    """What snmpd answers from its own process."""
    return [Contestant("snmpd, sysORTable", master, "1.3.6.1.2.1.1.9.1.3",
                       [table("1.3.6.1.2.1.1.9.1", 3, 2)]),
            Contestant("snmpd, ifTable", master, "1.3.6.1.2.1.2.2.1.2",
                       [table("1.3.6.1.2.1.2.2.1", 20)]),
            Contestant("snmpd, hrSWRunTable", master, "1.3.6.1.2.1.25.4.2.1.2",
                       [table("1.3.6.1.2.1.25.4.2.1", 7)])]


def program(options, name):
    return os.path.join(options.build, "tests/bench", name)


def start_lldpd(stack, master, rows):
    """Needs root and an interface; without, its row is missing and so is its limit."""
    try:
        command = [peers.find_program("lldpd"), "-d", "-x", "-X", master.agentx, "-u",
                   os.path.join(master.directory, "lldpd.sock")]
        child = stack.enter_context(agent(command, master, LLDP))
    except (Failure, FileNotFoundError) as error:
        rows.note(f"lldpd cannot be measured here: {error}")
        return []
    # It forks: what answers is its child without privileges.
    with open(f"/proc/{child.pid}/task/{child.pid}/children", encoding="ascii") as file:
        children = file.read().split()
    return [Contestant("lldpd, LLDP-MIB", master, LLDP, [None],
                       int(children[-1]) if children else child.pid)]


def compare(rows, contestants, seconds):
    for _ in range(ROUNDS):
        for contestant in contestants:
            contestant.run(seconds)
    for kind in ("one column", "all columns"):
        rows.title(f"GETBULK over {kind}, median of {ROUNDS} times {seconds} s")
        for contestant in contestants:
            if contestant.figures[kind]:
                in_agent, in_master = contestant.cost_us(kind)
                rows.add(contestant.name, contestant.rate(kind) / 1000, "1,000 varbinds/s")
                rows.note(f"    processor {in_agent:.2f} us in the agent, {in_master:.2f} us in snmpd "
                          "per varbind")


def ratios(rows, role, floor, lldpd):
    rows.title("the snmp role beside the others")
    rows.add("of the floor, one column", role.rate("one column") / floor.rate("one column"), "times",
             least=OF_FLOOR)
    rows.add("of the floor, all columns", role.rate("all columns") / floor.rate("all columns"),
             "times")
    for one in lldpd:
        # What snmpd itself needs for each varbind of one column is more than a tenth of lldpd's
        # time: not even the floor is ten times as fast there.
        rows.add("the floor's one column and lldpd's MIB",
                 floor.rate("one column") / one.rate("one column"), "times")
        rows.add("one column and lldpd's MIB", role.rate("one column") / one.rate("one column"), "times")
        rows.add("all columns and lldpd's MIB", role.rate("all columns") / one.rate("one column"),
                 "times", least=TIMES_LLDPD)


def count_instructions(rows, master, options, rig):
    rows.title("user instructions per varbind, GETBULK of one column after the other (callgrind)")
    counted = {}
    for count in (64, 1000):
        command = [program(options, "agentx_bench"), master.agentx, str(count)]
        counted[count] = instructions(command, master, [BENCH_TABLE], 12 * count)
        rows.add(f"the role's session and codec, {count} rows", counted[count], "", INSTRUCTIONS)
    rows.add("1,000 rows beside 64", counted[1000] / counted[64], "times", FLAT)
    command = [program(options, "agentx_floor"), master.agentx, "64"]
    rows.add("the floor, 64 rows", instructions(command, master, [FLOOR_TABLE], 12 * 64), "")
    every = rig.master.columns()
    rig.hold("snmp")
    role = [rig.program("cardea-agent"), "--role=snmp", f"--run-dir={rig.run_dir}",
            f"--agentx={rig.master.agentx}", f"--board={rig.profile}",
            f"--state-dir={os.path.join(rig.state, 'store')}"]
    rows.add("the role itself, one column", instructions(role, rig.master, [POINT_NAME], ROWS), "",
             INSTRUCTIONS)
    rows.add("the role itself, all columns", instructions(role, rig.master, every), "", INSTRUCTIONS)
    rig.release("snmp")


EVENT_SEQ = bytes.fromhex("2b06010401" "81fd59" "020101040100")


def number_in(datagram):
    """cardeaEventSeq.0 of a notification, or None."""
    at = datagram.find(EVENT_SEQ)
    if at < 0:
        return None
    size, value = at + len(EVENT_SEQ) + 1, at + len(EVENT_SEQ) + 2
    return int.from_bytes(datagram[value:value + datagram[size]], "big")


def drain(master, arrived, seconds):
    """Takes what arrives in so long."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        master.traps.settimeout(left)
        try:
            datagram = master.traps.recv(65536)
        except TimeoutError:
            return
        number = number_in(datagram)
        if number:
            arrived.setdefault(number, time.time())


def measure_notifications(rows, rig):
    badger.allow(rig)
    arrived = {}
    drain(rig.master, arrived, 2)
    head = rig.events()[-1]["seq"]
    with Rpc(os.path.join(rig.run_dir, "board.sock"), "ctl") as board:
        for number in range(EVENTS):
            board.call("badge", reader=1 + 2 * (number % 4), format="h10301",
                       facility=badger.FACILITY, card=badger.CARD)
            drain(rig.master, arrived, EVENT_GAP)
    drain(rig.master, arrived, 3)
    times = sorted((arrived[event["seq"]] - event["time_us"] / 1e6) * 1000 for event in rig.events()
                   if event["seq"] > head and event["seq"] in arrived)
    rows.title(f"event to notification on the wire, {EVENTS} cards, {len(times)} notifications")
    if len(times) < EVENTS:
        raise Failure(f"only {len(times)} notifications of {EVENTS} cards arrived")
    rows.add("event to wire, p50", times[len(times) // 2], "ms")
    rows.add("event to wire, p99", times[len(times) * 99 // 100], "ms", NOTIFY_P99_MS)
    rows.add("event to wire, longest", times[-1], "ms")


def run(rows, state, options):
    build(options)
    seconds = min(SECONDS, options.seconds)
    with contextlib.ExitStack() as stack:
        rig = stack.enter_context(Role(os.path.join(state, "rig"), options))
        master = stack.enter_context(Master(os.path.join(state, "peers"),
                                            os.path.join(state, "agentx.sock"), options))
        floor = stack.enter_context(
            agent([program(options, "agentx_floor"), master.agentx, str(ROWS)], master, FLOOR_TABLE))
        bench = stack.enter_context(
            agent([program(options, "agentx_bench"), master.agentx, str(ROWS)], master, BENCH_TABLE))
        lldpd = start_lldpd(stack, master, rows)
        role = Contestant("the snmp role", rig.master, POINT_NAME, rig.master.columns(),
                          rig.pid("snmp"))
        bottom = Contestant("an empty subagent (the floor)", master, f"{FLOOR_TABLE}.2",
                            [table(FLOOR_TABLE, 12)], floor.pid)
        replica = Contestant("the role's session, one table", master, f"{BENCH_TABLE}.2",
                             [table(BENCH_TABLE, 12, 2)], bench.pid)
        compare(rows, [role, replica, bottom, *lldpd, *own_tables(master)], seconds)
        ratios(rows, role, bottom, lldpd)
        measure_notifications(rows, rig)
        # Their tables are those of the ones that are counted.
        for child in (bench, floor):
            child.terminate()
            child.wait()
        count_instructions(rows, master, options, rig)
