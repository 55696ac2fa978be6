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
    Table("cardeaReader", "Reader", "{name}", "cardeaReaderName", problems=[
        Problem("ReaderOffline", "cardeaReaderAnswers", ("false",), MAJOR,
                "{name} does not answer"),
        Problem("ReaderTampered", "cardeaReaderTampered", ("true",), CRITICAL,
                "{name} reports tampering"),
        Problem("ReaderPowerFails", "cardeaReaderPowerFails", ("true",), MAJOR,
                "{name} reports that its power fails"),
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
    Table("cardeaFloor", "Floor", "{name}", "cardeaFloorName"),
    Table("cardeaServer", "Log server", "{name}", "cardeaServerName", ("cardeaServerSeq",), [
        Problem("LogServerDown", "cardeaServerState", ("down",), MAJOR,
                "{name} takes no events: they are kept for it"),
    ]),
]

# Tables that a board without modules, lifts and log servers has no row of.
MAY_BE_EMPTY = ("cardeaFloor", "cardeaModule", "cardeaServer")

# Counters by several indexes, for Prometheus: (table, its indexes, what names them).
STATISTICS = [
    ("cardeaDeniedTable", ("cardeaDeniedDoor", "cardeaDeniedReason"), "cardeaDeniedReasonText"),
    ("cardeaDeniedTable", ("cardeaDeniedDoor",), "cardeaDoorName"),
    ("cardeaFollowerTable", (), ""),
]

# Scalars, in the order in which they are shown.
SCALARS = [
    "cardeaDeviceName", "cardeaDeviceLocation", "cardeaDeviceVersion", "cardeaBoardName",
    "cardeaUpTime", "cardeaWorstHealth", "cardeaWorstReason",
    "cardeaStateCurrent", "cardeaControlAnswers", "cardeaBoardAnswers",
    "cardeaActiveAlarms", "cardeaAlarmWorst", "cardeaAlarmCriticalCount", "cardeaAlarmMajorCount",
    "cardeaAlarmMinorCount", "cardeaAlarmWarningCount", "cardeaFireAlarm",
    "cardeaAccessGrantedCount", "cardeaAccessDeniedCount", "cardeaAccessIsDegraded",
    "cardeaThreatLevel",
    "cardeaLogHead", "cardeaLogDelivered", "cardeaLogWaiting", "cardeaLogIsStored",
    "cardeaLogIsSigned", "cardeaServersDown",
    "cardeaNotificationsSent", "cardeaNotificationsSuppressed", "cardeaNotificationsLate",
    "cardeaNotificationsRefused", "cardeaEventsMissed",
    "cardeaPoweredBy", "cardeaPowerUsed", "cardeaPowerCapacity", "cardeaPowerTotal",
    "cardeaPowerIsLow", "cardeaTemperature", "cardeaTemperatureState", "cardeaCasingIsOpen",
    "cardeaIsMoved", "cardeaIsTampered",
]

PROBLEMS = [
    Problem("ControlDown", "cardeaControlAnswers", ("false",), CRITICAL,
            "Door control does not answer"),
    Problem("BoardDown", "cardeaBoardAnswers", ("false",), CRITICAL, "The board does not answer"),
    Problem("StateStale", "cardeaStateCurrent", ("false",), MAJOR,
            "The agent has lost the event store: values are old"),
    Problem("FireAlarm", "cardeaFireAlarm", ("true",), CRITICAL, "There is a fire alarm"),
    Problem("AccessDegraded", "cardeaAccessIsDegraded", ("true",), CRITICAL,
            "Credentials cannot be read"),
    Problem("LogNotStored", "cardeaLogIsStored", ("false",), CRITICAL, "Events cannot be stored"),
    Problem("LogNotSigned", "cardeaLogIsSigned", ("false",), WARNING,
            "The event log is not signed"),
    Problem("PowerLow", "cardeaPowerIsLow", ("true",), MAJOR, "Power runs short"),
    Problem("Warm", "cardeaTemperatureState", ("warning",), WARNING, "It is warm inside"),
    Problem("Hot", "cardeaTemperatureState", ("critical",), CRITICAL, "It is too hot inside"),
    Problem("CasingOpen", "cardeaCasingIsOpen", ("true",), CRITICAL, "The casing is open"),
    Problem("Moved", "cardeaIsMoved", ("true",), CRITICAL, "The controller is being moved"),
    Problem("Tampered", "cardeaIsTampered", ("true",), CRITICAL,
            "The external tamper contact is active"),
]

LIMITS = [
    Limit("LogWaiting", "cardeaLogWaiting", 1000, MAJOR, "Events wait to be stored"),
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
