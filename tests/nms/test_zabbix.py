#!/usr/bin/env python3
"""contrib/zabbix in a real Zabbix 6.0: the template is imported, everything is discovered, items
arrive, and a forced door is a problem until it is closed.
"""
import os

import rig
from rig import check, wait_for

SERVER, _, _ = rig.need("zabbix_server", "php", "/usr/lib/postgresql/15/bin/postgres")
rig.need("/usr/share/zabbix/api_jsonrpc.php")

import zabbix_server  # noqa: E402

TEMPLATE = "Cardea by SNMP"
RULES = {kind: {"createMissing": True, "updateExisting": True} for kind in
         ("templates", "items", "triggers", "graphs", "valueMaps", "discoveryRules")} | {
             "groups": {"createMissing": True}}
# Zabbix's numbers of SNMPv3's words.
AUTH_PRIV, SHA256, AES128 = 2, 3, 1


def items(nms, **more):
    """{key: item} of the host."""
    found = nms.zabbix.call("item.get", hostids=nms.host, output=["key_", "lastvalue", "lastclock",
                                                                  "state", "error", "name"], **more)
    return {one["key_"]: one for one in found}


def problems(nms):
    """{name: severity} of what is a problem now."""
    return {one["name"]: one["severity"] for one in
            nms.zabbix.call("problem.get", hostids=nms.host, output=["name", "severity"])}


def test_the_template_is_imported_twice_without_a_word(nms):
    nms.zabbix = zabbix_server.Zabbix(nms, SERVER)
    nms.zabbix.start()
    text = rig.contrib("zabbix", "cardea-6.0.yaml")
    for _ in range(2):
        check(nms.zabbix.call("configuration.import", format="yaml", source=text, rules=RULES),
              "refused")
    [template] = nms.zabbix.call("template.get", filter={"host": TEMPLATE},
                                 selectDiscoveries="count", selectItems="count",
                                 selectTriggers="count", selectGraphs="count",
                                 selectValueMaps=["name"])
    check(template["discoveries"] == "9", template)
    check(int(template["items"]) >= 20 and int(template["triggers"]) >= 10, template)
    nms.template = template["templateid"]


def test_doors_readers_and_branches_are_discovered_and_their_items_arrive(nms):
    call = nms.zabbix.call
    [group] = call("hostgroup.create", name="Doors")["groupids"]
    nms.host = call(
        "host.create", host="controller", groups=[{"groupid": group}],
        templates=[{"templateid": nms.template}],
        interfaces=[{"type": 2, "main": 1, "useip": 1, "ip": "127.0.0.1", "dns": "",
                     "port": str(nms.ports.snmp), "details": {
                         "version": 3, "bulk": 1, "securityname": "demo",
                         "securitylevel": AUTH_PRIV, "authprotocol": SHA256,
                         "authpassphrase": nms.password, "privprotocol": AES128,
                         "privpassphrase": nms.password}}],
        macros=[{"macro": "{$CARDEA.INTERVAL}", "value": "2s"},
                {"macro": "{$CARDEA.INTERVAL.SELDOM}", "value": "5s"},
                {"macro": "{$CARDEA.DISCOVERY}", "value": "5s"}])["hostids"][0]
    state = nms.snapshot()

    def count(kind):
        return sum(key.startswith(kind + ".") and bool(value) for key, value in state.items())

    wanted = {"door.alarm.state": 4, "reader.answers": count("reader"),
              "input.state": count("input"), "output.active": count("output"),
              "rail.voltage": count("rail"), "source.state": 5}

    def arrived():
        found = [key for key, one in items(nms).items() if int(one["lastclock"])]
        return all(sum(key.startswith(f"cardea.{name}[") for key in found) == number
                   for name, number in wanted.items())
    wait_for(arrived, "the discovered items", 60)
    found = items(nms)
    check(found["cardea.door.alarm.state[1]"]["name"] == "Door Door 1: alarm state",
          found["cardea.door.alarm.state[1]"])
    check(found["cardea.door.position.state[4]"]["lastvalue"] == "3", "door 4 is not closed")
    check(found["cardea.reader.answers[8]"]["lastvalue"] == "1", "reader 8 does not answer")
    check(float(found["cardea.rail.voltage[3]"]["lastvalue"]) == 12, "readers have no 12 V")
    check(found["cardea.powered.by"]["lastvalue"] == "3", found["cardea.powered.by"])


def test_no_item_is_refused(nms):
    def bad():
        return {key: one["error"] for key, one in items(nms, filter={"state": "1"}).items()}

    wait_for(lambda: all(int(one["lastclock"]) for key, one in items(nms).items()
                         if key.startswith("cardea.") and "count" not in key), "every item", 30)
    check(not bad(), bad())
    rules = nms.zabbix.call("discoveryrule.get", hostids=nms.host, output=["name", "state", "error"])
    check(all(one["state"] == "0" for one in rules), rules)
    check(not problems(nms), f"there are problems already: {problems(nms)}")


def test_a_forced_door_is_a_problem_until_it_is_closed(nms):
    nms.force(2)
    found = wait_for(lambda: problems(nms).get("Door 2 was forced open"), "the problem", 30)
    check(found == "4", f"severity {found}")
    check("Door 1 was forced open" not in problems(nms), "it is a problem of another door")
    nms.close(2)
    wait_for(lambda: "Door 2 was forced open" not in problems(nms), "the end of the problem", 30)
    check("Door 2 was forced open within the last ten minutes" in problems(nms),
          f"nothing is left to see: {problems(nms)}")


def test_a_reader_that_is_unplugged_is_a_problem(nms):
    nms.board("reader", 5, "unplugged")
    wait_for(lambda: "Reader 5 does not answer" in problems(nms), "the problem", 30)
    nms.board("reader", 5, "plugged")
    wait_for(lambda: "Reader 5 does not answer" not in problems(nms), "its end", 30)


def test_notifications_arrive_at_the_host_and_at_their_door(nms):
    nms.start_trapd(os.path.join(rig.CONTRIB, "zabbix", "cardea-zabbix-trap"), nms.zabbix.traps)
    event = nms.force(3)

    def text_of(part):
        return next((one["lastvalue"] for key, one in items(nms).items()
                     if key.startswith("snmptrap") and part in key), "")
    wait_for(lambda: event["text"] in text_of('0[= ]+(\\w+: )?3\\b'), "door 3's notification", 30)
    check(event["text"] not in text_of('0[= ]+(\\w+: )?2\\b'), "it is at another door")
    wait_for(lambda: "cardea" in text_of("CARDEA-") or "32473" in text_of("CARDEA-"),
             "the host's notification", 30)
    nms.close(3)


def test_somebody_under_duress_is_a_problem_of_the_door(nms):
    """No state tells of it, and nobody at the door may see it: only a notification does."""
    event = nms.badge_under_duress(5)
    name = f"Door {event['data']['door']}: somebody was let in under duress"
    wait_for(lambda: problems(nms).get(name) == "4", f"the problem '{name}'", 30)


rig.run(__name__)
