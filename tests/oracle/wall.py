"""When a schedule is active, slowly and obviously: by the clock on the wall and day by day, without
intervals, without a library for rules. What the store's expansion is compared with."""
import calendar
import datetime
import zoneinfo

DAY = datetime.timedelta(days=1)
# What lasts longer than an event may.
LOOK_BACK = 368
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def date_of(text):
    return datetime.date.fromisoformat(text)


def seconds_of(text):
    parts = [int(part) for part in text.split(":")] + [0]
    return parts[0] * 3600 + parts[1] * 60 + parts[2]


def parse(rule):
    return dict(part.split("=") for part in rule.split(";"))


def month_length(day):
    return calendar.monthrange(day.year, day.month)[1]


def week_of(day, first):
    """The day on which the week of a day begins, as a number."""
    return day.toordinal() - (day.weekday() - first) % 7


def is_nth(day, word, in_year):
    """Whether a day is what BYDAY says by one word: MO, 2MO or -1MO."""
    if WEEKDAYS[day.weekday()] != word[-2:]:
        return False
    number = int(word[:-2] or 0)
    if in_year:
        place = day.timetuple().tm_yday
        length = 366 if calendar.isleap(day.year) else 365
    else:
        place, length = day.day, month_length(day)
    if number > 0:
        return (place - 1) // 7 + 1 == number
    if number < 0:
        return (length - place) // 7 + 1 == -number
    return True


def in_interval(day, start, parts):
    step = int(parts.get("INTERVAL", 1))
    frequency = parts["FREQ"]
    if frequency == "DAILY":
        distance = (day - start).days
    elif frequency == "WEEKLY":
        first = WEEKDAYS.index(parts.get("WKST", "MO"))
        distance = (week_of(day, first) - week_of(start, first)) // 7
    elif frequency == "MONTHLY":
        distance = (day.year - start.year) * 12 + day.month - start.month
    else:
        distance = day.year - start.year
    return distance % step == 0


def comes_on(day, start, parts):
    """Whether a rule that began at start comes on a day, but for COUNT and UNTIL."""
    frequency = parts["FREQ"]
    months = parts.get("BYMONTH")
    month_days = parts.get("BYMONTHDAY")
    days = parts.get("BYDAY")
    if not in_interval(day, start, parts):
        return False
    if months and str(day.month) not in months.split(","):
        return False
    if month_days and not any(int(number) in (day.day, day.day - month_length(day) - 1)
                              for number in month_days.split(",")):
        return False
    if days and not any(is_nth(day, word, frequency == "YEARLY" and not months)
                        for word in days.split(",")):
        return False
    # What the rule leaves open is as on the first day.
    if frequency == "WEEKLY" and not days:
        return day.weekday() == start.weekday()
    if frequency == "MONTHLY" and not days and not month_days:
        return day.day == start.day
    if frequency == "YEARLY" and not days and not month_days:
        return day.day == start.day and bool(months or day.month == start.month)
    return True


def occurrences(start, rule, last):
    """The days on which something begins; start is a wall's date and time."""
    if not rule:
        return {start.date()}
    parts = parse(rule)
    left = int(parts.get("COUNT", 10 ** 9))
    until = parts.get("UNTIL")
    found = set()
    day = start.date()
    while day <= last and left:
        if until:
            now = day.strftime("%Y%m%d") + start.strftime("T%H%M%S")
            if now[:len(until)] > until:
                break
        if comes_on(day, start.date(), parts):
            found.add(day)
            left -= 1
        day += DAY
    return found


class Schedule:
    def __init__(self, schedule, special_days, zone, last):
        self.zone = zoneinfo.ZoneInfo(zone)
        self.schedule = schedule
        self.events = []
        for event in schedule["events"]:
            start = datetime.datetime.fromisoformat(event["start"])
            end = datetime.datetime.fromisoformat(event["end"])
            days = occurrences(start, event["rule"], last)
            days -= {date_of(text) for text in event["except"].split(",") if text}
            self.events.append((days, start.time(), end - start))
        self.groups = [(self.days_of(special_days.get(str(entry["group"]), {"days": []}), last),
                        entry["times"]) for entry in schedule["special"]]

    @staticmethod
    def days_of(group, last):
        found = set()
        for entry in group["days"]:
            start = datetime.datetime.fromisoformat(entry["date"])
            excepted = entry["except"].split(",")
            for first in occurrences(start, entry["rule"], last):
                if first.isoformat() in excepted:
                    continue
                found |= {first + k * DAY for k in range(entry["days"])}
        return found

    def times_of(self, day):
        """The times that begin on a day of special groups; None on an ordinary one."""
        for days, times in self.groups:
            if day in days:
                return times
        return None

    def is_active(self, at):
        wall = datetime.datetime.fromtimestamp(at, self.zone).replace(tzinfo=None)
        for day in (wall.date(), wall.date() - DAY):
            times = self.times_of(day)
            if times is None:
                times = [entry for entry in self.schedule["weekly"]
                         if day.isoweekday() in entry["days"]]
            if any(is_within(wall, day, entry) for entry in times):
                return True
        for days, begin, length in self.events:
            for back in range(LOOK_BACK):
                day = wall.date() - back * DAY
                start = datetime.datetime.combine(day, begin)
                if start <= wall < start + length and day in days and self.times_of(day) is None:
                    return True
                if start + length <= wall and back:
                    break
        return False


def is_within(wall, day, entry):
    midnight = datetime.datetime.combine(day, datetime.time())
    now = (wall - midnight).total_seconds()
    begin, end = seconds_of(entry["from"]), seconds_of(entry["to"])
    return begin <= now < (end if end > begin else end + 86400)
