"""contrib/prometheus/cardea-dashboard.json: a Grafana dashboard over what snmp_exporter delivers."""

import json
import re

from . import prometheus, watch

COLOURS = {watch.CRITICAL: "red", watch.MAJOR: "orange", watch.WARNING: "yellow",
           watch.INFO: "blue"}
THIS = 'instance=~"$instance"'
# Of each table, what is drawn as a band of states over time; of some, what is drawn as a curve:
# (object, factor, unit of Grafana).
BANDS = ["cardeaDoorAlarmState", "cardeaDoorModeState", "cardeaDoorPositionState",
         "cardeaReaderSecurity", "cardeaReaderAnswers", "cardeaInputState", "cardeaOutputActive",
         "cardeaSourceState", "cardeaRailState", "cardeaModuleAnswers",
         "cardeaFloorState", "cardeaServerState"]
CURVES = [("cardeaSourcePower", 0.001, "watt"), ("cardeaSourceVoltage", 0.001, "volt"),
          ("cardeaRailCurrent", 0.001, "amp"), ("cardeaRailVoltage", 0.001, "volt"),
          ("cardeaReaderReplyDelayP99", 0.000001, "s"), ("cardeaServerLag", 1, "short")]
RATES = [("cardeaDoorGrantedCount", "Granted"), ("cardeaDoorDeniedCount", "Denied"),
         ("cardeaReaderTimeouts", "Polls not answered"), ("cardeaReaderErrors", "Malformed frames")]


def words(name, prefix):
    """'cardeaDoorAlarmState' is 'Door alarm state'."""
    rest = re.sub(r"([A-Z][a-z]*\d*)", r" \1", name.removeprefix("cardea")).strip().lower()
    return rest.capitalize() if prefix else rest


def only(name, more=""):
    return f"{name}{{{THIS}{',' + more if more else ''}}}"


def label_of(mib, table):
    return table.label or mib.index_of(table.prefix)[0]


def colours(name):
    """{value: colour} of the values that are a problem."""
    return {value: COLOURS[one.severity] for _, one in watch.problems() if one.object == name
            for value in one.values}


def mappings(mib, name):
    bad = colours(name)
    return [{"type": "value", "options": {
        str(number): {"text": value, "index": place,
                      "color": bad.get(value, "green" if bad else "text")}
        for place, (value, number) in enumerate(mib.objects[name].values.items())}}]


def as_number(mib, name, by=""):
    """The state as its number in the MIB, whatever snmp_exporter makes of it."""
    one = mib.objects[name]
    if not prometheus.is_state(one):
        return only(name)
    around = f"max by (instance, {by}) " if by else "max by (instance) "
    return " or ".join(f'{around}({only(name, f"{name}={chr(34)}{value}{chr(34)}")} == 1) * {number}'
                       for value, number in one.values.items())


class Board:
    """Panels from left to right and from top to bottom, 24 columns wide."""

    def __init__(self):
        self.panels, self.x, self.y, self.tallest = [], 0, 0, 0

    def place(self, width, height):
        if self.x + width > 24:
            self.x, self.y, self.tallest = 0, self.y + self.tallest, 0
        at = {"x": self.x, "y": self.y, "w": width, "h": height}
        self.x, self.tallest = self.x + width, max(self.tallest, height)
        return at

    def add(self, kind, title, targets, width, height, more=None, **defaults):
        source = {"type": "prometheus", "uid": "${datasource}"}
        self.panels.append({
            "id": len(self.panels) + 1, "type": kind, "title": title, "datasource": source,
            "gridPos": self.place(width, height), "targets": [
                {"refId": chr(ord("A") + place), "datasource": source, "expr": expression,
                 "legendFormat": legend, **(more or {}).get("target", {})}
                for place, (expression, legend) in enumerate(targets)],
            "fieldConfig": {"defaults": defaults, "overrides": []},
            **{key: value for key, value in (more or {}).items() if key != "target"}})

    def row(self, title):
        self.x, self.y, self.tallest = 0, self.y + self.tallest, 1
        self.panels.append({"id": len(self.panels) + 1, "type": "row", "title": title,
                            "collapsed": False, "panels": [], "gridPos": self.place(24, 1)})


def overview(board, mib):
    board.row("Controller")
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 1}]
    board.add("stat", "Active alarms", [(only("cardeaActiveAlarms"), "{{instance}}")], 4, 4,
              thresholds={"mode": "absolute", "steps": steps})
    for name, title in (("cardeaControlAnswers", "Door control answers"),
                        ("cardeaBoardAnswers", "Board answers"),
                        ("cardeaPowerIsLow", "Power runs short")):
        board.add("stat", title, [(only(name), "{{instance}}")], 4, 4, mappings=mappings(mib, name))
    board.add("stat", "Health", [(as_number(mib, "cardeaWorstHealth"), "{{instance}}")], 4, 4,
              mappings=mappings(mib, "cardeaWorstHealth"))
    board.add("stat", "Powered by", [(as_number(mib, "cardeaPoweredBy"), "{{instance}}")], 4, 4,
              mappings=mappings(mib, "cardeaPoweredBy"))
    _, head, follower, *_ = watch.LAG
    board.add("timeseries", "Log lag: notifications that wait",
              [(f"{only(head)} - {only(follower)}", "{{instance}}")], 8, 7, unit="short")
    board.add("timeseries", "Followers of the log that are behind", [
        (only("cardeaFollowerLag"), "{{cardeaFollowerName}} {{instance}}")], 8, 7, unit="short")
    board.add("timeseries", "Alarms that stand", [
        (only(f"cardeaAlarm{severity}Count"), f"{severity.lower()} {{{{instance}}}}")
        for severity in ("Critical", "Major", "Minor", "Warning")], 8, 7, unit="short")
    board.add("timeseries", "Denied a minute, by reason", [
        (f"sum by (instance, cardeaDeniedReasonText) (rate({only('cardeaDeniedCount')}[5m])) * 60",
         "{{cardeaDeniedReasonText}} {{instance}}")], 8, 7, unit="short")
    board.add("timeseries", "Power used of what there is", [
        (f"{only('cardeaPowerUsed')} * 0.001", "used {{instance}}"),
        (f"{only('cardeaPowerCapacity')} * 0.001", "there is {{instance}}")], 8, 7, unit="watt")
    board.add("timeseries", "Temperature", [(f"{only('cardeaTemperature')} * 0.001",
                                             "{{instance}}")], 8, 7, unit="celsius")


def rows(board, mib, table):
    label = label_of(mib, table)
    legend = f"{table.thing} {{{{{label}}}}}" if not table.label else f"{{{{{label}}}}}"
    names = [one.name for one in mib.columns(table.prefix)]
    board.row({"Supply": "Power supplies", "Branch": "Power branches"}.get(table.thing,
                                                                          table.thing + "s"))
    for name in BANDS:
        if name in names:
            board.add("state-timeline", words(name, True), [(as_number(mib, name, label), legend)],
                      12, 8, {"options": {"mergeValues": True, "showValue": "auto"}},
                      mappings=mappings(mib, name))
    for name, factor, unit in CURVES:
        if name in names:
            board.add("timeseries", words(name, True), [(f"{only(name)} * {factor}", legend)],
                      12, 8, unit=unit)
    for name, title in RATES:
        if name in names:
            board.add("timeseries", f"{title} a minute", [
                (f"rate({only(name)}[5m]) * 60", legend)], 12, 7, unit="short")


def variables():
    return [{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Source"},
            {"name": "instance", "type": "query", "label": "Controller", "multi": True,
             "includeAll": True, "refresh": 2,
             "datasource": {"type": "prometheus", "uid": "${datasource}"},
             "query": {"query": "label_values(cardeaActiveAlarms, instance)", "refId": "instance"},
             "definition": "label_values(cardeaActiveAlarms, instance)"}]


def files(_, mib):
    board = Board()
    overview(board, mib)
    for table in watch.TABLES:
        rows(board, mib, table)
    return {"prometheus/cardea-dashboard.json": json.dumps({
        "uid": "cardea-doors", "title": "Cardea door controllers", "tags": ["cardea", "snmp"],
        "schemaVersion": 37, "version": 1, "editable": True, "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"}, "timezone": "browser",
        "annotations": {"list": []}, "links": [], "templating": {"list": variables()},
        "panels": board.panels}, indent="\t") + "\n"}
