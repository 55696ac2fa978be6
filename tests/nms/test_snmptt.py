#!/usr/bin/env python3
"""contrib/snmptt with a real snmptrapd and a real SNMPTT: a forced door is a line with its severity,
its end another one.
"""
import os
import re

import rig
from rig import check, wait_for

SNMPTT, _ = rig.need("snmptt", "snmptrapd")
INI = "/etc/snmp/snmptt.ini"
rig.need(INI)


def lines(nms):
    """[(name, severity, text)] of what SNMPTT has logged."""
    try:
        with open(nms.tt_log, encoding="utf-8") as file:
            return re.findall(r' (Normal|\w+) "Status Events" \S+ - (.*)$', file.read(), re.M)
    except FileNotFoundError:
        return []


def configure(nms):
    """Debian's own snmptt.ini with other files, and the example of snmptrapd.conf with the lines of
    this run.
    """
    with open(INI, encoding="utf-8") as file:
        text = file.read()
    nms.tt_log = os.path.join(nms.room, "snmptt.log")
    ours = os.path.join(rig.CONTRIB, "snmptt", "snmptt.conf.cardea")
    for name, value in (("log_file", nms.tt_log), ("syslog_enable", "0"),
                        ("syslog_system_enable", "0"), ("mode", "standalone"),
                        ("log_system_file", os.path.join(nms.room, "system.log"))):
        text = re.sub(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.M)
    text = re.sub(r"(^snmptt_conf_files = <<END\n).*?(^END)", rf"\1{ours}\n\2", text,
                  flags=re.M | re.S)
    check(ours in text, "snmptt.ini has no list of files")
    ini = nms.write("snmptt.ini", text)
    config = rig.contrib("snmptt", "snmptrapd.conf")
    config = re.sub(r"^(createUser|authUser) .*\n", "", config, flags=re.M)
    config = config.replace("udp:162,udp6:162", f"udp:127.0.0.1:{nms.trap_port}")
    config = config.replace("#authCommunity log,execute CHANGE-ME-COMMUNITY",
                            f"authCommunity log,execute {nms.community}")
    config = config.replace("/usr/sbin/snmptthandler", f"{SNMPTT} --ini={ini}")
    check("CHANGE-ME" not in re.sub(r"#.*", "", config), "a placeholder is left")
    return config


def test_a_forced_door_is_logged_with_its_severity_and_its_end(nms):
    nms.start_trapd(config=configure(nms))
    event = nms.force(1)
    wait_for(lambda: ("CRITICAL", f"door.forced: {event['text']}") in lines(nms), "the line", 30)
    event = nms.close(1)
    wait_for(lambda: ("Normal", f"door.forced_cleared: {event['text']}") in lines(nms),
             "the line of its end", 30)


def test_a_warning_is_one(nms):
    nms.badge_unknown()
    wait_for(lambda: any(severity == "WARNING" and text.startswith("access.unknown: ")
                         for severity, text in lines(nms)), "an unknown card", 30)


rig.run(__name__)
