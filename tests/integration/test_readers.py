#!/usr/bin/env python3
"""Readers speak encrypted, under keys that nobody sees: pairing, swapped devices, killed processes."""

import os
import signal
import sqlite3
import stat
import struct
import time

from harness import Failure, check, refused, run, wait_for

READERS = range(1, 9)
DECISIONS = ("access.granted", "access.denied", "access.unknown")
CARD = ("--facility", 118, "--card", 1605)
KEY_SIZE = 16
# What nobody would choose, nor the check for weak keys refuse.
OWN_KEY = "9a1f4c77e3b02d5816ca8e6390f7245b"


def security(rig, reader):
    return rig.snapshot().get(f"reader.{reader}", {}).get("security")


def wait_security(rig, reader, *wanted):
    wait_for(lambda: security(rig, reader) in wanted, f"reader {reader} to be {wanted}, it is "
             f"{rig.snapshot().get(f'reader.{reader}')}", 30)


def head_of(rig):
    return rig.rpc("status")["log"]["head"]


def lock_of(reader):
    return f"door{(reader + 1) // 2}.lock       "


def let_in(rig, reader):
    """A card opens the door, and the reader's session is encrypted."""
    wait_security(rig, reader, "secure")
    head = head_of(rig)
    rig.board("badge", reader, *CARD)
    rig.wait_event("access.granted", after=head, reader=reader)
    check(", encrypted" in line_of(rig, reader), "the reader has no encrypted session")


def line_of(rig, reader):
    return next(line for line in rig.board("show").splitlines()
                if line.startswith(f"reader{reader} "))


def opens_nothing(rig, reader):
    """The line works, its neighbour is served, and this reader's card decides nothing."""
    head = head_of(rig)
    neighbour = reader + 1 if reader % 2 else reader - 1
    rig.board("badge", reader, *CARD)
    rig.board("badge", neighbour, "--facility", 3, "--card", reader)
    rig.wait_event("access.unknown", after=head, reader=neighbour)
    decided = [event for event in rig.events() if event["seq"] > head
               and event["kind"] in DECISIONS and event["data"]["reader"] == reader]
    check(not decided, f"it was decided: {decided}")


def pair(rig, reader, *words, stdin=None):
    """Opens the window and waits for its end."""
    head = head_of(rig)
    rig.ctl("reader", "install", reader, *words, stdin=stdin)
    rig.wait_event("reader.install", after=head, reader=reader, paired=True)
    wait_security(rig, reader, "secure")


def keys_of_readers(rig):
    """What the virtual readers have in their flash: {reader: key}."""
    keys = {}
    for reader in READERS:
        with open(os.path.join(rig.run_dir, f"reader{reader}.memory"), "rb") as file:
            _, has_key, key = struct.unpack("II16s", file.read(24))
        if has_key:
            keys[reader] = key
    return keys


def test_every_reader_is_paired_with_a_key_of_its_own(rig):
    rig.ctl("card", "add", "holder=Radia Perlman", "facility=118", "card=1605", "doors=[1,2,3,4]")
    for door in (1, 2, 3, 4):  # locks are waited for to fall back
        rig.rpc("object.change", kind="door", id=door, object={"access_time": 3})
    keys = keys_of_readers(rig)
    check(len(set(keys.values())) == 8, f"{len(set(keys.values()))} keys for eight readers")
    for reader in READERS:
        # The first key was sent under the published one, so there is a second.
        times = [event for event in rig.events() if event["kind"] == "reader.paired"
                 and event["data"]["reader"] == reader]
        check(len(times) == 2, f"reader {reader} was given {len(times)} keys")
    let_in(rig, 1)
    [rows] = rig.ctl("reader", "list")
    check([row["security"] for row in rows] == ["secure"] * 8, f"the list says {rows}")


def test_a_swapped_reader_is_refused_until_it_is_installed(rig):
    head = head_of(rig)
    rig.board("reader", 3, "swap")
    event = rig.wait_event("reader.key_mismatch", after=head, reader=3)
    check(event["severity"] == 2 and event["data"]["why"], f"the event is {event}")
    wait_security(rig, 3, "key_mismatch")
    opens_nothing(rig, 3)
    text = refused(lambda: rig.rpc("reader.install", reader=3), "conflict")
    check("replace" in text, f"the refusal '{text}' does not say what to do")
    pair(rig, 3, "--replacement")
    rig.wait_event("reader.secured", after=head, reader=3)
    let_in(rig, 3)


def test_a_reader_with_another_key_is_refused_until_it_is_reset(rig):
    head = head_of(rig)
    rig.board("reader", 4, "key", "wrong")
    rig.wait_event("reader.key_mismatch", after=head, reader=4, cause="key")
    opens_nothing(rig, 4)
    # No window gives a key to a reader that holds one.
    rig.ctl("reader", "install", 4, "--replacement")
    wait_security(rig, 4, "installing")
    text = refused(lambda: rig.rpc("reader.install", reader=3, replacement=True), "conflict")
    check("line" in text, f"the refusal '{text}' does not say why")
    rig.ctl("reader", "cancel", 4)
    rig.wait_event("reader.install", after=head, reader=4, paired=False)
    wait_security(rig, 4, "key_mismatch")
    rig.board("reader", 4, "key", "forget")
    head = head_of(rig)
    pair(rig, 4, "--replacement")
    let_in(rig, 4)
    # Which device was given a key, and by whom.
    paired = rig.wait_event("reader.paired", after=head, reader=4)
    check(paired["actor"].startswith("local:"), f"nobody is named: {paired}")
    check(paired["data"]["cuid"] == rig.snapshot()["reader.4"]["cuid"], f"another cUID: {paired}")


def test_another_device_with_the_right_key_is_refused_until_it_is_accepted(rig):
    head = head_of(rig)
    rig.board("reader", 6, "swap", "keyed")
    rig.wait_event("reader.key_mismatch", after=head, reader=6, cause="device")
    opens_nothing(rig, 6)
    rig.ctl("reader", "accept", 6)
    let_in(rig, 6)
    rig.board("reader", 6, "swap", "keyed")
    rig.wait_event("reader.key_mismatch", after=head_of(rig), reader=6, cause="device")
    rig.ctl("reader", "accept", 6)
    wait_security(rig, 6, "secure")


def test_a_reader_that_is_reset_is_given_no_key_by_itself(rig):
    head = head_of(rig)
    before = keys_of_readers(rig)
    rig.board("reader", 5, "key", "default")
    rig.wait_event("reader.key_mismatch", after=head, reader=5)
    opens_nothing(rig, 5)
    check(5 not in keys_of_readers(rig), "the reader got a key without a window")
    pair(rig, 5, "--replacement")
    check(keys_of_readers(rig)[5] != before[5], "the old key was sent again")
    let_in(rig, 5)


def test_keys_are_rotated_and_own_keys_taken_when_they_are_good(rig):
    before = keys_of_readers(rig)[8]
    head = head_of(rig)
    rig.ctl("reader", "rotate", 8)
    rig.wait_event("reader.paired", after=head, reader=8)
    check(keys_of_readers(rig)[8] != before, "the key is the same as before")
    let_in(rig, 8)
    for weak in ("00" * KEY_SIZE, "303132333435363738393a3b3c3d3e3f"):
        refused(lambda key=weak: rig.rpc("reader.rotate", reader=8, key=key), "bad_params")
        refused(lambda key=weak: rig.rpc("reader.install", reader=8, replacement=True, key=key),
                "bad_params")
    refused(lambda: rig.rpc("reader.rotate", reader=8, key="zz" * KEY_SIZE), "bad_params")
    refused(lambda: rig.rpc("reader.rotate", reader=9), "bad_params")
    status, said = rig.ctl("reader", "rotate", 8, "--key-file", "-", stdin="12", check=False)
    check(status == 1 and "32" in said, f"{status} {said}")
    head = head_of(rig)
    rig.ctl("reader", "rotate", 8, "--key-file", "-", stdin=OWN_KEY + "\n")
    rig.wait_event("reader.paired", after=head, reader=8)
    check(keys_of_readers(rig)[8].hex() == OWN_KEY, "the reader has another key")
    let_in(rig, 8)


def test_a_reader_that_was_given_its_key_elsewhere_is_installed_with_it(rig):
    head = head_of(rig)
    rig.board("reader", 8, "swap", "keyed")
    rig.wait_event("reader.key_mismatch", after=head, reader=8, cause="device")
    pair(rig, 8, "--replacement", "--key-file", "-", stdin=OWN_KEY)
    pairings = [event for event in rig.events() if event["seq"] > head
                and event["kind"] == "reader.install" and "about to be" in event["text"]]
    check(not pairings, f"the default key was used: {pairings}")
    let_in(rig, 8)


def test_clear_is_a_decision_that_raises_a_warning(rig):
    head = head_of(rig)
    rig.ctl("reader", "protection", 7, "clear")
    event = rig.wait_event("reader.clear", after=head, reader=7)
    check(event["actor"] in event["text"], f"the event does not say who did it: {event}")
    # A reader that holds a key refuses to speak in clear, and is not made to.
    rig.wait_event("reader.key_mismatch", after=head, reader=7, cause="wants_encryption")
    refused(lambda: rig.rpc("reader.install", reader=7), "conflict")
    rig.board("reader", 7, "key", "forget")
    wait_security(rig, 7, "clear")
    rig.board("badge", 7, *CARD)
    rig.wait_event("access.granted", after=head, reader=7)
    rig.ctl("reader", "protection", 7, "secure")
    rig.wait_event("reader.clear_ended", after=head, reader=7)
    wait_security(rig, 7, "key_mismatch")
    opens_nothing(rig, 7)
    pair(rig, 7, "--replacement")
    let_in(rig, 7)


def test_only_an_administrator_changes_keys(rig):
    for method in ("reader.install", "reader.install_cancel", "reader.rotate", "reader.accept"):
        for edge in ("www", "syslog", "snmp"):
            refused(lambda m=method, e=edge: rig.rpc(m, _client=e, reader=1),
                    "unauthenticated", "forbidden")


def opens_now(rig, reader):
    try:
        rig.board("badge", reader, *CARD)
    except Failure:
        pass  # eight cards wait already
    return lock_of(reader) + "on" in rig.board("show")


def test_readers_work_on_when_door_control_restarts_without_the_store(rig):
    rig.hold("store")
    try:
        wait_for(lambda: lock_of(1) + "off" in rig.board("show"), "the lock to fall back", 30)
        rig.kill("door")
        # A card that is held before the new session is thrown away by the reader, as OSDP wants.
        wait_for(lambda: opens_now(rig, 1), "a card to open the door without the store")
        check(", encrypted" in line_of(rig, 1), "the reader speaks without encryption")
    finally:
        rig.release("store")
    wait_for(lambda: rig.snapshot().get("control", {}).get("online"), "the store to be back")


def test_no_key_is_sent_before_the_store_has_it(rig):
    before = keys_of_readers(rig)[2]
    head = head_of(rig)
    rig.signal("store", signal.SIGSTOP)
    try:
        rig.rpc("reader.rotate", _socket="door.sock", reader=2, expires_mono_us=2 ** 52)
        # The reader is served on, with its key of before.
        wait_for(lambda: lock_of(2) + "off" in rig.board("show"), "the lock to fall back", 30)
        rig.board("badge", 2, *CARD)
        wait_for(lambda: lock_of(2) + "on" in rig.board("show"), "the lock to be released")
        check(keys_of_readers(rig)[2] == before, "the reader has a key that nobody keeps")
        rig.kill("door")
    finally:
        rig.signal("store", signal.SIGCONT)
    started = rig.wait_event("control.started", after=head)
    rig.wait_event("reader.secured", after=started["seq"], reader=2)
    let_in(rig, 2)
    check(keys_of_readers(rig)[2] == before, "the key that was dropped came back")


def is_encrypted(rig, reader):
    """Both ends say so; whoever was killed may still be away."""
    try:
        return security(rig, reader) == "secure" and ", encrypted" in line_of(rig, reader)
    except (Failure, StopIteration):
        return False


def test_killed_in_the_middle_of_a_new_key_no_reader_is_lost(rig):
    wait_security(rig, 7, "secure")
    for number in range(18):
        try:
            rig.rpc("reader.rotate", reader=7)
        except Failure:
            pass  # whoever was killed last is not quite back
        # Spreads the kills over what a new key takes: stored, sent, proved, stored again.
        time.sleep(number // 3 * 0.008)
        victim = ("door", "store", "board")[number % 3]
        rig.kill(victim)
        wait_for(lambda: rig.snapshot().get("control", {}).get("online"), "everybody to be back")
        wait_for(lambda: is_encrypted(rig, 7),
                 f"reader 7 after {victim} was killed: {rig.snapshot().get('reader.7')}", 40)
    let_in(rig, 7)


def test_killed_in_the_middle_of_an_installation_it_can_be_done_again(rig):
    for victim in ("door", "store"):
        rig.board("reader", 1, "swap")
        wait_security(rig, 1, "key_mismatch")
        rig.rpc("reader.install", reader=1, replacement=True)
        rig.kill(victim)
        wait_for(lambda: rig.snapshot().get("control", {}).get("online"), "everybody to be back")
        wait_security(rig, 1, "secure", "key_mismatch", "installing")

        def is_paired():
            if security(rig, 1) == "key_mismatch":
                try:
                    rig.rpc("reader.install", reader=1, replacement=True)
                except Failure:
                    pass
            return security(rig, 1) == "secure"
        wait_for(is_paired, f"reader 1 after {victim} was killed", 40)
        let_in(rig, 1)


def files_below(*folders):
    for folder in folders:
        for at, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(at, name)
                if stat.S_ISREG(os.lstat(path).st_mode):
                    yield path


def test_no_key_is_anywhere_it_can_be_read(rig):
    keys = list(keys_of_readers(rig).values()) + [bytes.fromhex(OWN_KEY)]
    with open(os.path.join(rig.state, "store", "device.key"), "rb") as file:
        keys.append(file.read())
    wanted = [form for key in keys for form in (key, key.hex().encode(), key.hex().upper().encode())]
    own = ("device.key", "reader.keys", ".memory")

    def search(where, data):
        check(not any(form in data for form in wanted), f"a key is in {where}")

    for path in files_below(rig.state, rig.run_dir):
        if not path.endswith(own):
            with open(path, "rb") as file:
                search(path, file.read())
        elif not path.endswith(".memory"):
            mode = stat.S_IMODE(os.stat(path).st_mode)
            check(mode == 0o600, f"{path} has mode {mode:o}")
    search("the live state", str(rig.snapshot()).encode())
    search("the events", str(rig.events()).encode())
    search("the settings", str(rig.ctl("settings", "get")).encode())
    for role in ("store", "door"):
        pid = rig.pid(role)
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            search(f"the arguments of {role}", file.read())
        with open(f"/proc/{pid}/environ", "rb") as file:
            search(f"the environment of {role}", file.read())
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            cores = next(line for line in file if line.startswith("Max core file size"))
        check(cores.split()[4] == "0", f"{role} would leave its memory in a core file: {cores}")
    audited = [event for event in rig.events() if event["kind"] == "control.command"
               and event["data"].get("command") == "reader.rotate" and "key" in event["data"]]
    check(audited and all(event["data"]["key"] == "***" for event in audited),
          f"the audit says {audited}")


def replace_device_key(rig, data):
    """As after a power cut: nothing of the door role has survived."""
    for name in ("door", "store"):
        rig.hold(name)
    path = os.path.join(rig.state, "store", "device.key")
    with open(path, "rb") as file:
        before = file.read()
    with open(path, "wb") as file:
        file.write(data)
    os.unlink(os.path.join(rig.run_dir, "reader.keys"))
    for name in ("store", "door"):
        rig.release(name)
    wait_for(lambda: rig.snapshot().get("control", {}).get("online"), "everybody to be back")
    return before


def said_by_store(rig):
    with open(os.path.join(rig.state, "log", "store.log"), encoding="utf-8") as file:
        return file.read()


def test_a_wrong_device_key_is_said_clearly_and_put_right_by_the_right_one(rig):
    right = replace_device_key(rig, os.urandom(32))
    for reader in READERS:
        wait_security(rig, reader, "no_key")
    check("put the right device.key back" in said_by_store(rig), "the log does not say what to do")
    opens_nothing_at_all(rig, 1)
    replace_device_key(rig, b"short")
    wait_security(rig, 1, "no_key")
    check("holds no key of 32 bytes" in said_by_store(rig), "the log does not say what is wrong")
    # Without a place to keep it no reader is given a key.
    rig.board("reader", 2, "key", "forget")
    rig.rpc("reader.install", reader=2)
    rig.wait_event("reader.install", reader=2, paired=False, after=head_of(rig) - 5)
    check(2 not in keys_of_readers(rig), "the reader has a key that nobody keeps")
    replace_device_key(rig, right)
    for reader in (1, 3, 4, 5, 6, 7, 8):
        let_in(rig, reader)
    pair(rig, 2, "--replacement")
    let_in(rig, 2)


def opens_nothing_at_all(rig, reader):
    head = head_of(rig)
    rig.board("badge", reader, *CARD)
    refused(lambda: rig.rpc("reader.rotate", reader=reader), "unavailable")
    decided = [event for event in rig.events(head) if event["kind"] in DECISIONS]
    check(not decided, f"a card was taken without encryption: {decided}")


WRAPPED = "correct horse battery"


def in_file(rig, name):
    return os.path.join(rig.state, name)


def export_keys(rig, name):
    rig.ctl("reader", "export-keys", in_file(rig, name), stdin=WRAPPED + "\n")
    mode = stat.S_IMODE(os.stat(in_file(rig, name)).st_mode)
    check(mode == 0o600, f"the export has mode {mode:o}")


def import_keys(rig, name, *words):
    """Returns the readers whose keys were taken."""
    result = rig.ctl("reader", "import-keys", in_file(rig, name), *words, stdin=WRAPPED + "\n")
    return [row["reader"] for row in result[0]["readers"]]


def tables_of_keys(rig):
    with sqlite3.connect(f"file:{rig.state}/store/config.db?mode=ro", uri=True) as config:
        return [config.execute(f"SELECT * FROM {table}").fetchall()
                for table in ("reader_keys", "module_key")]


def test_exported_keys_bring_readers_back_without_pairing_them(rig):
    rig.rpc("module.key_generate")
    host_key = rig.snapshot()["module_key"]["fingerprint"]
    keys = keys_of_readers(rig)
    export_keys(rig, "keys")
    rig.rpc("factory.default")
    for reader in READERS:
        wait_security(rig, reader, "no_key")
    head = head_of(rig)
    with open(in_file(rig, "keys"), encoding="ascii") as file:
        data = file.read().strip()
    changed = data[:-1] + ("1" if data[-1] == "0" else "0")
    for password, wrong, said in (("correct horse", data, "the password is wrong"),
                                  (WRAPPED, changed, "the password is wrong, or"),
                                  (WRAPPED, data[:-2], "no export"), (WRAPPED, "zz", "no export"),
                                  (WRAPPED, data + "00", "no export"),
                                  (WRAPPED, data[:16] + "02" + data[18:], "another version")):
        text = refused(lambda p=password, d=wrong: rig.rpc("keys.import", password=p, data=d),
                       "bad_params")
        check(said in text, text)
    check(tables_of_keys(rig) == [[], []], "a refused import has left something")
    check(import_keys(rig, "keys") == list(READERS), "not every reader's key was taken")
    for reader in READERS:
        wait_security(rig, reader, "secure")
    check(keys_of_readers(rig) == keys, "a reader was given another key")
    check(not [event for event in rig.events() if event["seq"] > head
               and event["kind"] in ("reader.paired", "reader.install")], "a reader was paired")
    check(rig.snapshot()["module_key"]["fingerprint"] == host_key, "the modules' key is another")
    text = str(rig.events()) + said_by_store(rig)
    for secret in [key.hex() for key in keys.values()] + [WRAPPED, data, data[-64:]]:
        check(secret not in text, "a secret is in the events or the log")
    audited = [event for event in rig.events() if event["data"].get("command") == "keys.import"]
    check([event.get("reason") for event in audited].count("InvalidPassword") == 2
          and [row["reader"] for row in audited[-1]["data"]["readers"]] == list(READERS),
          f"the audit says {audited}")


def test_a_key_that_is_there_is_replaced_by_an_import_only_when_that_is_wanted(rig):
    head = head_of(rig)
    rig.ctl("reader", "rotate", 8)
    rig.wait_event("reader.paired", after=head, reader=8)
    wait_security(rig, 8, "secure")
    export_keys(rig, "newer")
    check(import_keys(rig, "keys") == [], "a key was replaced unasked")
    wait_security(rig, 8, "secure")
    check(import_keys(rig, "keys", "--replace") == list(READERS), "not every key was taken")
    wait_security(rig, 8, "key_mismatch")
    check(import_keys(rig, "newer", "--replace") == list(READERS), "not every key was taken")
    for reader in READERS:
        wait_security(rig, reader, "secure")


def test_only_an_administrator_exports_and_imports_keys(rig):
    for edge in ("www", "syslog", "snmp"):
        refused(lambda e=edge: rig.rpc("keys.export", _client=e, password=WRAPPED),
                "forbidden", "unauthenticated")
        refused(lambda e=edge: rig.rpc("keys.import", _client=e, password=WRAPPED, data="00"),
                "forbidden", "unauthenticated")
    refused(lambda: rig.rpc("keys.export", password="short"), "bad_params")
    # A file that is there already is not written over.
    status, said = rig.ctl("reader", "export-keys", in_file(rig, "keys"), stdin=WRAPPED + "\n",
                           check=False)
    check(status == 1 and "cannot make" in said, f"{status} {said}")


if __name__ == "__main__":
    run(__name__, one_process_a_role=True)
