"""the OSDP control panel with eight readers on four lines, at 9600 and at 115200 baud

Processor time of the door role per reader beside the same role without readers, time between polls
of a reader, card to relay, how long a reader that was unplugged takes to be back, and what its
neighbour on the line notices of that.
"""

import os
import random
import re
import threading
import time

import badger
from appliance import SOURCE, Appliance, Rpc
from measure import cpu_us, median, waited_us

SPEEDS = (9600, 115200)
READERS, PER_LINE = 8, 2
POLL_MS = 50
# A tick of the scheduler and the character grid of the line on top of the target.
SLACK_MS = 5
CPU_LIMIT_PERCENT = 0.5
CARD_LIMIT_MS = 50
ATTACH_LIMIT_MS = 2000
NEIGHBOUR_LIMIT = 2
# Characters of a poll and of its answer, marks included, and of the silence between.
CLEAR_CHARS, SECURE_CHARS, IDLE_CHARS = 9 + 9, 15 + 15, 2
TURNAROUND_MS = 1
SETTLE_SECONDS = 3
BADGES = 400


def profile(state, name, change):
    """A board profile of this run's own."""
    with open(os.path.join(SOURCE, "board", "virtual.conf"), encoding="utf-8") as file:
        text = change(file.read())
    path = os.path.join(state, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def rig_without_readers(state, options):
    path = profile(state, "none.conf", lambda text: re.sub(r"(?s)buses = \(.*?\n\);", "", text))
    return Appliance(os.path.join(state, "none"), options.build, with_peers=False,
                     one_process_a_role=True, profile=path, readers=0)


def rig_at(state, options, baud):
    path = profile(state, f"{baud}.conf", lambda text: re.sub(r"baud = \d+", f"baud = {baud}", text))
    return Appliance(os.path.join(state, str(baud)), options.build, with_peers=False,
                     one_process_a_role=True, profile=path, board_options=[f"--baud={baud}"])


def cpu_permille(rig, seconds):
    """Of one processor, in thousandths, over so many seconds; and the same of waiting for one."""
    pid = rig.pid("door")
    cpu, waited, begun = cpu_us(pid), waited_us(pid), time.monotonic()
    time.sleep(seconds)
    lasted = (time.monotonic() - begun) * 1000
    return (cpu_us(pid) - cpu) / lasted, (waited_us(pid) - waited) / lasted


def board(rig, method, **params):
    return rig.rpc(method, _socket="board.sock", _client="ctl", **params)


def reset_polls(rig, readers):
    for reader in readers:
        board(rig, "polls", reader=reader, reset=True)


def read_polls(rig, readers):
    """Over these readers: the middle p50, the worst p99 and max in ms, how many intervals."""
    shown = [board(rig, "polls", reader=reader) for reader in readers]
    return {"p50": median([one["p50_us"] for one in shown]) / 1000,
            "p99": max(one["p99_us"] for one in shown) / 1000,
            "max": max(one["max_us"] for one in shown) / 1000,
            "count": sum(one["count"] for one in shown)}


def is_secure(rig):
    state = rig.snapshot()
    return all(state[f"reader.{reader}"].get("security") == "secure" for reader in range(1, READERS + 1))


def cycle_ms(baud, secure):
    """How long polling every reader of a line once takes at least."""
    chars = (SECURE_CHARS if secure else CLEAR_CHARS) + IDLE_CHARS
    return PER_LINE * (chars * 10000 / baud + TURNAROUND_MS)


def wait_online(rig, reader, is_online):
    """Follows the live state until the reader is so."""
    with Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl") as stream:
        key = f"reader.{reader}"
        now = stream.call("follow", stream="state")["objects"][key]["online"]
        while now != is_online:
            message = stream.push()
            if message.get("key") == key:
                now = message["value"]["online"]


def be_away(rig, reader, seconds, results):
    """Unplugs a reader and plugs it in again; adds the time to be back in ms."""
    board(rig, "reader", reader=reader, state="unplugged")
    wait_online(rig, reader, False)
    time.sleep(seconds)
    plugged = time.monotonic()
    board(rig, "reader", reader=reader, state="plugged")
    wait_online(rig, reader, True)
    results.append((time.monotonic() - plugged) * 1000)


def measure_absence(rows, rig, rounds, normal):
    absent = list(range(PER_LINE, READERS + 1, PER_LINE))
    neighbours = [reader for reader in range(1, READERS + 1) if reader not in absent]
    reset_polls(rig, neighbours)
    times = []
    for _ in range(rounds):
        # Plugged in at any time between two probes.
        threads = [threading.Thread(target=be_away, args=(rig, reader, random.uniform(2, 4), times))
                   for reader in absent]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(SETTLE_SECONDS)
    gone = read_polls(rig, neighbours)
    rows.add(f"re-attach, median of {len(times)}", median(times), "ms", ATTACH_LIMIT_MS)
    rows.add("re-attach, longest", max(times), "ms", ATTACH_LIMIT_MS)
    rows.add("neighbour's polls with one gone, p50", gone["p50"], "ms")
    rows.add("neighbour's polls with one gone, p99", gone["p99"], "ms",
             NEIGHBOUR_LIMIT * normal["p99"])
    rows.add("neighbour's polls with one gone, longest", gone["max"], "ms")
    rows.add("ratio of p99 to all present", gone["p99"] / normal["p99"], "times", NEIGHBOUR_LIMIT)


def measure_speed(rows, rig, baud, idle, options):
    readers = range(1, READERS + 1)
    secure = is_secure(rig)
    cycle = cycle_ms(baud, secure)
    target = max(POLL_MS, cycle)
    rows.title(f"OSDP at {baud} baud, {READERS} readers, {PER_LINE} a line, "
               f"{'secure channel' if secure else 'in clear'}, {options.seconds} s")
    reset_polls(rig, readers)
    cpu, waited = cpu_permille(rig, options.seconds)
    normal = read_polls(rig, readers)
    rate = normal["count"] / READERS / options.seconds
    rows.add("processor of the door role, all readers", cpu / 10, "%")
    rows.add("the same role without readers", idle / 10, "%")
    rows.add("processor per reader above that", (cpu - idle) / 10 / READERS, "%",
             CPU_LIMIT_PERCENT)
    rows.add("processor per poll", (cpu - idle) * 1000 / READERS / rate, "us")
    rows.add("others' load: it waited for a processor", waited / 10, "%")
    rows.add("shortest cycle of a line", cycle, "ms")
    rows.add("time between polls of a reader, p50", normal["p50"], "ms", target + SLACK_MS)
    rows.add("time between polls of a reader, p99", normal["p99"], "ms", target + SLACK_MS)
    rows.add("time between polls of a reader, longest", normal["max"], "ms")
    badger.allow(rig)
    badger.measure(rig, badges=40)
    relay = badger.measure(rig, badges=BADGES)
    rows.add(f"last byte of RAW to relay, p50 of {relay['count']}", relay["p50_us"] / 1000, "ms")
    rows.add("last byte of RAW to relay, p99", relay["p99_us"] / 1000, "ms", CARD_LIMIT_MS)
    measure_absence(rows, rig, options.rounds, normal)


def run(rows, state, options):
    with rig_without_readers(state, options) as rig:
        idle, _ = cpu_permille(rig, options.seconds)
    for baud in SPEEDS:
        with rig_at(state, options, baud) as rig:
            measure_speed(rows, rig, baud, idle, options)
