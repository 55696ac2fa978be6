#!/usr/bin/env python3
"""Somebody has cut into the line of reader 1 and plays what is known against OSDP, A1-A5 and m1-m7 of
docs/osdp-tests.md, against the running product: no card of his opens a door, an event says what he
does, and when he is gone the reader is back by itself.
"""

import os
import random

from attacker import (ACK, BUSY, CAP, CCRYPT, CHLNG, COMSET, DEFAULT_KEY, ID, KEYSET, NAK, NAK_CHECK,
                      NAK_ENCRYPTION, NAK_SECURITY, NAK_SEQUENCE, PDCAP, POLL, RAW, Attack,
                      DefaultKeyImpostor, Frame, Impostor, MAC_SIZE, Tap)
from harness import check, refused, run, wait_for

# Card bits, LED, buzzer, CRC; the second one also says AES.
NO_AES = bytes.fromhex("030100 040401 050200 080100".replace(" ", ""))
WITH_AES = NO_AES + bytes.fromhex("090100")
SECURITY_FUNCTION = 9
ELSEWHERE = 5  # an address where nobody looks
SESSION = b"\x15"  # the first type of security block within a session
FACILITY, CARD = 118, 1603
# What a RAW reply says of that card: reader, format, bits, and the 26 of them.
CARD_BITS = bytes.fromhex("bb032180")
RAW_CARD = bytes([0, 0, 26, 0]) + CARD_BITS


def board(rig, method, **params):
    return rig.rpc(method, _socket="board.sock", _client="ctl", **params)


def identity(number):
    """What the board's reader says to ID: anybody on the line can read it."""
    return bytes.fromhex("02ca2d0101") + (1000 + number).to_bytes(4, "little") + bytes([1, 0, 0])


def last_seq(rig):
    return rig.events()[-1]["seq"]


class Target:
    """A reader. Each attack has its own, where it can: sessions that are broken often come back later
    and later.
    """

    def __init__(self, rig, number):
        self.rig, self.number = rig, number
        self.door, self.address = (number + 1) // 2, (number - 1) % 2
        self.tap = rig.taps[self.door - 1]

    def state(self):
        return self.rig.snapshot().get(f"reader.{self.number}", {})

    def is_back(self):
        state = self.state()
        return state.get("security") == "secure" and state["online"]

    def lock_moves(self):
        return board(self.rig, "show")["moves"][f"door{self.door}.lock"]

    def set(self, state, argument=""):
        board(self.rig, "reader", reader=self.number, state=state, argument=argument)

    def hold_card(self):
        self.rig.board("badge", self.number, "--facility", FACILITY, "--card", CARD)

    def badge(self):
        """A card that may in, held to the reader itself."""
        seq = last_seq(self.rig)
        self.hold_card()
        return self.rig.wait_event("access.granted", after=seq, reader=self.number)

    def lock(self):
        self.rig.ctl("door", "lock", self.door)
        wait_for(lambda: self.rig.snapshot()[f"door.{self.door}"]["lock"] == "locked",
                 "the door to be locked")

    def heard(self, since=0):
        """What has passed, from and to this reader."""
        return [frame for frame in self.tap.heard[since:] if frame.address == self.address]

    def keysets(self, since=0):
        return [frame for frame in self.heard(since) if not frame.is_reply and frame.code == KEYSET]


class Under:
    """While it lasts he attacks; behind it everything must be as before, and nothing opened."""

    def __init__(self, rig, number, attack):
        self.rig, self.target, self.attack = rig, Target(rig, number), attack
        attack.address = self.target.address

    def __enter__(self):
        # A door that was opened before falls back by itself; that is no move of the attacker's.
        self.target.lock()
        self.moves, self.seq = self.target.lock_moves(), last_seq(self.rig)
        self.since = len(self.target.tap.heard)
        self.target.tap.attack = self.attack
        return self

    def __exit__(self, kind, *_):
        target = self.target
        target.tap.attack = None
        if kind:
            return
        opened = [event for event in self.events() if event["kind"].startswith("access.granted")]
        check(not opened and target.lock_moves() == self.moves, f"a door was opened by {opened}")
        check(not target.keysets(self.since), "a key went over the line")
        wait_for(target.is_back, "the reader to be back by itself", 90)
        target.badge()

    def events(self):
        return [event for event in self.rig.events() if event["seq"] > self.seq]

    def wait(self, kind, seconds=40, **data):
        return self.rig.wait_event(kind, after=self.seq, seconds=seconds, reader=self.target.number,
                                   **data)


# A1: no encryption

def test_a1_a_reader_that_cannot_encrypt_opens_nothing(rig):
    rig.ctl("card", "add", "holder=Ada Lovelace", f"facility={FACILITY}", f"card={CARD}",
            "doors=[1,2,3,4]")
    Target(rig, 1).badge()
    impostor = Impostor(identity(1), NO_AES, RAW_CARD)
    with Under(rig, 1, impostor) as attack:
        attack.wait("reader.downgrade")
        attack.wait("reader.key_mismatch")
        check(impostor.challenges > 0, "it was challenged all the same")
        check(attack.target.state()["security"] != "secure", f"it is {attack.target.state()}")


class Plain(Attack):
    """Makes of what is encrypted something that is only authenticated, and says a card."""

    def reply(self, frame):
        if frame.address == self.address and frame.block in (b"\x16", b"\x18"):
            return frame.changed(code=RAW, block=b"\x16", data=RAW_CARD + frame.data[-MAC_SIZE:])
        return frame


def test_a1a_a_card_in_clear_within_a_session_is_not_taken(rig):
    with Under(rig, 1, Plain()) as attack:
        attack.wait("reader.unsecured", cause="mac")


# A2: downgrade

class Degrade(Attack):
    """The reader's own words, but for those on encryption; the session begins anew for that."""

    def __init__(self):
        self.has_begun = False
        self.challenges = 0

    def command(self, frame):
        if frame.address == self.address:
            self.has_begun = self.has_begun or (frame.code == ID and not frame.block)
            self.challenges += frame.code == CHLNG
            return frame if self.has_begun else None
        return frame

    def reply(self, frame):
        if frame.address == self.address and frame.code == PDCAP and not frame.block:
            triples = [frame.data[at:at + 3] for at in range(0, len(frame.data), 3)]
            return frame.changed(data=b"".join(triple for triple in triples
                                               if triple[0] != SECURITY_FUNCTION))
        return frame


def test_a2_capabilities_cut_on_the_way_are_noticed_and_change_nothing(rig):
    degrade = Degrade()
    with Under(rig, 1, degrade) as attack:
        attack.wait("reader.downgrade")
        wait_for(lambda: degrade.challenges, "the challenge")


class RefuseSecurity(Degrade):
    def command(self, frame):
        frame = super().command(frame)
        if frame and frame.address == self.address and frame.code == CHLNG:
            self.tap.say(frame.answer(NAK, bytes([NAK_SECURITY])))
            return None
        return frame

    def reply(self, frame):
        return frame


def test_a2_a_refused_challenge_leads_to_no_talk_in_clear(rig):
    with Under(rig, 1, RefuseSecurity()) as attack:
        attack.wait("reader.key_mismatch", cause="refused_security")
        told = [frame for frame in attack.target.heard(attack.since) if not frame.is_reply
                and not frame.block and frame.code not in (ID, CAP, POLL)]
        check(not told, f"commands in clear: {[hex(frame.code) for frame in told]}")


# A3, A4, A5: keys

def test_a3_who_claims_the_default_key_gets_no_key(rig):
    for flag in (0, 1):
        impostor = DefaultKeyImpostor(identity(2), WITH_AES, RAW_CARD, flag=flag)
        with Under(rig, 2, impostor) as attack:
            attack.wait("reader.key_mismatch")
            if not flag:
                attack.wait("reader.default_key")


def test_a4_every_key_of_the_published_list_is_refused(rig):
    target = Target(rig, 2)
    patterns = [bytes((start + step * at) % 256 for at in range(16))
                for step in (0, 1, -1) for start in range(256)]
    since = len(target.tap.heard)
    for key in patterns + [DEFAULT_KEY]:
        text = refused(lambda key=key: rig.rpc("reader.rotate", reader=2, key=key.hex()),
                       "bad_params")
        check("key" in text, f"it was refused for another reason: {text}")
    check(not target.keysets(since), "a key went over the line")
    check(target.is_back(), f"the reader is {target.state()}")


def test_a5_a_reader_made_new_provokes_no_pairing_but_by_an_operator(rig):
    target = Target(rig, 2)
    seq, since = last_seq(rig), len(target.tap.heard)
    target.set("key", "forget")
    rig.wait_event("reader.key_mismatch", after=seq, reader=2)
    target.hold_card()
    wait_for(lambda: sum(frame.code == CHLNG for frame in target.heard(since)) > 2,
             "some more attempts", 40)
    check(not target.keysets(since), "a key went over the line")
    check("access.granted" not in {event["kind"] for event in rig.events() if event["seq"] > seq},
          "a card was taken")
    rig.rpc("reader.install", reader=2, replacement=True)
    wait_for(target.is_back, "the reader to be paired anew", 60)
    wait_for(lambda: len(target.keysets(since)) == 2, "the second key")
    first, second = target.keysets(since)
    check(first.block and second.block, "both keys went encrypted")
    check(first.data != second.data, "the key that a listener could read was replaced at once")
    target.badge()


# m1 to m7

class GuessMacs(Attack):
    def reply(self, frame):
        if frame.address == self.address and frame.block in (b"\x16", b"\x18"):
            return frame.changed(data=frame.data[:-MAC_SIZE] + os.urandom(MAC_SIZE))
        return frame


def test_m1_guessed_macs_end_the_session_and_are_slowed_down(rig):
    with Under(rig, 3, GuessMacs()) as attack:
        attack.wait("reader.mac_error")
        attack.wait("reader.unsecured", cause="mac")
        attack.wait("reader.interference")


class Record(Attack):
    """Keeps the reader's encrypted card."""

    def __init__(self):
        self.cards = []

    def reply(self, frame):
        if frame.address == self.address and frame.code == RAW:
            self.cards.append(frame)
        return frame


class Replay(Attack):
    """Answers the next polls with a reply of before."""

    def __init__(self, card):
        self.card = card
        self.count = 0

    def command(self, frame):
        if frame.address == self.address and frame.code == POLL and frame.block:
            self.count += 1
            self.tap.say(self.card.changed(sequence=frame.sequence))
            return None
        return frame


def test_m3_a_card_played_again_opens_nothing(rig):
    target, record = Target(rig, 4), Record()
    record.address = target.address
    target.tap.attack = record
    target.badge()
    replay = Replay(wait_for(lambda: record.cards and record.cards[-1], "the card on the line"))
    with Under(rig, 4, replay) as attack:
        attack.wait("reader.unsecured", cause="mac")
        check(replay.count > 0, "it was played")


def test_m4_no_bit_of_a_card_is_on_the_line(rig):
    target = Target(rig, 4)
    since = len(target.tap.heard)
    target.badge()
    cards = [frame for frame in target.heard(since) if frame.code == RAW and frame.is_reply]
    check(cards and all(frame.block == b"\x18" for frame in cards), "cards are encrypted")
    check(not any(CARD_BITS in frame.data for frame in target.heard()), "a card can be read")


class AnswerAll(Attack):
    """One answer to whatever the reader is asked within a session; handshakes are let through."""

    def __init__(self, code, data=b"", sequence=None):
        self.code, self.data, self.sequence = code, data, sequence

    def command(self, frame):
        if frame.address == self.address and frame.block[:1] >= SESSION:
            self.tap.say(frame.answer(self.code, self.data, sequence=self.sequence))
            return None
        return frame


def test_m5_a_flood_of_busy_is_noticed_and_ends(rig):
    with Under(rig, 5, AnswerAll(BUSY, sequence=0)) as attack:
        attack.wait("reader.unsecured")
        attack.wait("reader.interference")


def test_m5_forged_refusals_lead_to_new_handshakes_and_an_event(rig):
    for code in (NAK_SECURITY, NAK_ENCRYPTION, NAK_SEQUENCE, NAK_CHECK):
        with Under(rig, 5, AnswerAll(NAK, bytes([code]))) as attack:
            attack.wait("reader.unsecured")


def test_m5_a_card_in_clear_ends_the_session(rig):
    with Under(rig, 6, AnswerAll(RAW, RAW_CARD)) as attack:
        attack.wait("reader.unsecured", cause="clear_reply")
        attack.wait("reader.interference")


class Uninvited(Attack):
    """Speaks when nobody was asked: behind each answer one of his own."""

    def reply(self, frame):
        if frame.address == self.address and frame.code == ACK and frame.block:
            self.tap.say(frame)
            return frame.changed(code=RAW, block=b"", data=RAW_CARD)
        return frame


def test_m5_who_speaks_unasked_is_noticed(rig):
    with Under(rig, 7, Uninvited()) as attack:
        attack.wait("reader.foreign_talker")


class OtherDevice(Degrade):
    """The reader's key, but another device says so."""

    def reply(self, frame):
        if frame.address == self.address and frame.code == CCRYPT and frame.block[:1] == b"\x12":
            return frame.changed(data=bytes(8) + frame.data[8:])
        return frame


def test_m6_another_device_is_refused(rig):
    with Under(rig, 7, OtherDevice()) as attack:
        attack.wait("reader.key_mismatch", cause="device")


def move(address, to):
    return Frame(address, False, 0, COMSET, bytes([to]) + (115200).to_bytes(4, "little"))


class Move(Attack):
    """Tells the reader, in the panel's name and in clear, to go to another address."""

    def __init__(self):
        self.has_moved = False

    def command(self, frame):
        if self.has_moved or frame.address != self.address:
            return frame
        self.has_moved = True
        self.tap.order(move(self.address, ELSEWHERE))
        return None


def test_m7_a_reader_moved_away_is_missed(rig):
    target, seq, attack = Target(rig, 7), last_seq(rig), Move()
    attack.address = target.address
    target.tap.attack = attack
    rig.wait_event("reader.unsecured", after=seq, reader=7)
    rig.wait_event("reader.offline", after=seq, reader=7)
    target.tap.attack = None

    def is_moved_back():
        """Until somebody does so with an installer's tool, it stays away."""
        if not target.state()["online"]:
            target.tap.order(move(ELSEWHERE, target.address))
        return target.is_back()
    wait_for(is_moved_back, "the reader to be back", 30)
    target.badge()


# Whatever else he does to bytes

class Damage(Attack):
    """Keeps, or changes at random, what the reader says: so many of a hundred."""

    def __init__(self, percent):
        self.percent = percent
        self.random = random.Random(4711)
        self.lost = 0

    def reply(self, frame):
        if frame.address != self.address or self.random.randrange(100) >= self.percent:
            return frame
        self.lost += 1
        if self.random.randrange(2) or not frame.data:
            return None
        at = self.random.randrange(len(frame.data))
        changed = bytearray(frame.data)
        changed[at] ^= 1 << self.random.randrange(8)
        return frame.changed(data=bytes(changed))


def test_lost_and_damaged_replies_open_nothing(rig):
    damage = Damage(50)
    with Under(rig, 8, damage) as attack:
        attack.wait("reader.unsecured")
        wait_for(lambda: damage.lost > 10, "some damage")


def test_a_session_broken_again_and_again_is_slowed_down_and_told(rig):
    with Under(rig, 8, AnswerAll(ACK)) as attack:
        attack.wait("reader.unsecured", cause="clear_reply")
        attack.wait("reader.interference")
        check(sum(event["kind"] == "reader.interference" for event in attack.events()) == 1,
              "one attack, one event")


def test_m2_no_challenge_was_ever_the_same(rig):
    total = 0
    for number in range(1, 9):
        challenges = [frame.data[:8] for frame in Target(rig, number).heard()
                      if not frame.is_reply and frame.code == CHLNG]
        # One that is repeated for want of an answer is the same on purpose.
        repeated = sum(a == b for a, b in zip(challenges, challenges[1:]))
        check(len(set(challenges)) == len(challenges) - repeated, f"reader {number}: a number again")
        total += len(challenges)
    print(f"# {total} challenges heard")
    check(total > 20, f"only {total} challenges were heard")


if __name__ == "__main__":
    run(__name__, tap=Tap, with_peers=False)
