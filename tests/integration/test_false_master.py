#!/usr/bin/env python3
"""What sits on the AgentX socket is a stranger: whatever it sends, the snmp role goes on, connects
anew when nothing sensible can be read any more, and no door notices.

CARDEA_SEED repeats what a run has printed; CARDEA_PACKETS is how many mutated packets are sent.
"""

import os
import random
import shutil
import socket
import sys
import tempfile
import time

from false_master import (CLEANUPSET, CLOSE, COMMITSET, CONTEXT, ENTERPRISE, GET, GETNEXT,
                          NETWORK_ORDER, NOT_OPEN, OPEN, PARSE_ERROR, PROCESSING_ERROR, REGISTER,
                          RESPONSE, TESTSET, UNDOSET, UNSUPPORTED_CONTEXT, FalseMaster, Gone, integer,
                          oid, oid_of, packet, ranges, response)
from harness import Appliance, check, run_one, show_logs, tests_of, wait_for

import badger

SEED = int(os.environ.get("CARDEA_SEED", "") or random.randrange(2 ** 32))
PACKETS = int(os.environ.get("CARDEA_PACKETS", "100"))
MODULE = ENTERPRISE + (2, 1)
DOOR = MODULE + (1, 2, 1, 1)
NAME, COMMAND = DOOR + (2,), DOOR + (14,)
WRONG_TYPE = 7
# It tries twice a second.
# Two seconds at most, and what a busy machine makes of them.
BACK_SECONDS = 6


class Rig:
    """The appliance, and the master that it gets to see."""

    def __init__(self, appliance, master):
        self.appliance, self.master = appliance, master
        self.pid = appliance.pid("snmp")
        self.session = master.accept()

    def anew(self):
        """A new session, once the role has left the one before; how long that took."""
        begun = time.monotonic()
        self.session = self.master.accept()
        return time.monotonic() - begun

    def check_alive(self):
        """The same process answers, on this session."""
        answer = self.session.ask(GET, ranges([NAME + (1,)]))
        check(answer.error == 0 and b"Door 1" in answer.variables, f"the role answers {answer.payload}")
        check(self.appliance.pid("snmp") == self.pid, "the snmp role was restarted")

    def check_left(self, seconds=20):
        """The role closes this session by itself and is soon back."""
        check(self.session.is_gone_within(seconds), "the role keeps a session that makes no sense")
        check(self.anew() < BACK_SECONDS, "the role is not soon back")
        self.check_alive()


def test_what_a_master_asks_is_answered(rig):
    rig.check_alive()
    answer = rig.session.ask(GETNEXT, ranges([NAME, NAME + (1,), MODULE]))
    check(answer.error == 0, f"error {answer.error}")
    check(oid_of(answer.variables[4:]) == NAME + (1,), "the first is door 1's name")


def test_bytes_that_are_no_agentx_end_the_session(rig):
    source = random.Random(SEED)
    for _ in range(3):
        rig.session.send(b"\x09" + source.randbytes(500))
        rig.check_left()


def test_huge_and_odd_lengths_end_the_session(rig):
    for size in (0xffffffff, 0x7fffffff, 0x00200000, 3):
        rig.session.send(packet(GET, size=size))
        rig.check_left()


def test_half_a_header_holds_nothing_up(rig):
    rig.session.send(packet(GET, ranges([NAME]))[:13])
    # It is left as a master that hangs is, for it answers nothing.
    begun = time.monotonic()
    while not rig.session.connection.recv(65536) == b"":
        check(time.monotonic() - begun < 30, "the role waits for the other half for ever")
    rig.anew()
    rig.check_alive()


def test_a_packet_that_comes_byte_by_byte_is_answered(rig):
    for byte in packet(GET, ranges([NAME + (1,)]), number=5):
        rig.session.send(bytes([byte]))
    check(rig.session.read_response(5).error == 0, "it is answered")


def test_many_requests_in_one_write_are_answered_in_order(rig):
    numbers = range(100, 300)
    rig.session.send(b"".join(packet(GETNEXT, ranges([NAME]), number=number) for number in numbers))
    for number in numbers:
        check(rig.session.read_response(number).error == 0, f"request {number} is answered")


def test_thousands_of_variables_are_answered_at_once(rig):
    answer = rig.session.ask(GETNEXT, ranges([NAME] * 5000))
    check(answer.error == 0 and answer.variables.count(b"Door 1") == 5000, "all are answered")


def test_another_session_another_context_and_unknown_kinds_are_errors(rig):
    door = ranges([NAME + (1,)])
    check(rig.session.ask(GET, door, session=78).error == NOT_OPEN, "notOpen")
    answer = rig.session.ask(GET, b"\0\0\0\4none" + door, flags=NETWORK_ORDER | CONTEXT)
    check(answer.error == UNSUPPORTED_CONTEXT, f"unsupportedContext, not {answer.error}")
    for kind in (0, 4, 7, 99, 255):
        answer = rig.session.ask(kind, door)
        check(answer.error == PROCESSING_ERROR, f"kind {kind} is error {answer.error}")
    rig.check_alive()


def test_a_payload_that_is_cut_or_lies_is_a_parse_error(rig):
    whole = ranges([NAME + (1,)])
    for payload in (whole[:4], whole[:-4], whole + b"\0\0\0", whole + b"\xff\0\0\0",
                    b"\xff" + whole[1:]):
        answer = rig.session.ask(GET, payload[:len(payload) // 4 * 4])
        wanted = 0 if len(payload) // 4 * 4 == len(whole) and payload[0] == whole[0] else PARSE_ERROR
        check(answer.error == wanted, f"error {answer.error} for {payload}")
    for payload in (integer(COMMAND + (1,), 2)[:-4], b"\0\x63\0\0" + oid(COMMAND + (1,)) + b"\0\0\0\2",
                    b"\0\4\0\0" + oid(COMMAND + (1,)) + b"\xff\xff\xff\xf0"):
        answer = rig.session.ask(TESTSET, payload)
        check(answer.error == PARSE_ERROR, f"error {answer.error} for {payload}")
    rig.check_alive()


def test_oversized_values_and_wrong_types_are_wrong_types(rig):
    huge = b"\0\4\0\0" + oid(COMMAND + (1,)) + (60000).to_bytes(4, "big") + b"x" * 60000
    counter = b"\0\x46\0\0" + oid(COMMAND + (1,)) + b"\0" * 8
    name = b"\0\6\0\0" + oid(COMMAND + (1,)) + oid(NAME)
    for payload in (huge, counter, name):
        answer = rig.session.ask(TESTSET, payload)
        check(answer.error == WRONG_TYPE, f"error {answer.error}")
        rig.session.send(packet(CLEANUPSET))
    rig.check_alive()


def test_answers_to_nothing_change_nothing(rig):
    for number in (0, 1, 2, 3, 0xffffffff):
        rig.session.send(response(number) + response(number, error=NOT_OPEN))
    rig.check_alive()


def test_an_answer_that_is_too_short_ends_the_session(rig):
    rig.session.send(packet(RESPONSE, number=1))
    rig.check_left()


def test_phases_of_a_set_out_of_order_command_nothing(rig):
    head = rig.appliance.events()[-1]["seq"]
    check(rig.session.ask(COMMITSET).error == 14, "commitFailed")
    check(rig.session.ask(UNDOSET).error == 0, "an undo of nothing is done")
    rig.session.send(packet(CLEANUPSET))
    check(rig.session.ask(TESTSET, integer(COMMAND + (1,), 4)).error == 0, "the test holds")
    rig.session.send(packet(CLEANUPSET))
    rig.session.send(packet(CLOSE))
    rig.check_left()
    commands = [event for event in rig.appliance.events()
                if event["seq"] > head and event["kind"] == "door.command"]
    check(not commands, f"doors were commanded: {commands}")


def test_a_master_that_refuses_is_asked_again_and_not_besieged(rig):
    rig.session.close()
    for errors in ({OPEN: 5}, {REGISTER: 263}):
        times = []
        for _ in range(3):
            session = rig.master.accept_raw(errors=errors)
            times.append(time.monotonic())
            if REGISTER in errors:
                # All but our own subtree may be somebody else's.
                check(session.is_gone_within(20), "it stays with our subtree refused")
            else:
                check(session.is_gone_within(20), "it stays without a session")
        check(times[2] - times[0] > 0.6, f"it came back at once: {times}")
    rig.anew()
    rig.check_alive()


def memory_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def test_a_master_that_does_not_read_is_left(rig):
    before = memory_kib(rig.pid)
    request = packet(GETNEXT, ranges([NAME] * 50))
    rig.session.connection.settimeout(0.2)
    try:
        for _ in range(20000):
            rig.session.connection.sendall(request)
        check(False, "the role takes whatever it is sent")
    except (OSError, socket.timeout):
        pass
    check(memory_kib(rig.pid) < before + 16 * 1024, "what is not read piles up")
    rig.session.close()
    rig.anew()
    rig.check_alive()


def mutate(source, data):
    """One of the things that go wrong on a wire."""
    data = bytearray(data)
    kind = source.randrange(5)
    if kind == 0:
        data[source.randrange(len(data))] = source.randrange(256)
    elif kind == 1:
        data[source.randrange(20)] ^= 1 << source.randrange(8)
    elif kind == 2:
        del data[source.randrange(len(data)):]
    elif kind == 3:
        data[source.randrange(len(data)):0] = source.randbytes(source.randrange(1, 64))
    else:
        at = source.randrange(len(data))
        data[at:at + 4] = source.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff"))
    return bytes(data)


def test_mutated_packets_harm_nothing_while_doors_open(rig):
    source = random.Random(SEED)
    print(f"# CARDEA_SEED={SEED}")
    good = [packet(GET, ranges([NAME + (1,), MODULE])), packet(GETNEXT, ranges([NAME, MODULE])),
            packet(TESTSET, integer(COMMAND + (1,), 2)), packet(COMMITSET), packet(CLEANUPSET),
            response(1), packet(CLOSE), packet(GET, ranges([NAME]), flags=0)]
    sent = 0
    while sent < PACKETS:
        try:
            for _ in range(source.randrange(1, 40)):
                rig.session.send(mutate(source, source.choice(good)))
                sent += 1
            while True:
                rig.session.read(0.02)
        except TimeoutError:
            # It may wait for the rest of a packet: another connection is a fresh start.
            rig.session.close()
            rig.session = rig.master.accept()
        except Gone:
            rig.session = rig.master.accept()
    rig.check_alive()
    figures = badger.measure(rig.appliance, badges=8)
    check(figures["count"] >= 4, f"doors open as ever: {figures}")


def main():
    tests = tests_of(sys.modules[__name__])
    state = tempfile.mkdtemp(prefix="cardea-test.")
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    with Appliance(state, with_peers=False, one_process_a_role=True) as appliance, \
            FalseMaster(os.path.join(appliance.run_dir, "agentx.sock")) as master:
        badger.allow(appliance)
        wait_for(lambda: appliance.pid("snmp"), "the snmp role")
        rig = Rig(appliance, master)
        for number, test in enumerate(tests, 1):
            failed += not run_one(number, test, rig)
        if failed:
            show_logs(state)
    shutil.rmtree(state, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
