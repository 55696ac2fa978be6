#!/usr/bin/env python3
"""contrib/icinga: the plugin against the real controller, in every state that it knows, and its
commands and services in a real Icinga 2.
"""
import os
import re
import stat
import subprocess

import rig
from rig import check, wait_for

ICINGA, CHECK_SNMP = rig.need("icinga2", "/usr/lib/nagios/plugins/check_snmp")
FOLDER = os.path.join(rig.CONTRIB, "icinga")
PLUGIN = os.path.join(FOLDER, "check_cardea")
OK, WARNING, CRITICAL, UNKNOWN = range(4)
WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
MODES = ("alarms", "doors", "health", "inputs", "log", "modules", "outputs", "power", "readers",
         "syslog")
# 'label'=value[unit];[warning];[critical];[minimum];[maximum]
PERFORMANCE = re.compile(r"'[^'=]+'=-?[\d.]+(%|c|us)?;[^;]*;[^;]*;-?[\d.]*;[\d.]*$")


def plugin(nms, *words, port=None, auth=None):
    """Runs the plugin; returns its status and what it said, having checked the form of both."""
    auth = auth or os.path.join(nms.snmp_dir, "snmp.conf")
    status, text = rig.said([PLUGIN, "-H", "127.0.0.1", "-p", str(port or nms.ports.snmp),
                             "-a", auth, *words])
    first, _, performance = text.partition("\n")[0].partition(" | ")
    check(f" {WORDS[status]} - " in first, f"status {status}: {text}")
    for one in re.findall(r"'[^']+'=\S+", performance):
        check(PERFORMANCE.match(one), f"performance data '{one}'")
    return status, text


def test_every_mode_is_well_on_a_quiet_controller(nms):
    wait_for(lambda: plugin(nms, "-m", "health")[0] == OK, "all of its health to be known")
    for mode in MODES:
        status, text = plugin(nms, "-m", mode)
        check(status == OK, f"{mode}: {text}")
    _, text = plugin(nms, "-m", "doors")
    check(text.startswith("CARDEA DOORS OK - 4 doors, all well | 'open'=0;;;0;4 "), text)
    _, text = plugin(nms, "-m", "power")
    check("'Supply of readers voltage'=12;;;0;" in text, text)


def test_a_forced_door_is_critical_until_it_is_closed(nms):
    nms.force(1)
    status, text = wait_for(lambda: (lambda one: one if one[0] else None)(
        plugin(nms, "-m", "doors")), "the forced door")
    check(status == CRITICAL and "Door 1 was forced open" in text, text)
    check("'Door 1 forced'=1c" in text, text)
    check(plugin(nms, "-m", "doors", "-o", "Door 2")[0] == OK, "door 2 is not well")
    check(plugin(nms, "-m", "doors", "-o", "1")[0] == CRITICAL, "door 1 is well")
    status, text = plugin(nms, "-m", "alarms")
    check(status == CRITICAL and "1 alarm: Door 1 was forced open" in text, text)
    check(plugin(nms, "-m", "health")[0] == CRITICAL, "doors are healthy")
    check(plugin(nms, "-m", "alarms", "-c", "5")[0] == OK, "the threshold does not count")
    check(plugin(nms, "-m", "alarms", "-w", "0", "-c", "5")[0] == WARNING, "nor does the warning")
    nms.close(1)
    wait_for(lambda: plugin(nms, "-m", "doors")[0] == OK, "the closed door")


def test_a_reader_that_is_unplugged_is_critical(nms):
    nms.board("reader", 3, "unplugged")
    wait_for(lambda: plugin(nms, "-m", "readers")[0] == CRITICAL, "the reader to be missed")
    check("Reader 3 does not answer" in plugin(nms, "-m", "readers")[1], "it is not named")
    nms.board("reader", 3, "plugged")
    wait_for(lambda: plugin(nms, "-m", "readers")[0] == OK, "the reader")


def test_a_cut_wire_is_critical_and_rows_are_listed(nms):
    nms.rpc("object.change", kind="input", id=3, object={"supervision": "serial_4k7"})
    wait_for(lambda: plugin(nms, "-m", "inputs")[0] == CRITICAL, "the cut wire")
    text = plugin(nms, "-m", "inputs", "-v")[1]
    check("\nInput 3: has a faulty line" in text and "\nInput 1: well" in text, text)
    nms.rpc("object.change", kind="input", id=3, object={"supervision": "board"})
    wait_for(lambda: plugin(nms, "-m", "inputs")[0] == OK, "the mended wire")


def test_a_log_server_that_is_gone_is_critical(nms):
    nms.forward()
    wait_for(lambda: "1 log server, all well" in plugin(nms, "-m", "syslog")[1], "the log server")
    nms.hold("rsyslogd")
    wait_for(lambda: plugin(nms, "-m", "syslog")[0] == CRITICAL, "the log server to be missed", 30)
    check(plugin(nms, "-m", "health")[0] != OK, "all is healthy")
    nms.release("rsyslogd")
    wait_for(lambda: plugin(nms, "-m", "syslog")[0] == OK, "the log server", 30)


def test_thresholds_of_power_are_ranges(nms):
    check(plugin(nms, "-m", "power", "-c", "@0:50")[0] == CRITICAL, "inside is not bad")
    check(plugin(nms, "-m", "power", "-c", "60:")[0] == CRITICAL, "below is not bad")
    check(plugin(nms, "-m", "power", "-w", "1")[0] == WARNING, "above is not bad")
    for bad in ("ten", "20:10", ""):
        check(plugin(nms, "-m", "power", f"-w={bad}")[0] == UNKNOWN, f"'{bad}' is taken")
    check(plugin(nms, "-m", "doors", "-w", "1")[0] == UNKNOWN, "doors have no thresholds")


def test_what_cannot_be_checked_is_unknown(nms):
    status, text = plugin(nms, "-m", "doors", "-t", "3", port=9)
    check(status == UNKNOWN, text)
    check(plugin(nms, "-m", "doors", "-o", "9")[0] == UNKNOWN, "there is no door 9")
    check(plugin(nms, "-m", "dreams")[0] == UNKNOWN, "there is no such mode")
    check(plugin(nms, "-m", "doors", auth="/nonexistent")[0] == UNKNOWN, "no file of passwords")
    wrong = nms.write("wrong.conf", rig.contrib_auth(nms).replace(nms.password, "not the password"))
    check(plugin(nms, "-m", "doors", "-t", "3", auth=wrong)[0] == UNKNOWN, "the wrong password")


def test_an_agent_that_is_gone_is_unknown(nms):
    """snmpd answers then that there is no such object, which is not to be taken for well."""
    nms.hold("agent")
    for mode in MODES:
        status, text = wait_for(lambda mode=mode: (lambda one: one if one[0] else None)(
            plugin(nms, "-m", mode)), "the agent to be gone")
        check(status == UNKNOWN, f"{mode}: {text}")
    nms.release("agent")
    wait_for(lambda: plugin(nms, "-m", "doors")[0] == OK, "the agent", 30)


def test_no_password_is_on_a_command_line(nms):
    """The programs that it runs are replaced by one that writes down how it was called."""
    seen = os.path.join(nms.room, "seen")
    for name in ("snmpget", "snmpbulkwalk"):
        path = nms.write(f"bin/{name}", f"#!/bin/sh\nprintf '%s\\n' \"$*\" >>{seen}\n"
                         f"exec /usr/bin/{name} \"$@\"\n")
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
    path = f"{os.path.join(nms.room, 'bin')}:{os.environ['PATH']}"
    subprocess.run([PLUGIN, "-H", "127.0.0.1", "-p", str(nms.ports.snmp), "-m", "doors", "-a",
                    os.path.join(nms.snmp_dir, "snmp.conf")], check=True, capture_output=True,
                   env={**os.environ, "PATH": path})
    with open(seen, encoding="utf-8") as file:
        text = file.read()
    check(nms.password not in text and len(text.splitlines()) == 2, text)


def test_help_and_version_are_told(_):
    status, text = rig.said([PLUGIN, "--help"])
    check(status == 0 and "defSecurityName" in text and "--warning" in text, text)
    status, text = rig.said([PLUGIN, "--version"])
    check(status == 0 and re.match(r"check_cardea \d", text), text)


def test_icinga_takes_commands_and_services_and_runs_them(nms):
    data = nms.folder("icinga")
    results = os.path.join(data, "results")
    plugins = nms.folder("plugins")
    for program in (PLUGIN, CHECK_SNMP):
        os.symlink(program, os.path.join(plugins, os.path.basename(program)))
    config = nms.write("icinga2.conf", f"""\
include <itl>
include <plugins>
const PluginDir = "{plugins}"
const NodeName = "test"
include "{FOLDER}/cardea-commands.conf"
include "{FOLDER}/cardea-services.conf"
object CheckerComponent "checker" {{ }}
object PerfdataWriter "results" {{
  service_perfdata_path = "{results}"
  service_temp_path = "{results}.temp"
  host_perfdata_path = "{results}.host"
  host_temp_path = "{results}.host.temp"
  rotation_interval = 1s
}}
object Host "controller" {{
  import "cardea-controller"
  check_command = "dummy"
  address = "127.0.0.1"
  check_interval = 1s
  vars.cardea_port = {nms.ports.snmp}
  vars.cardea_authfile = "{nms.snmp_dir}/snmp.conf"
  vars.snmpv3_port = {nms.ports.snmp}
  vars.snmpv3_user = "demo"
  vars.snmpv3_auth_alg = "SHA-256"
  vars.snmpv3_auth_key = "{nms.password}"
  vars.snmpv3_priv_key = "{nms.password}"
}}
apply Service for (name in ["alarms", "control"]) {{
  display_name = name
  check_interval = 1s
  check_command = "cardea-snmp-" + name
  assign where true
}}
""")
    words = [ICINGA, "daemon", "-c", config, *(f"-D{name}={data}" for name in (
        "DataDir", "LogDir", "CacheDir", "SpoolDir", "InitRunDir")),
        f"-DPidPath={data}/pid", f"-DVarsPath={data}/vars", f"-DObjectsPath={data}/objects",
        f"-DStatePath={data}/state", f"-DModAttrPath={data}/modified"]
    if os.getuid() == 0:
        words += ["-DRunAsUser=root", "-DRunAsGroup=root"]
    status, text = rig.said([*words, "-C"])
    check(status == 0 and "12 Services" in text, text)
    nms.add("icinga", words)

    def checked():
        found = set()
        for name in os.listdir(data):
            if re.match(r"results\.\d", name):
                with open(os.path.join(data, name), encoding="utf-8") as file:
                    found |= set(re.findall(r"SERVICEDESC::([\w-]+)\t.*SERVICESTATE::OK",
                                            file.read()))
        return found == {f"cardea-{mode}" for mode in MODES} | {"alarms", "control"}
    wait_for(checked, "every service to be checked by Icinga", 60)


rig.run(__name__)
