#!/usr/bin/env python3
"""A real snmpd as the settings want it: who is answered in each mode, which traps are sent, the
account initial and its one password, and who a SET was from.

It runs in a network namespace of its own where the kernel lets it, because links go up and down.
CARDEA_LINKS=2, as './run check' does, lets one go down a second time, untold.
"""

import glob
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.request

from harness import check, refused, run, skip_all, wait_for

import peers
from snmp_access import (PASSWORD, SYS_DESCR, community, config_of, configure, get, initial,
                         is_answered, is_silent, put, started, tool)

SECRETS = {"read": "r3ad-once", "write": "wr1te-thrice", "password": PASSWORD}
SYS_NAME, SYS_CONTACT = (f".1.3.6.1.2.1.1.{number}.0" for number in (5, 4))
USERS = ".1.3.6.1.6.3.15.1.2.2"
OBJECTS = ".1.3.6.1.4.1.32473.2.1.1"
DOOR_COMMAND = f"{OBJECTS}.2.1.1.14.1"
THREAT_LEVEL, THREAT_COMMAND = f"{OBJECTS}.12.4.0", f"{OBJECTS}.12.7.0"
THREAT_REQUESTER = f"{OBJECTS}.12.12.0"
MODULE_OUTPUT = f"{OBJECTS}.9.3.1"
LINK_DOWN, LINK_UP = "snmpTraps.3", "snmpTraps.4"  # as RFC 2863 has them; IF-MIB is not loaded
LINK_SECONDS = 5  # of agent/snmp_config_traps.c
ROUNDS = int(os.environ.get("CARDEA_LINKS", "1"))
HAS_NAMESPACE = "CARDEA_OWN_NETWORK" in os.environ


def traps(rig):
    """The notifications that came, each one line."""
    with open(rig.traps, encoding="utf-8", errors="replace") as file:
        return [line for line in file if "snmpTrapOID" in line]


def names_of(lines):
    return [re.search(r"snmpTrapOID\.0 = (?:[\w-]+::)?([\w.]+)", line)[1] for line in lines]


def test_nobody_is_answered_before_it_is_asked_for(rig):
    wait_for(lambda: started(rig), "the AgentX master")
    for version in ("1", "2c"):
        for word in ("public", "write", "private"):
            check(is_silent(rig, community(version, word)), f"version {version} '{word}' answered")
    check(is_silent(rig, initial()), "version 3 answered")
    check("agentAddress none" in config_of(rig), config_of(rig))


def test_the_communities_are_public_and_write_when_v1v2c_is_turned_on(rig):
    configure(rig, snmp__port=rig.ports.snmp, mode="v1v2c")
    for version in ("1", "2c"):
        check(is_answered(rig, community(version, "public")), f"public does not read by {version}")
        check(is_answered(rig, community(version, "write")), f"write does not read by {version}")
    if os.path.exists("/proc/net/if_inet6"):
        check(is_answered(rig, community("2c", "public"), host="udp6:[::1]"), "not by IPv6")
    check(not put(rig, community("2c", "write"), SYS_NAME, "s", "front"), "write cannot set")
    check(get(rig, community("2c", "public"), SYS_NAME) == "front", "it was not set")
    error = put(rig, community("2c", "public"), SYS_NAME, "s", "back")
    check("noAccess" in error, error)


def test_communities_are_what_they_were_set_to_and_no_other(rig):
    configure(rig, read=SECRETS["read"], write=SECRETS["write"])
    check(is_answered(rig, community("2c", SECRETS["read"])), "the new read community")
    check(is_answered(rig, community("1", SECRETS["write"])), "the new write community")
    for word in ("public", "write"):
        check(is_silent(rig, community("2c", word)), f"'{word}' is still answered")


def test_a_set_by_the_write_community_commands_a_door_and_says_who_it_was(rig):
    after = rig.events()[-1]["seq"]
    error = put(rig, community("2c", SECRETS["write"]), DOOR_COMMAND, "i", "2")
    check(not error, error)
    event = rig.wait_event("door.command", after=after)
    check("cardeaWriter@127.0.0.1" in str(event), event)


def test_the_threat_level_is_set_by_the_write_community_alone(rig):
    after = rig.events()[-1]["seq"]
    error = put(rig, community("2c", SECRETS["read"]), THREAT_COMMAND, "i", "4")
    check("noAccess" in error, error)
    event = rig.wait_event("snmp.denied", after=after)
    check(event["data"]["oid"] == THREAT_COMMAND, event)
    error = put(rig, community("2c", SECRETS["write"]), THREAT_COMMAND, "i", "7")
    check("wrongValue" in error, error)
    check(get(rig, community("2c", SECRETS["read"]), THREAT_LEVEL) == "0", "it was set")
    error = put(rig, community("2c", SECRETS["write"]), THREAT_COMMAND, "i", "4")
    check(not error, error)
    event = rig.wait_event("setting.changed", after=after, setting="access.threat_level", new=2)
    check(event["actor"] == "snmp:cardeaWriter@127.0.0.1" and "identity" not in event["data"],
          event)
    wait_for(lambda: get(rig, community("2c", SECRETS["read"]), THREAT_LEVEL) == "2", "level 2")
    who = get(rig, community("2c", SECRETS["read"]), THREAT_REQUESTER)
    check(who == "cardeaWriter@127.0.0.1", who)
    event = rig.wait_event("snmp.command", after=after, what="the threat level", result="done")
    check(event["data"]["who"] == "cardeaWriter@127.0.0.1", event)
    changed = [event for event in rig.events() if event["seq"] > after
               and event["kind"] == "setting.changed"]
    check(len(changed) == 1, changed)
    check(not put(rig, community("2c", SECRETS["write"]), THREAT_COMMAND, "i", "2"), "back to 0")
    rig.wait_event("setting.changed", after=event["seq"], setting="access.threat_level", new=0)


def test_an_output_of_a_module_is_commanded_by_the_write_community_alone(rig):
    rig.ctl("module", "key", "generate")
    rig.board("module", "add", 4, 9, "--inputs", 0, "--outputs", 2)
    rig.ctl("module", "add", "name=Attic", "bus=4", "address=9")
    reads, writes = community("2c", SECRETS["read"]), community("2c", SECRETS["write"])
    wait_for(lambda: get(rig, reads, f"{MODULE_OUTPUT}.2.1.2") == "2", "output 2 to be inactive")
    after = rig.events()[-1]["seq"]
    error = put(rig, reads, f"{MODULE_OUTPUT}.3.1.2", "i", "2")
    check("noAccess" in error, error)
    rig.wait_event("snmp.denied", after=after, oid=f"{MODULE_OUTPUT}.3.1.2")
    check(not put(rig, writes, f"{MODULE_OUTPUT}.3.1.2", "i", "2"), "write cannot command")
    event = rig.wait_event("control.command", after=after, command="module.output", output=2)
    check(event["actor"] == "snmp:cardeaWriter@127.0.0.1", event)
    told = rig.wait_event("snmp.command", after=after, module=1, output=2, result="done")
    check(told["data"]["what"] == "output 2 of module 1"
          and told["data"]["who"] == "cardeaWriter@127.0.0.1", told)
    wait_for(lambda: get(rig, reads, f"{MODULE_OUTPUT}.2.1.2") == "3", "output 2 to be active")
    rig.ctl("module", "remove", 1)


def test_a_set_that_is_refused_is_an_event_with_who_where_and_what(rig):
    after = rig.events()[-1]["seq"]
    put(rig, community("2c", SECRETS["read"]), SYS_CONTACT, "s", "eve")
    event = rig.wait_event("snmp.denied", after=after)
    data = event["data"]
    check(data["who"] == "cardeaReader" and data["address"] == "127.0.0.1"
          and data["oid"] == SYS_CONTACT and data["version"] == "v2c", event)
    after = event["seq"]
    put(rig, community("2c", "guessed"), SYS_CONTACT, "s", "eve")
    event = rig.wait_event("snmp.denied", after=after)
    check(event["data"]["who"] == "nobody known", event)
    check("guessed" not in str(event), event)


def test_what_is_read_only_is_not_writable_and_what_is_snmpds_own_is_out_of_reach(rig):
    writes = community("2c", SECRETS["write"])
    error = put(rig, writes, SYS_DESCR, "s", "mine")
    check("notWritable" in error, error)
    error = put(rig, writes, ".1.3.6.1.4.1.32473.2.1.1.1.3.0", "s", "0")
    check("notWritable" in error, error)
    # Programs to run, code to load, users, views, communities, targets of traps.
    for oid, kind, value in ((".1.3.6.1.4.1.8072.1.3.2.2.1.21.1.120", "i", "4"),
                             (".1.3.6.1.4.1.2021.13.14.2.1.3.1", "s", "/tmp/x.so"),
                             (f"{USERS}.1.6.1.97", "i", "4"),
                             (".1.3.6.1.6.3.16.1.4.1.9.1.97", "i", "4"),
                             (".1.3.6.1.6.3.18.1.1.1.8.1.97", "i", "4"),
                             (".1.3.6.1.6.3.12.1.2.1.9.1.97", "i", "4")):
        error = put(rig, writes, oid, kind, value)
        check("noAccess" in error, f"{oid}: {error}")
    out, _ = tool(rig, "snmpwalk", USERS, options=writes)
    check("No Such" in out or "No more" in out, out)


def test_traps_of_both_versions_come_with_their_community(rig):
    # What the receiver takes; no other would be shown by it.
    SECRETS["trap"] = peers.secret(rig.snmp_dir, "trap-community")
    configure(rig, trap=SECRETS["trap"], snmp__traps__address="127.0.0.1",
              snmp__traps__port=rig.ports.traps, snmp__traps__active=True)
    for version in ("v2c", "v1"):
        if version == "v1":
            configure(rig, snmp__traps__version="v1")
        before = len(traps(rig))
        after = rig.events()[-1]["seq"]
        rig.rpc("door.command", door=2, command="grant")
        lock = rig.wait_event("door.lock", after=after)
        said = wait_for(lambda: next((line for line in traps(rig)[before:] if re.search(
            rf"cardeaEventSeq\.0 = (Gauge32: )?{lock['seq']}\b", line)), None), f"a {version} trap")
        check((names_of([said])[0] == "v1") == (version == "v1"), said)
    configure(rig, snmp__traps__version="v2c")


def test_each_standard_trap_is_on_or_off_by_itself(rig):
    configure(rig, snmp__traps__cold_start=False)
    before = len(traps(rig))
    check(is_silent(rig, community("2c", "guessed")), "a guess was answered")
    wait_for(lambda: "authenticationFailure" in names_of(traps(rig)[before:]),
             "a trap of a failed authentication")
    check("coldStart" not in names_of(traps(rig)[before:]), "a cold start, which is off")
    configure(rig, snmp__traps__cold_start=True, snmp__traps__authentication=False)
    wait_for(lambda: "coldStart" in names_of(traps(rig)[before:]), "a trap of the start")
    before = len(traps(rig))
    check(is_silent(rig, community("2c", "guessed")), "a guess was answered")
    rig.rpc("door.command", door=2, command="grant")
    wait_for(lambda: "cardeaDoorLock" in names_of(traps(rig)[before:]), "a notification")
    check("authenticationFailure" not in names_of(traps(rig)[before:]), names_of(traps(rig)))
    check("nsNotifyShutdown" not in names_of(traps(rig)), names_of(traps(rig)))


def move_link(state):
    subprocess.run(["ip", "link", "set", "cardea1", state], check=True)


def test_links_are_told_up_and_down_and_each_by_itself(rig):
    if not HAS_NAMESPACE:
        print("# left out: the kernel gives no network of its own to make links in")
        return
    before = len(traps(rig))
    move_link("down")
    wait_for(lambda: LINK_DOWN in names_of(traps(rig)[before:]), "a trap of the link down")
    move_link("up")
    wait_for(lambda: LINK_UP in names_of(traps(rig)[before:]), "a trap of the link up")
    if ROUNDS < 2:
        return
    configure(rig, snmp__traps__link_down=False)
    before = len(traps(rig))
    move_link("down")
    # The down that is not told must have been seen, or the up would not be told either.
    seen = uptime(rig) + (LINK_SECONDS + 1) * 100
    wait_for(lambda: uptime(rig) > seen, "snmpd to look at the links")
    move_link("up")
    wait_for(lambda: LINK_UP in names_of(traps(rig)[before:]), "a trap of the link up")
    check(LINK_DOWN not in names_of(traps(rig)[before:]), names_of(traps(rig)[before:]))


def uptime(rig):
    return int(get(rig, community("2c", SECRETS["read"]), ".1.3.6.1.2.1.1.3.0") or 0)


def test_nothing_is_sent_any_more_when_snmp_is_off(rig):
    configure(rig, mode="off")
    check(rig.rpc("settings.get")["values"]["snmp.traps.active"] is False, "traps are still on")
    cleared = [e for e in rig.events() if e["kind"] == "setting.changed"
               and e["data"]["setting"] == "snmp.traps.active" and e["data"]["new"] is False]
    check(cleared, "that traps were turned off is no event")
    before = len(traps(rig))
    rig.rpc("door.command", door=2, command="grant")
    check(is_silent(rig, community("2c", SECRETS["read"])), "answered while it is off")
    check(len(traps(rig)) == before, names_of(traps(rig)[before:]))
    check("trap2sink" not in config_of(rig), config_of(rig))


def test_v3_needs_a_password_that_is_long_enough(rig):
    text = refused(lambda: rig.rpc("settings.set", values={"snmp.mode": "v3"}), "bad_params")
    check("needed when snmp.mode is v3" in text, text)
    text = refused(lambda: rig.rpc("settings.set", values={
        "snmp.mode": "v3", "snmp.v3.password": "seven77"}), "bad_params")
    check("8 characters" in text, text)


def test_v3_answers_who_authenticates_and_encrypts_and_nobody_else(rig):
    configure(rig, mode="v3", password=SECRETS["password"])
    check(is_answered(rig, initial()), get(rig, initial()))
    for options in (initial(level="noAuthNoPriv"), initial(level="authNoPriv")):
        check("authorizationError" in get(rig, options), get(rig, options))
    check("Authentication failure" in get(rig, initial("wrong password")), "a wrong password")
    for word in (SECRETS["read"], SECRETS["write"], "public"):
        check(is_silent(rig, community("2c", word)), f"'{word}' is answered beside v3")
    configure(rig, snmp__v3__authentication="sha-512", snmp__v3__privacy="aes-256")
    check(is_answered(rig, initial(auth="SHA-512", priv="AES-256")), "SHA-512 with AES-256")
    check(not is_answered(rig, initial()), "AES is still taken")
    configure(rig, snmp__v3__authentication="sha-256", snmp__v3__privacy="des")
    check(is_answered(rig, initial(priv="DES")), get(rig, initial(priv="DES")))
    configure(rig, snmp__v3__privacy="aes")
    check(is_answered(rig, initial()), "AES again")


def test_a_second_password_is_refused_whoever_sets_it(rig):
    text = refused(lambda: rig.rpc("settings.set", values={"snmp.v3.password": "another one"}),
                   "forbidden")
    check("factory default" in text, text)
    done = subprocess.run([rig.program("cardeactl"), f"--run-dir={rig.run_dir}", "settings", "set",
                           "snmp.v3.password=-"], input="another one\n", text=True,
                          capture_output=True, timeout=30, check=False)
    check(done.returncode == 1 and "factory default" in done.stderr, done)
    # A manager's own way is a change of the key in usmUserTable: none of it is in reach.
    name = ".".join(str(ord(letter)) for letter in "initial")
    engine = re.search(r"^exactEngineID 0x(\w+)$", config_of(rig), re.M)[1]
    octets = bytes.fromhex(engine)
    row = f"{len(octets)}.{'.'.join(map(str, octets))}.7.{name}"
    for column in (6, 7, 9, 10):
        error = put(rig, initial(), f"{USERS}.1.{column}.{row}", "x", "00" * 64)
        check("noAccess" in error, error)
    error = put(rig, initial(), f"{USERS}.1.13.{row}", "i", "6")
    check("noAccess" in error, error)
    check(is_answered(rig, initial()), "the password does not count any more")


def test_a_secret_is_asked_for_and_refused_on_a_command_line(rig):
    status, text = rig.ctl("settings", "set", "snmp.read_community=in-argv", check=False)
    check(status == 2 and "snmp.read_community=-" in text, text)


def test_no_secret_is_shown_and_the_password_is_not_asked_for_again(rig):
    shown = rig.rpc("settings.get")["values"]
    names = ("snmp.read_community", "snmp.write_community", "snmp.traps.community",
             "snmp.v3.password")
    for name in names:
        check(name not in shown, f"{name} is shown")
        refused(lambda name=name: rig.rpc("settings.get", name=name), "not_found")
    offered = rig.rpc("schema")["settings"]["properties"]
    check("snmp.v3.password" not in offered, "the password is asked for again")
    check("snmp.read_community" in offered and "default" not in offered["snmp.read_community"],
          offered["snmp.read_community"])
    refused(lambda: rig.rpc("snmp.config"), "forbidden")
    for path in ("/settings", "/schema"):
        text = rest(rig, path)
        check("snmp.mode" in text and "snmp.v3.password" not in text, f"{path}: {text[:2000]}")
    check("public" not in rest(rig, "/settings"), "REST shows a community")
    for kind in ("snmp_config", "settings", "snmp"):
        check("public" not in str(rig.snapshot().get(kind)), kind)


def rest(rig, path):
    """What the first administrator gets of the REST API."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context),
                                         urllib.request.HTTPCookieProcessor())
    account = json.dumps({"account": "ada", "password": "a long enough password"}).encode()
    verb = "/setup" if not rig.rpc("account.list")["accounts"] else "/session"
    with opener.open(urllib.request.Request(
            rig.url + "api/v1" + verb, account, {"Content-Type": "application/json"})) as answer:
        cookie = answer.headers["Set-Cookie"].split(";")[0]
    with opener.open(urllib.request.Request(rig.url + "api/v1" + path,
                                            headers={"Cookie": cookie})) as answer:
        return answer.read().decode()


def test_a_set_by_initial_says_so(rig):
    after = rig.events()[-1]["seq"]
    error = put(rig, initial(), DOOR_COMMAND, "i", "2")
    check(not error, error)
    event = rig.wait_event("door.command", after=after)
    check("initial@127.0.0.1" in str(event), event)
    put(rig, initial(), ".1.3.6.1.6.3.16.1.4.1.9.1.97", "i", "4")
    event = rig.wait_event("snmp.denied", after=after)
    check(event["data"]["who"] == "initial" and event["data"]["level"] == "authPriv", event)


def test_a_manager_sets_a_target_and_receives_v3_notifications(rig):
    """With SNMP-TARGET-MIB and SNMP-NOTIFICATION-MIB, and snmpd keeps what was set."""
    engine = re.search(r"^exactEngineID 0x(\w+)$", config_of(rig), re.M)[1]
    output = os.path.join(rig.state, "v3-traps.log")
    home = os.path.join(rig.state, "v3-trapd")
    os.makedirs(home, mode=0o700, exist_ok=True)
    port = rig.ports.traps + 1
    peers.write(os.path.join(home, "trapd.conf"), f"""\
snmpTrapdAddr udp:127.0.0.1:{port}
createUser -e 0x{engine} initial SHA-256 "{SECRETS['password']}" AES
authUser log initial priv
format2 %V|%v\\n
outputOption Qn
""")
    rig.add("v3-trapd", [peers.find_program("snmptrapd"), "-f", "-C", "-c",
                         os.path.join(home, "trapd.conf"), "-Lf", output, "-m", ""],
            {"SNMP_PERSISTENT_DIR": home, "SNMPCONFPATH": home})
    wait_for(lambda: os.path.exists(output), "the receiver of version 3")
    row = ".".join(str(ord(letter)) for letter in "nms")
    address, params, notify = (f".1.3.6.1.6.3.{tail}.1" for tail in ("12.1.2", "12.1.3", "13.1.1"))
    steps = [
        (f"{params}.7.{row}", "i", "5", f"{params}.2.{row}", "i", "3",
         f"{params}.3.{row}", "i", "3", f"{params}.4.{row}", "s", "initial",
         f"{params}.5.{row}", "i", "3"),
        (f"{params}.7.{row}", "i", "1"),
        (f"{address}.9.{row}", "i", "5", f"{address}.2.{row}", "o", ".1.3.6.1.6.1.1",
         f"{address}.3.{row}", "x", f"7f000001{port:04x}", f"{address}.6.{row}", "s", "nms",
         f"{address}.7.{row}", "s", "nms"),
        (f"{address}.9.{row}", "i", "1"),
        (f"{notify}.5.{row}", "i", "5", f"{notify}.2.{row}", "s", "nms",
         f"{notify}.3.{row}", "i", "1"),
        (f"{notify}.5.{row}", "i", "1"),
    ]
    for step in steps:
        out, err = tool(rig, "snmpset", *step, options=initial())
        check(out and not err, f"{step}: {err}")
    wait_for_v3(rig, output)
    # It is still there when snmpd has been started anew.
    before = started(rig)
    rig.signal("snmpd", 15)
    wait_for(lambda: started(rig) > before, "snmpd to be back")
    wait_for_v3(rig, output)


def wait_for_v3(rig, output):
    after = rig.events()[-1]["seq"]
    rig.rpc("door.command", door=3, command="grant")
    lock = rig.wait_event("door.lock", after=after)

    def is_there():
        with open(output, encoding="utf-8", errors="replace") as file:
            return f" = {lock['seq']}|" in file.read()
    wait_for(is_there, "a notification of version 3")


def test_no_secret_is_in_a_log_an_event_a_command_line_or_a_file_for_others(rig):
    known = str(rig.events())
    for name, secret in SECRETS.items():
        check(secret not in known, f"the {name} secret is in the log of events")
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                line = file.read().decode(errors="replace")
        except OSError:
            continue
        for name, secret in SECRETS.items():
            check(secret not in line, f"the {name} secret is in the command line {line}")
    kept = 0
    for folder, _, files in os.walk(rig.state):
        for file in files:
            kept += look_into(os.path.join(folder, file))
    check(kept > 0, "no file was looked into")


def look_into(path):
    """1 when it is one that has a secret and may."""
    try:
        mode = os.lstat(path).st_mode
        if os.path.islink(path) or not os.path.isfile(path):
            return 0
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        return 0
    found = [name for name, secret in SECRETS.items() if secret.encode() in content]
    is_ours = "/manager/" in path or "/v3-trapd/" in path  # what this test wrote itself
    check(is_ours or not (found and mode & 0o077), f"{path} has {found} and others may read it")
    check(is_ours or "password" not in found, f"{path} has the password itself")
    check(not found or is_ours or path.endswith("/snmpd/snmpd.conf")
          or "/snmp/" in path, f"{path} has {found}")
    return bool(found)


def test_a_factory_default_takes_the_password_back(rig):
    before = started(rig)
    rig.rpc("factory.default")
    wait_for(lambda: started(rig) > before, "snmpd after the factory default")
    check("agentAddress none" in config_of(rig), config_of(rig))
    check(not is_answered(rig, initial()), "initial is still answered")
    check("snmp.v3.password" in rig.rpc("schema")["settings"]["properties"], "it is not asked for")
    output = os.path.join(rig.state, "v3-traps.log")
    size = os.path.getsize(output)
    configure(rig, snmp__port=rig.ports.snmp, mode="v3", password="another password")
    check(is_answered(rig, initial("another password")), "the new password")
    check(not is_answered(rig, initial()), "the old password still counts")
    out, _ = tool(rig, "snmpwalk", ".1.3.6.1.6.3.12.1.2", options=initial("another password"))
    check("110.109.115" not in out, f"the target of before is still there: {out}")
    check(os.path.getsize(output) == size, "something was sent to the target of before")


def main():
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin"
    for name in ("snmpd", "snmptrapd", "snmpset"):
        if not shutil.which(name, path=path):
            skip_all(f"{name} is not installed")
    if not HAS_NAMESPACE and enters_a_network():
        os.execvpe("unshare", ["unshare", "-rn", "--kill-child", sys.executable, "-B", __file__],
                   {**os.environ, "CARDEA_OWN_NETWORK": "1"})
    if HAS_NAMESPACE:
        for words in ("link set lo up", "link add cardea0 type veth peer name cardea1",
                      "link set cardea0 up", "link set cardea1 up"):
            subprocess.run(["ip", *words.split()], check=True)
    run(__name__, configures_snmpd="alone")


def enters_a_network():
    done = subprocess.run(["unshare", "-rn", "ip", "link", "add", "cardea0", "type", "veth", "peer",
                           "name", "cardea1"], capture_output=True, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    main()
