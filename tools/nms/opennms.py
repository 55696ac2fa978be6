"""contrib/opennms: events with alarms of our notifications, and what is collected."""

import re
from xml.sax.saxutils import escape

from . import watch

HEADER = "<!-- Made by tools/contrib.py from the MIB modules: change those. -->\n"
UEI = "uei.opennms.org/vendor/cardea/traps/"
SEVERITIES = {"emergency": "Critical", "alert": "Critical", "critical": "Critical", "error": "Major",
              "warning": "Minor"}
# OpenNMS draws RRD data sources, whose names have 19 characters.
ALIAS_MAX = 19
# What a notification's alarm is known by: its id, where it carries one; else what it is about.
ALARM, SOURCE, TEXT = "cardeaEventAlarm", "cardeaEventSource", "cardeaEventText"


def element(depth, name, text="", **attributes):
    words = "".join(f' {key.replace("_", "-")}="{escape(value, {chr(34): "&quot;"})}"'
                    for key, value in attributes.items())
    return "  " * depth + (f"<{name}{words}>{escape(text)}</{name}>\n" if text
                           else f"<{name}{words}/>\n")


def place(one, name):
    return one.objects.index(name) + 1


def key(one):
    """What is the same in raise and clear: the node, and the alarm."""
    known_by = ALARM if ALARM in one.objects else SOURCE
    return f"%dpname%:%nodeid%:%parm[#{place(one, known_by)}]%"


def alarm_data(one, raises):
    """Raised by one kind of notification and cleared by another; what clears knows by what key."""
    if one.change == "raise":
        return element(2, "alarm-data", reduction_key=f"%uei%:{key(one)}", alarm_type="1",
                       auto_clean="false")
    if one.change == "clear":
        [raised] = raises
        return element(2, "alarm-data", reduction_key=f"%uei%:{key(one)}", alarm_type="2",
                       clear_key=f"{UEI}{raised.name}:{key(raised)}", auto_clean="false")
    return ""


def event(one, module, raises):
    *enterprise, zero, specific = one.oid
    assert zero == 0, f"{one.name}: SMIv2 has a zero before the last number"
    mask = "".join(f"      <maskelement>\n  {element(3, 'mename', name)}"
                   f"  {element(3, 'mevalue', value)}      </maskelement>\n"
                   for name, value in (("id", "." + ".".join(map(str, enterprise))),
                                       ("generic", "6"), ("specific", str(specific))))
    text = f"%parm[#{place(one, TEXT)}]%" if TEXT in one.objects else one.text
    described = f"<p>{one.text}</p><table>" + "".join(
        f"<tr><td>{name}</td><td>%parm[#{number}]%</td></tr>"
        for number, name in enumerate(one.objects, 1)) + "</table>"
    return (f"  <event>\n    <mask>\n{mask}    </mask>\n"
            + element(2, "uei", UEI + one.name)
            + element(2, "event-label", f"{module}: {one.name}")
            + element(2, "descr", described)
            + element(2, "logmsg", text, dest="logndisplay")
            + element(2, "severity", SEVERITIES.get(one.severity, "Normal"))
            + alarm_data(one, raises) + "  </event>\n")


def events(mib):
    raises = {alarm: raising for alarm, raising, _ in mib.pairs()}
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + HEADER
            + '<events xmlns="http://xmlns.opennms.org/xsd/eventconf">\n'
            + "".join(event(one, one.module, raises.get(one.alarm, []))
                      for one in mib.notifications.values()) + "</events>\n")


def alias(name):
    return ("cd" + name.removeprefix("cardea"))[:ALIAS_MAX]


def kind(one):
    return "string" if one.is_text else "counter" if one.is_counter else "gauge"


def objects(mib, table):
    return [one for one in mib.watched(table) if not one.is_date]


def collected(mib):
    made = ('<?xml version="1.0" encoding="UTF-8"?>\n' + HEADER + '<datacollection-group '
            'xmlns="http://xmlns.opennms.org/xsd/config/datacollection" name="Cardea">\n')
    strategy = "org.opennms.netmgt.collection.support."
    for table in watch.TABLES:
        made += (f'  <resourceType name="{table.prefix}" label="Cardea {table.thing.lower()}" '
                 f'resourceLabel="{"${" + table.label + "}" if table.label else table.thing}'
                 f'{"" if table.label else " ${index}"}">\n'
                 f'    <persistenceSelectorStrategy class="{strategy}PersistAllSelectorStrategy"/>\n'
                 f'    <storageStrategy class="{strategy}IndexStorageStrategy"/>\n'
                 '  </resourceType>\n')
    groups = [("cardea-device", "ignore", [
        (mib.objects[name], "0") for name in watch.SCALARS])]
    groups += [(f"cardea-{table.thing.lower()}", "all",
                [(one, table.prefix) for one in mib.columns(table.prefix)
                 if one.name == table.label] + [(one, table.prefix)
                                                for one in objects(mib, table)])
               for table in watch.TABLES]
    for name, interface, members in groups:
        made += f'  <group name="{name}" ifType="{interface}">\n'
        for one, instance in members:
            short = one.name if any(one.name == table.label for table in watch.TABLES) else \
                alias(one.name)
            made += element(2, "mibObj", oid="." + one.dotted, instance=instance, alias=short,
                            type=kind(one))
        made += "  </group>\n"
    return (made + '  <systemDef name="Cardea door controller">\n'
            '    <sysoidMask>.1.3.6.1.4.1.32473.1.</sysoidMask>\n    <collect>\n'
            + "".join(element(3, "includeGroup", name) for name, *_ in groups)
            + "    </collect>\n  </systemDef>\n</datacollection-group>\n")


def files(_, mib):
    return {"opennms/Cardea.events.xml": events(mib),
            "opennms/cardea-datacollection.xml": re.sub(r"[ \t]+$", "", collected(mib),
                                                        flags=re.M)}
