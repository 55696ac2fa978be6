#!/usr/bin/env python3
"""The one server of the settings that is sent traps or informs, a real snmptrapd: versions 2c and
3, what happens until it confirms, when it was away, and when it never answers.

Between snmpd and it there is a relay that can keep what the server answers to itself.
"""

import os
import re
import selectors
import shutil
import socket
import threading

from harness import check, refused, run, skip_all, wait_for

import peers
from snmp_access import (PASSWORD, community, config_of, configure, get, initial, is_answered,
                         started)

ENGINE = "80001f8880e9630000d61ff449"
OTHER_ENGINE = "80001f8880e9630000d61ff44a"
USER, USER_PASSWORD = "monitor", "only for informs"
COMMUNITY = "tr@p-1"
UPTIME = ".1.3.6.1.2.1.1.3.0"
TIMEOUT, RETRIES = 1, 10
EVENT_SEQ = r"\.32473\.2\.1\.1\.4\.1\.0 = (\d+)"


class Relay:
    """Hands datagrams of snmpd on to a server, and what it answers back unless it is mute."""

    def __init__(self, server):
        self.server = (peers.HOST, server)
        self.front, self.back = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "12")
        self.front.bind((peers.HOST, 0))
        self.port = self.front.getsockname()[1]
        self.is_mute = False
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.hand_on, daemon=True)
        self.thread.start()

    def hand_on(self):
        asker = None
        with selectors.DefaultSelector() as ready:
            ready.register(self.front, selectors.EVENT_READ)
            ready.register(self.back, selectors.EVENT_READ)
            while not self.is_over.is_set():
                for key, _ in ready.select(0.1):
                    try:
                        data, sender = key.fileobj.recvfrom(65536)
                    except OSError:
                        continue
                    if key.fileobj is self.front:
                        asker = sender
                        self.back.sendto(data, self.server)
                    elif asker and not self.is_mute:
                        self.front.sendto(data, asker)

    def stop(self):
        self.is_over.set()
        self.thread.join()
        self.front.close()
        self.back.close()


def server_port(rig):
    return rig.ports.traps + 1


def write_server(rig, own_engine=None):
    """What the server takes; with own_engine also traps of this device's user initial."""
    home = os.path.join(rig.state, "server")
    os.makedirs(home, mode=0o700, exist_ok=True)
    trap_user = (f'createUser -e 0x{own_engine} initial SHA-256 "{PASSWORD}" AES\n'
                 "authUser log initial priv\n" if own_engine else "")
    peers.write(os.path.join(home, "trapd.conf"), f"""\
snmpTrapdAddr udp:{peers.HOST}:{server_port(rig)}
exactEngineID 0x{ENGINE}
createUser {USER} SHA-256 "{USER_PASSWORD}" AES
authUser log {USER} priv
{trap_user}authCommunity log {COMMUNITY}
doNotLogTraps no
format2 %P|%V|%v\\n
outputOption Qn
""")
    return home


def start_server(rig):
    home = write_server(rig)
    rig.received = os.path.join(home, "received.log")
    rig.add("server", [peers.find_program("snmptrapd"), "-f", "-C", "-c",
                       os.path.join(home, "trapd.conf"), "-Lf", rig.received, "-m", ""],
            {"SNMP_PERSISTENT_DIR": home, "SNMPCONFPATH": home})
    wait_for(lambda: os.path.exists(rig.received), "the server")
    rig.relay = Relay(server_port(rig))


def received(rig):
    """(how it came, the number of its event) of each notification, as they came."""
    with open(rig.received, encoding="utf-8", errors="replace") as file:
        lines = [line for line in file if re.search(EVENT_SEQ, line)]
    return [(line.split("|")[0], int(re.search(EVENT_SEQ, line)[1])) for line in lines]


def times(rig, seq):
    return sum(number == seq for _, number in received(rig))


def make_event(rig):
    """Something that is notified; returns its number."""
    after = rig.events()[-1]["seq"]
    rig.rpc("output.command", output=1, command="toggle")
    return rig.wait_event("output.state", after=after)["seq"]


def check_confirmed(rig, options, how):
    """An inform is sent again until a confirmation comes back, and then no more."""
    # With version 3 the server takes none before it has told snmpd its time.
    first = make_event(rig)
    wait_for(lambda: times(rig, first), "the first inform")
    rig.relay.is_mute = True
    seq = make_event(rig)
    wait_for(lambda: times(rig, seq) >= 2, "an inform to be repeated")
    check(how in dict((number, came) for came, number in received(rig))[seq], received(rig))
    rig.relay.is_mute = False
    later = make_event(rig)
    wait_for(lambda: times(rig, later), "the next inform")
    wait_settled(rig, options)
    for number in (seq, later):
        check(times(rig, number) <= RETRIES, f"event {number} was sent until it was given up")


def wait_settled(rig, options):
    """Nothing more comes in the time in which snmpd repeats what is not confirmed."""
    came = None
    while came != received(rig):
        came = received(rig)
        due = uptime(rig, options) + (TIMEOUT * 2 + 1) * 100
        wait_for(lambda due=due: uptime(rig, options) > due, "snmpd to repeat what it has to")


def uptime(rig, options):
    said = get(rig, options, UPTIME)
    return int(said) if said.isdigit() else 0


def engine_of(rig):
    return re.search(r"^exactEngineID 0x(\w+)$", config_of(rig), re.M)[1]


def refusal(rig, **values):
    return refused(lambda: rig.rpc("settings.set", values={
        name.replace("__", "."): value for name, value in values.items()}), "bad_params")


def test_an_inform_of_v2c_is_sent_again_until_it_is_confirmed(rig):
    start_server(rig)
    wait_for(lambda: started(rig), "the AgentX master")
    configure(rig, snmp__port=rig.ports.snmp, mode="v1v2c", trap=COMMUNITY,
              snmp__traps__active=True, snmp__traps__address=peers.HOST,
              snmp__traps__port=rig.relay.port, snmp__traps__kind="inform",
              snmp__traps__timeout=TIMEOUT, snmp__traps__retries=RETRIES)
    check_confirmed(rig, community("2c", "public"), "INFORM, SNMP v2c")


def test_version_1_has_no_informs(rig):
    text = refusal(rig, snmp__traps__version="v1")
    check("snmp.traps.version must be v2c" in text, text)


def test_an_inform_of_v3_is_refused_without_the_servers_engine_id(rig):
    v3 = {"snmp__mode": "v3", "snmp__v3__password": PASSWORD, "snmp__traps__active": True}
    text = refusal(rig, **v3)
    check("nobody is answered" in text, text)
    for wrong in ("80001f88", "not hexadecimal", "80001f888", "00" * 12, "80" * 33):
        text = refusal(rig, **v3, snmp__traps__engine_id=wrong)
        check("5 to 32 octets" in text, f"{wrong}: {text}")
    text = refusal(rig, **v3, snmp__traps__engine_id=ENGINE)
    check("needed for informs with v3" in text, text)
    text = refusal(rig, **v3, snmp__traps__engine_id=ENGINE, snmp__traps__password="seven77")
    check("8 characters" in text, text)


def test_informs_end_when_the_mode_becomes_another_one(rig):
    configure(rig, mode="v3", password=PASSWORD)
    values = rig.rpc("settings.get")["values"]
    check(values["snmp.traps.active"] is False and values["snmp.traps.kind"] == "inform", values)
    check("trapsess" not in config_of(rig), config_of(rig))


def test_an_inform_of_v3_is_encrypted_and_sent_again_until_it_is_confirmed(rig):
    configure(rig, snmp__traps__active=True, snmp__traps__engine_id="0x" + ENGINE.upper(),
              snmp__traps__user=USER, snmp__traps__password=USER_PASSWORD)
    check("-l authPriv" in config_of(rig) and f"-e 0x{ENGINE}" in config_of(rig), "the line")
    check_confirmed(rig, initial(), f"INFORM, SNMP v3, user {USER}")


def test_a_server_that_was_away_has_every_inform_when_it_is_back(rig):
    rig.hold("server")
    wanted = [make_event(rig) for _ in range(3)]
    check(not any(times(rig, seq) for seq in wanted), "the server is not away")
    rig.release("server")
    wait_for(lambda: all(times(rig, seq) for seq in wanted), "every inform")


def test_a_password_for_informs_is_kept_for_one_engine_and_shown_nowhere(rig):
    text = refusal(rig, snmp__traps__engine_id=OTHER_ENGINE)
    check("needed again" in text, text)
    text = refusal(rig, snmp__traps__engine_id=engine_of(rig), snmp__traps__password="8 letters")
    check("this device's own" in text, text)
    check("snmp.traps.password" not in rig.rpc("settings.get")["values"], "it is shown")
    check(USER_PASSWORD not in str(rig.events()), "it is in an event")
    check(USER_PASSWORD not in config_of(rig), "it is in snmpd's configuration, not its keys")


def test_traps_of_v3_come_from_initial(rig):
    # The user is of this device's engine, which the server must know.
    write_server(rig, engine_of(rig))
    rig.kill("server")
    configure(rig, snmp__traps__kind="trap", snmp__traps__link_up=False)
    wait_for(lambda: make_event(rig) and any("TRAP2, SNMP v3, user initial" in how
                                             for how, _ in received(rig)), "a trap of version 3")


def test_a_server_that_never_answers_holds_up_no_manager(rig):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind((peers.HOST, 0))
        nobody.settimeout(20)
        configure(rig, snmp__traps__kind="inform", snmp__traps__port=nobody.getsockname()[1],
                  snmp__traps__engine_id=OTHER_ENGINE, snmp__traps__password=USER_PASSWORD)
        answered = 0
        for _ in range(30):
            make_event(rig)
            answered += is_answered(rig, initial())
        check(nobody.recv(65536), "an inform goes out")
        # Without the engine id it was one. A busy machine may be late with some.
        check(answered >= 20, f"{answered} of 30 requests were answered while informs wait")
    configure(rig, snmp__traps__active=False)
    rig.relay.stop()


def main():
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin"
    for name in ("snmpd", "snmptrapd", "snmpget"):
        if not shutil.which(name, path=path):
            skip_all(f"{name} is not installed")
    run(__name__, configures_snmpd="alone")


if __name__ == "__main__":
    main()
