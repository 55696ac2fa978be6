"""What a management system watches, and what of it is wrong: one row a table, one row a problem.

Prometheus, Grafana, Zabbix and LibreNMS get what they show and alert about from here; names, types,
units and enumerations come from the MIB.
"""

from dataclasses import dataclass, field

CRITICAL, MAJOR, WARNING, INFO = "critical", "major", "warning", "info"


@dataclass
class Problem:
    """Some values of an object are a problem. {name} in text is what people call the row."""
    alert: str
    object: str
    values: tuple
    severity: str
    text: str


@dataclass
class Limit:
    """A number beyond which it is a problem, which an operator may move."""
    alert: str
    object: str
    above: int
    severity: str
    text: str


@dataclass
class Table:
    """prefix is what all its objects' names begin with; row names one row in texts, label is the
    object that has its name, if one has.
    """
    prefix: str
    thing: str
    row: str
    label: str = ""
    leave_out: tuple = ()
    problems: list = field(default_factory=list)


TABLES = [
    Table("cardeaDoor", "Door", "{name}", "cardeaDoorName", problems=[
        Problem("DoorForced", "cardeaDoorAlarmState", ("forcedOpen",), CRITICAL,
                "{name} was forced open"),
        Problem("DoorHeld", "cardeaDoorAlarmState", ("heldOpen",), WARNING,
                "{name} has been open for too long"),
        Problem("DoorContactFault", "cardeaDoorPositionState", ("fault",), MAJOR,
                "The contact of {name} is faulty"),
        Problem("DoorLockFault", "cardeaDoorLockState", ("fault",), CRITICAL,
                "The lock of {name} does not obey"),
        Problem("DoorLockedDown", "cardeaDoorModeState", ("lockedDown",), INFO,
                "{name} is locked down"),
        Problem("DoorLockedOpen", "cardeaDoorModeState", ("lockedOpen",), INFO,
                "{name} is locked open"),
    ]),
    Table("cardeaReader", "Reader", "Reader {index}", problems=[
        Problem("ReaderOffline", "cardeaReaderAnswers", ("false",), MAJOR,
                "{name} does not answer"),
        Problem("ReaderTampered", "cardeaReaderTampered", ("true",), CRITICAL,
                "{name} reports tampering"),
        Problem("ReaderRefused", "cardeaReaderSecurity", ("keyMismatch",), CRITICAL,
                "{name} is refused: it does not know its key"),
        Problem("ReaderUnencrypted", "cardeaReaderSecurity", ("clear", "noKey"), WARNING,
                "{name} is not encrypted or not paired"),
    ]),
    Table("cardeaInput", "Input", "{name}", "cardeaInputName", ("cardeaInputPoint",), [
        Problem("InputFault", "cardeaInputIsFaulty", ("true",), MAJOR,
                "The line of {name} is faulty"),
        Problem("InputDrifting", "cardeaInputDrifting", ("true",), WARNING,
                "The resistance of {name} drifts"),
    ]),
    Table("cardeaOutput", "Output", "{name}", "cardeaOutputName", ("cardeaOutputPoint",), [
        Problem("OutputFault", "cardeaOutputWorks", ("false",), MAJOR, "{name} does not work"),
    ]),
    Table("cardeaSource", "Supply", "{name}", "cardeaSourceName"),
    Table("cardeaRail", "Branch", "{name}", "cardeaRailName", problems=[
        Problem("RailFault", "cardeaRailState", ("overCurrent", "underVoltage"), CRITICAL,
                "{name} was switched off: too much current or too little voltage"),
        Problem("RailShed", "cardeaRailState", ("shed",), MAJOR,
                "{name} was switched off: the supply cannot feed it"),
    ]),
    Table("cardeaModule", "Module", "{name}", "cardeaModuleName", problems=[
        Problem("ModuleOffline", "cardeaModuleAnswers", ("false",), MAJOR,
                "{name} does not answer"),
        Problem("ModuleTampered", "cardeaModuleTampered", ("true",), CRITICAL,
                "{name} reports tampering"),
        Problem("ModulePowerFails", "cardeaModulePowerFails", ("true",), MAJOR,
                "{name} reports that its power fails"),
        Problem("ModuleRefused", "cardeaModuleSecurity", ("keyMismatch",), CRITICAL,
                "{name} is refused: it does not know its key"),
    ]),
]

# Scalars, in the order in which they are shown.
SCALARS = [
    "cardeaDeviceName", "cardeaDeviceLocation", "cardeaDeviceVersion", "cardeaBoardName",
    "cardeaStateCurrent", "cardeaControlAnswers", "cardeaBoardAnswers", "cardeaActiveAlarms",
    "cardeaLogHead", "cardeaLogDelivered", "cardeaNotificationsSent",
    "cardeaPoweredBy", "cardeaPowerUsed", "cardeaPowerCapacity", "cardeaPowerIsLow",
    "cardeaTemperature", "cardeaCasingIsOpen", "cardeaIsMoved",
]

PROBLEMS = [
    Problem("ControlDown", "cardeaControlAnswers", ("false",), CRITICAL,
            "Door control does not answer"),
    Problem("BoardDown", "cardeaBoardAnswers", ("false",), CRITICAL, "The board does not answer"),
    Problem("StateStale", "cardeaStateCurrent", ("false",), MAJOR,
            "The agent has lost the event store: values are old"),
    Problem("PowerLow", "cardeaPowerIsLow", ("true",), MAJOR, "Power runs short"),
    Problem("CasingOpen", "cardeaCasingIsOpen", ("true",), CRITICAL, "The casing is open"),
    Problem("Moved", "cardeaIsMoved", ("true",), CRITICAL, "The controller is being moved"),
]

# The device itself has limits of its own for which it raises alarms; these come before them.
LIMITS = [
    Limit("Warm", "cardeaTemperature", 65000, WARNING, "It is warm inside"),
    Limit("Hot", "cardeaTemperature", 75000, CRITICAL, "It is too hot inside"),
]

# Two counters of which one follows the other: (alert, head, follower, events, severity, text).
LAG = ("NotificationsLag", "cardeaLogHead", "cardeaLogDelivered", 100, WARNING,
       "Notifications wait to be sent")


def problems():
    """Every problem with the table that its object is in; None for those of the device."""
    for one in PROBLEMS:
        yield None, one
    for table in TABLES:
        for one in table.problems:
            yield table, one
