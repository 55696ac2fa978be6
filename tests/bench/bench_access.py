"""access: decisions with many credentials: time, memory, start, and how soon a change counts

A site of so many credentials, four of each person, made by the import; the same four doors badge all
the time. The time of a decision is from the last byte of the reader's frame until the relay has been
commanded, measured in the door role on the monotonic clock (and until the virtual board, another
process, has moved it): alone, while the log is searched for words, and while a file of persons is
imported. Start is from the end of the processes before until cards are decided by the table, and
until the reader is paired again and a card is let in; with the table that is there (a restart) and
without one (the device has been without power).
"""

import os
import resource
import threading
import time

import badger
import people
from appliance import Appliance, Failure, Rpc, wait_for

P99_MS, MAX_MS = 1.0, 10.0
BYTES_LIMIT = 64.0
START_LIMIT_MS, CHANGE_LIMIT_MS = 2000.0, 1000.0
CHANGE_AT = 250000
ROLES = ("door", "store", "snmp")
DECISION = {"point": 1, "card": {"format": "h10301", "facility": badger.FACILITY,
                                 "card": badger.CARD}}


def resident(pid):
    """Bytes of a process, with its share of what it maps."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        for line in file:
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
    raise Failure(f"process {pid} has no memory")


def residents(rig):
    return {role: resident(rig.pid(role)) for role in ROLES}


def latency(rows, name, figures):
    """Of the decision until the relay was commanded, and with the board's own share."""
    for figure, limit in (("p50", None), ("p99", P99_MS), ("max", MAX_MS)):
        rows.add(f"{name}, {figure}", figures["commanded"][f"{figure}_us"] / 1000, "ms", limit)
    rows.add(f"{name}, until the board has moved, p99", figures["p99_us"] / 1000, "ms")


def beside(rig, badges, work):
    """Badges while work(stop) goes on in a thread; badges None: until it has ended by itself."""
    stop, ended = threading.Event(), threading.Event()
    failure = []

    def run():
        try:
            work(stop)
        except Failure as error:
            failure.append(error)
        ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    figures = badger.measure(rig, badges=badges, until=None if badges else ended)
    stop.set()
    thread.join()
    if failure:
        raise failure[0]
    return figures


def search(rig):
    def work(stop):
        with Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl") as store:
            while not stop.is_set():
                store.call("events.list", text="granted door", limit=200)
                store.call("events.list", text="unheard", limit=200)
    return work


def bring_more(rig, count):
    """Another file of so many persons, whole."""
    path = os.path.join(rig.state, "more.csv")
    with open(path, "w", encoding="ascii") as file:
        file.write("name\n")
        file.writelines(f"Visitor {n}\n" for n in range(count))

    def work(_):
        people.bring(rig, "persons", path)
    return work


def explained(rig):
    """What would be decided now; without a table there is no decision."""
    try:
        answer = rig.rpc("access.explain", _socket="door.sock", _client="store", **DECISION)
    except (Failure, OSError):
        return None
    return None if answer.get("reason") == "Other" else answer


def would_open(rig):
    answer = explained(rig)
    return answer is not None and answer["decision"] == "granted"


def start_ms(rig, without_table):
    """Kills the roles; how long until it is decided by the table, and until the reader is back."""
    pids = [rig.pid(role) for role in ("store", "door")]
    if without_table:
        os.unlink(os.path.join(rig.run_dir, "access.bin"))
    start = time.monotonic()
    for pid in pids:
        os.kill(pid, 9)
    wait_for(lambda: explained(rig), "the first decision", 60)
    decided = time.monotonic()
    wait_for(lambda: would_open(rig), "the reader", 60)
    return (decided - start) * 1000, (time.monotonic() - start) * 1000


def starts(rows, rig):
    for name, without_table in (("after a restart", False), ("without a table", True)):
        decided, opened = start_ms(rig, without_table)
        rows.add(f"first decision {name}", decided, "ms", START_LIMIT_MS)
        rows.add(f"first card let in {name}", opened, "ms")


def change_ms(rig, rounds=5):
    """From the call until a card that was taken away and given back opens or does not."""
    times = []
    with Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl") as store:
        [card] = [each["id"] for each in store.call("object.list", kind="credential",
                                                    search=str(badger.CARD))["objects"]
                  if each.get("facility") == badger.FACILITY and each["card"] == badger.CARD]
        for status in ("lost", "enabled") * rounds:
            start = time.monotonic()
            store.call("object.change", kind="credential", id=card, object={"status": status})
            times.append((time.monotonic() - start) * 1000)
            if would_open(rig) != (status == "enabled"):
                raise Failure("the change was answered and does not count")
    return sorted(times)[len(times) // 2]


def size_row(rows, count, empty, full):
    for role in ROLES:
        rows.add(f"{role} role, memory for each credential", (full[role] - empty[role]) / count,
                 "B", BYTES_LIMIT if role == "door" and count >= CHANGE_AT else None)


def one_size(rows, state, options, count):
    rows.title(f"{count} credentials of {count // 4} persons")
    with Appliance(os.path.join(state, str(count)), options.build, with_peers=False) as rig:
        badger.allow(rig)
        badger.measure(rig, badges=200)  # warm-up, not counted
        empty = residents(rig)
        for kind, took in zip(("persons", "credentials"),
                              people.populate(rig, count // 4, count - 1)):  # and the badge
            rows.add(f"importing the {kind}", took, "s")
        starts(rows, rig)
        wait_for(rig.is_serving, "the appliance", 60)
        rows.add("one change in effect", change_ms(rig), "ms",
                 CHANGE_LIMIT_MS if count <= CHANGE_AT else None)
        badger.measure(rig, badges=200)
        latency(rows, "alone", badger.measure(rig, badges=options.badges))
        size_row(rows, count, empty, residents(rig))
        latency(rows, "while the log is searched",
                beside(rig, options.badges, search(rig)))
        latency(rows, f"while {options.imported} persons are imported",
                beside(rig, None, bring_more(rig, options.imported)))


def run(rows, state, options):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    for count in options.credentials:
        one_size(rows, state, options, count)
