#!/usr/bin/env python3
"""contrib/opennms: what OpenNMS's schemas demand of events and data collection, and what it would
make of the notifications that a real controller sends.

OpenNMS is in no Debian package, so its rules are written down here as its documentation has them.
"""
import os
import re
import xml.etree.ElementTree as ElementTree

import rig
from rig import check, wait_for
from nms import watch  # noqa: E402

XMLLINT, _ = rig.need("xmllint", "snmptrapd")
EVENTS = os.path.join(rig.CONTRIB, "opennms", "Cardea.events.xml")
COLLECTION = os.path.join(rig.CONTRIB, "opennms", "cardea-datacollection.xml")
SPACE = "{http://xmlns.opennms.org/xsd/eventconf}"
COLLECTED = "{http://xmlns.opennms.org/xsd/config/datacollection}"
SEVERITIES = {"Critical", "Major", "Minor", "Warning", "Normal", "Cleared", "Indeterminate"}
TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"


def events():
    return ElementTree.parse(EVENTS).getroot().findall(SPACE + "event")


def text(event, name):
    return event.find(SPACE + name).text


def mask(event):
    return {one.find(SPACE + "mename").text: one.find(SPACE + "mevalue").text
            for one in event.iter(SPACE + "maskelement")}


class OpenNms:
    """The part of its event and alarm daemons that these files configure."""

    def __init__(self):
        self.alarms, self.logged = {}, []

    def take(self, varbinds):
        """A notification: a list of (oid, value) without sysUpTime and snmpTrapOID."""
        oid, values = varbinds[0], [value for _, value in varbinds[1:]]
        *enterprise, zero, specific = oid.split(".")
        check(zero == "0", oid)
        [event] = [one for one in events() if mask(one) == {
            "id": "." + ".".join(enterprise), "generic": "6", "specific": specific}]
        uei = text(event, "uei")

        def expand(template):
            template = template.replace("%uei%", uei).replace("%dpname%", "")
            template = template.replace("%nodeid%", "7")
            return re.sub(r"%parm\[#(\d+)\]%", lambda found: values[int(found[1]) - 1], template)
        self.logged.append((text(event, "severity"), expand(text(event, "logmsg"))))
        alarm = event.find(SPACE + "alarm-data")
        if alarm is not None and alarm.get("alarm-type") == "1":
            self.alarms[expand(alarm.get("reduction-key"))] = text(event, "severity")
        elif alarm is not None:
            self.alarms.pop(expand(alarm.get("clear-key")), None)


def received(nms):
    """Notifications as snmptrapd has handed them over: [[trap's OID, (oid, value)...]]."""
    try:
        with open(nms.received, encoding="utf-8") as file:
            blocks = file.read().split("\n\n")
    except FileNotFoundError:
        return []
    found = []
    for block in blocks:
        pairs = re.findall(r'^\.([\d.]+) "?(.*?)"?$', block, re.M)
        trap = next((value for oid, value in pairs if oid == TRAP_OID), None)
        if trap:
            found.append([trap.lstrip("."), *((oid, value) for oid, value in pairs
                                              if oid.startswith("1.3.6.1.4.1.32473."))])
    return found


def test_both_files_are_well_formed_and_in_their_shape(_):
    for path in (EVENTS, COLLECTION):
        status, said = rig.said([XMLLINT, "--noout", path])
        check(status == 0, said)
    order = ["mask", "uei", "event-label", "descr", "logmsg", "severity", "alarm-data"]
    for event in events():
        names = [one.tag.removeprefix(SPACE) for one in event]
        check(names in (order, order[:-1]), names)
        check(text(event, "severity") in SEVERITIES, text(event, "severity"))
        check(event.find(SPACE + "logmsg").get("dest") == "logndisplay", text(event, "uei"))
    every = [text(event, "uei") for event in events()]
    check(len(set(every)) == len(every) > 100, f"{len(every)} events")


def test_every_alarm_is_raised_by_one_event_and_cleared_by_another(_):
    raised, cleared = {}, {}
    for event in events():
        alarm = event.find(SPACE + "alarm-data")
        if alarm is None:
            continue
        key = alarm.get("reduction-key").replace("%uei%", text(event, "uei"))
        if alarm.get("alarm-type") == "1":
            raised[key] = event
        else:
            cleared[alarm.get("clear-key")] = event
    check(raised.keys() == cleared.keys() and len(raised) > 25, raised.keys() ^ cleared.keys())
    check(all(text(event, "severity") == "Normal" for event in cleared.values()), "a bad end")
    check(all(text(event, "severity") != "Normal" for event in raised.values()), "a good alarm")


def test_a_forced_door_is_an_alarm_that_its_end_clears(nms):
    nms.received = os.path.join(nms.room, "received")
    script = nms.write("receive", f"#!/bin/sh\nprintf '%s\\n\\n' \"$(cat)\" >>{nms.received}\n", 0o700)
    nms.start_trapd(script, options="outputOption ne")
    nms.force(1)
    second = nms.force(2)
    first_end = nms.close(1)

    def taken():
        opennms = OpenNms()
        for one in received(nms):
            opennms.take(one)
        return opennms
    opennms = wait_for(lambda: (lambda one: one if ("Normal", first_end["text"]) in one.logged
                                else None)(taken()), "the notifications", 30)
    check(("Critical", second["text"]) in opennms.logged, opennms.logged)
    alarms = [key for key in opennms.alarms if "cardeaDoorForced" in key]
    check(len(alarms) == 1, f"one door is forced open: {alarms}")
    end = nms.close(2)
    wait_for(lambda: ("Normal", end["text"]) in taken().logged, "the end", 30)
    check(not taken().alarms, taken().alarms)


def test_what_is_collected_is_there_and_its_names_fit(nms):
    root = ElementTree.parse(COLLECTION).getroot()
    kinds = {one.get("name") for one in root.findall(COLLECTED + "resourceType")}
    groups = {one.get("name"): one for one in root.findall(COLLECTED + "group")}
    included = [one.text for one in root.iter(COLLECTED + "includeGroup")]
    check(included == list(groups), "a group is not collected")
    aliases = []
    for group in groups.values():
        for one in group:
            check(one.get("instance") in kinds | {"0"}, one.attrib)
            if one.get("type") != "string":
                aliases.append(one.get("alias"))
                check(len(one.get("alias")) <= 19, f"{one.get('alias')} is too long for RRD")
            if one.get("instance") not in watch.MAY_BE_EMPTY:
                out = nms.snmp("snmpgetnext", one.get("oid"))
                check(out.startswith(one.get("oid") + "."), f"{one.attrib}: {out}")
    check(len(set(aliases)) == len(aliases), "an alias is used twice")


rig.run(__name__)
