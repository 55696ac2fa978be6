#!/usr/bin/env python3
"""contrib/prometheus with Debian's snmp_exporter and Prometheus: what is scraped is what the doors
do, every alert fires for what it is about, and every panel of the dashboard has something to show.
"""
import json
import os
import re
import sys
import urllib.parse

import rig
from rig import check, wait_for

EXPORTER, PROMETHEUS, PROMTOOL = rig.need("prometheus-snmp-exporter", "prometheus", "promtool")
RULES = os.path.join(rig.CONTRIB, "prometheus", "cardea.rules.yml")
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(rig.SOURCE, "tools"))

import yaml  # noqa: E402
from nms import mib, prometheus, watch  # noqa: E402


def scrape(nms):
    """{metric with its labels: value}, as Prometheus would see it; None while it cannot be had."""
    text = rig.ask(f"{nms.exporter}/snmp?module=cardea&target={nms.target}")
    return dict(line.rsplit(" ", 1) for line in text.splitlines()
                if not line.startswith("#")) if text else None


def values(metrics, name, **labels):
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    return [float(value) for key, value in metrics.items()
            if key.partition("{")[0] == name and all(one in key for one in wanted)]


def query(nms, expression):
    answer = rig.ask_json(f"{nms.prometheus}/api/v1/query?query="
                          + urllib.parse.quote(expression))
    return answer["data"]["result"] if answer else []


def firing(nms):
    """{alert: summary} of what fires."""
    answer = rig.ask_json(f"{nms.prometheus}/api/v1/alerts")
    return {one["labels"]["alertname"]: one["annotations"]["summary"]
            for one in answer["data"]["alerts"] if one["state"] == "firing"} if answer else {}


def test_the_exporter_shows_doors_readers_and_branches(nms):
    config = rig.contrib("prometheus", "snmp.yml")
    check(config.count(rig.PLACEHOLDER) == 2, "the places of the password are not in snmp.yml")
    config = config.replace("username: initial", "username: demo").replace(rig.PLACEHOLDER,
                                                                           nms.password)
    port = rig.free_port()
    nms.exporter = f"http://127.0.0.1:{port}"
    nms.add("exporter", [EXPORTER, f"--config.file={nms.write('snmp.yml', config)}",
                         f"--web.listen-address=127.0.0.1:{port}"])
    metrics = wait_for(lambda: scrape(nms), "the exporter")
    for door in range(1, 5):
        name = f"Door {door}"
        check(values(metrics, "cardeaDoorAlarmState", cardeaDoorName=name,
                     cardeaDoorAlarmState="normal") == [1], f"{name} is not normal")
        check(values(metrics, "cardeaDoorPositionState", cardeaDoorName=name,
                     cardeaDoorPositionState="closed") == [1], f"{name} is not closed")
    readers = values(metrics, "cardeaReaderAnswers")
    check(readers == [1] * 8, f"readers answer: {readers}")
    check(values(metrics, "cardeaReaderAnswers", cardeaReaderIndex="3",
                 cardeaDoorName="Door 2"), "reader 3 is not one of Door 2")
    state = nms.snapshot()
    rails = [value for key, value in state.items() if key.startswith("rail.")]
    check(len(values(metrics, "cardeaRailVoltage")) == len(rails), "not every branch is there")
    check(12000 in values(metrics, "cardeaRailVoltage", cardeaRailName="Supply of readers"),
          "readers have no 12 V")
    check(values(metrics, "cardeaLogHead")[0] > 0, "the log has no head")


def test_a_command_is_not_scraped(nms):
    check(not values(scrape(nms), "cardeaDoorCommand"), "commands are scraped")


def test_prometheus_fires_for_a_forced_door_until_it_is_closed(nms):
    port = rig.free_port()
    nms.prometheus = f"http://127.0.0.1:{port}"
    exporter = nms.exporter.removeprefix("http://")
    config = nms.write("prometheus.yml", f"""\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{RULES}]
scrape_configs:
  - job_name: cardea
    metrics_path: /snmp
    params: {{module: [cardea]}}
    static_configs: [{{targets: ['{nms.target}']}}]
    relabel_configs:
      - {{source_labels: [__address__], target_label: __param_target}}
      - {{source_labels: [__param_target], target_label: instance}}
      - {{target_label: __address__, replacement: '{exporter}'}}
""")
    nms.add("prometheus", [PROMETHEUS, f"--config.file={config}",
                           f"--storage.tsdb.path={nms.folder('tsdb')}",
                           f"--web.listen-address=127.0.0.1:{port}"])
    wait_for(lambda: query(nms, 'up{job="cardea"} == 1'), "the first scrape")
    check(not firing(nms), f"something fires already: {firing(nms)}")
    nms.force(1)
    wait_for(lambda: values(scrape(nms), "cardeaDoorAlarmState", cardeaDoorName="Door 1",
                            cardeaDoorAlarmState="forcedOpen") == [1], "the exporter to see it")
    summary = wait_for(lambda: firing(nms).get("CardeaDoorForced"), "the alert")
    check(summary == f"{nms.target}: Door 1 was forced open", summary)
    nms.close(1)
    wait_for(lambda: "CardeaDoorForced" not in firing(nms), "the end of the alert")


def test_every_panel_of_the_dashboard_has_something_to_show(nms):
    dashboard = json.loads(rig.contrib("prometheus", "cardea-dashboard.json"))
    names = [one["name"] for one in dashboard["templating"]["list"]]
    check(names == ["datasource", "instance"], names)
    panels = [one for one in dashboard["panels"] if one["type"] != "row"]
    check(len(panels) >= 20, f"{len(panels)} panels")
    nms.badge_unknown()
    for panel in panels:
        check(panel["datasource"]["uid"] == "${datasource}", panel["title"])
        for target in panel["targets"]:
            expression = target["expr"].replace("$instance", ".*")
            if any(empty in expression for empty in watch.MAY_BE_EMPTY):
                continue
            wait_for(lambda ask=expression: query(nms, ask), f"{panel['title']}: {expression}")
    ids = [one["id"] for one in dashboard["panels"]]
    check(len(set(ids)) == len(ids), "panels share an id")


def test_every_problem_is_an_alert(nms):
    """Each value that is a problem, one after another, by promtool: its alert fires and no other."""
    modules = mib.Mib(rig.SOURCE)
    tests = []
    for table, one in watch.problems():
        known = modules.objects[one.object]
        labels = f'instance="c",{table.label or "row"}="D"' if table else 'instance="c"'
        for value in one.values:
            if prometheus.is_state(known):
                series = [(f'{one.object}{{{labels},{one.object}="{value}"}}', "1x5")]
            else:
                series = [(f"{one.object}{{{labels}}}", f"{known.values[value]}x5")]
            tests.append({"interval": "1m", "input_series": [
                {"series": name, "values": numbers} for name, numbers in series],
                "promql_expr_test": [{
                    "expr": 'sum by (alertname) (ALERTS{alertstate="firing"})',
                    "eval_time": "3m", "exp_samples": [
                        {"labels": f'{{alertname="Cardea{one.alert}"}}', "value": 1}]}]})
    check(len(tests) >= 25, f"only {len(tests)} problems")
    path = nms.write("every.test.yml", yaml.safe_dump(
        {"rule_files": [RULES], "evaluation_interval": "1m", "tests": tests}))
    status, text = rig.said([PROMTOOL, "test", "rules", path])
    check(status == 0, text[:2000])


def test_rules_pass_promtool_and_their_own_tests(nms):
    status, text = rig.said([PROMTOOL, "check", "rules", RULES])
    check(status == 0, text)
    with open(os.path.join(HERE, "cardea.rules.test.yml"), encoding="utf-8") as file:
        path = nms.write("cardea.rules.test.yml", file.read().replace("@RULES@", RULES))
    status, text = rig.said([PROMTOOL, "test", "rules", path])
    check(status == 0, text[:2000])


def test_the_variant_for_newer_exporters_asks_the_same(_):
    old = yaml.safe_load(rig.contrib("prometheus", "snmp.yml"))["cardea"]
    new = yaml.safe_load(rig.contrib("prometheus", "snmp-0.23.yml"))
    check(new["modules"]["cardea"]["metrics"] == old["metrics"], "other metrics")
    check(new["modules"]["cardea"]["walk"] == old["walk"], "another walk")
    check(new["auths"]["cardea"] == {**old["auth"], "version": 3}, "another user")
    check(not re.search("auth|version", " ".join(new["modules"]["cardea"])), "auth in the module")


rig.run(__name__)
