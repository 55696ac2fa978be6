"""Badges all four doors in turns and reads card-to-relay times from the door role.

A door counts again once its lock has fallen back, which a lock command brings about at once.
"""

import os
import threading

from appliance import Rpc

HOLDER, FACILITY, CARD = "Bench", 200, 4711


def allow(rig):
    """A card that opens every door."""
    rig.ctl("card", "add", f"holder={HOLDER}", f"facility={FACILITY}", f"card={CARD}",
            "doors=[1,2,3,4]")


class Watcher:
    """Live state of one door, by a stream of its own."""

    def __init__(self, rig, door):
        self.key = f"door.{door}"
        self.stream = Rpc(os.path.join(rig.run_dir, "agent.sock"), "cardeactl")
        objects = self.stream.call("follow", stream="state")["objects"]
        self.lock = objects[self.key]["lock"]

    def wait(self, lock):
        while self.lock != lock:
            message = self.stream.push()
            if message.get("key") == self.key:
                self.lock = message["value"]["lock"]


def badge_door(rig, door, count, until):
    """Lets one card in count times, or until the event until is set."""
    watcher = Watcher(rig, door)
    with Rpc(os.path.join(rig.run_dir, "board.sock"), "ctl") as board:
        for _ in range(count):
            if until and until.is_set():
                break
            board.call("badge", reader=2 * door - 1, format="h10301", facility=FACILITY, card=CARD)
            watcher.wait("unlocked")
            watcher.stream.call("door.command", door=door, command="lock")
            watcher.wait("locked")
    watcher.stream.close()


def measure(rig, badges=None, until=None):
    """Badges until there are enough or the event is set; returns count, p50, p99, max in us."""
    rig.rpc("latency", _socket="door.sock", _client="store", reset=True)
    share = (badges or 10 ** 9) // 4
    threads = [threading.Thread(target=badge_door, args=(rig, door, share, until))
               for door in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return rig.rpc("latency", _socket="door.sock", _client="store")
