"""Random schedules, groups of special days, zones and windows."""
import datetime

ZONES = ["Africa/Casablanca", "America/New_York", "America/Santiago", "Asia/Kolkata",
         "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia", "Pacific/Easter", "UTC"]
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
# Where clocks change, and where they do not.
HOURS = ["00:00", "00:30", "01:00", "01:30", "02:00", "02:15", "02:30", "03:00", "03:30", "08:00",
         "12:34:56", "17:00", "22:00", "23:00", "23:59:59"]


def some(random, values, most):
    return random.sample(values, random.randint(1, min(most, len(values))))


def times(random):
    begin = random.choice(HOURS)
    return {"from": begin,
            "to": random.choice([hour for hour in HOURS + ["24:00"] if hour != begin])}


def date(random, years):
    first = datetime.date(years[0], 1, 1)
    day = first + datetime.timedelta(days=random.randrange(366 * (years[1] - years[0] + 1)))
    # The last day of the year and the leap day are what goes wrong.
    edge = random.choice([None, None, None, (12, 31), (1, 1), (2, 28), (2, 29), (3, 31)])
    if edge:
        try:
            day = day.replace(month=edge[0], day=edge[1])
        except ValueError:
            pass
    return day


def ordinals(random, most):
    words = {f"{random.choice([-1, 1]) * random.randint(1, most)}{random.choice(WEEKDAYS)}"
             for _ in range(random.randint(1, 3))}
    return ",".join(sorted(words))


def rule(random, start, frequency=None):
    frequency = frequency or random.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={frequency}"]
    months = random.random() < 0.4
    month_days = frequency != "WEEKLY" and random.random() < 0.3
    if random.random() < 0.5:
        parts.append(f"INTERVAL={random.randint(1, 5)}")
    if months:
        parts.append("BYMONTH=" + ",".join(map(str, some(random, range(1, 13), 4))))
    if month_days:
        numbers = [number for number in range(-28, 29) if number] + [29, 30, 31, -31]
        if months:
            numbers = [number for number in range(-28, 29) if number]
        parts.append("BYMONTHDAY=" + ",".join(map(str, some(random, numbers, 5))))
    if random.random() < 0.6:
        if frequency in ("MONTHLY", "YEARLY") and not month_days and random.random() < 0.6:
            most = 53 if frequency == "YEARLY" and not months else 5
            parts.append("BYDAY=" + ordinals(random, most))
        else:
            parts.append("BYDAY=" + ",".join(some(random, WEEKDAYS, 4)))
    end = random.random()
    if end < 0.25:
        parts.append(f"COUNT={random.choice([1, 7, 60, 900])}")
    elif end < 0.5:
        until = start + datetime.timedelta(days=random.randint(0, 900))
        parts.append("UNTIL=" + until.strftime("%Y%m%d") +
                     random.choice(["", "T000000", "T120000", "T235959"]))
    if random.random() < 0.4:
        parts.append("WKST=" + random.choice(WEEKDAYS))
    random.shuffle(parts)
    return ";".join(parts)


def event(random, years):
    start = datetime.datetime.combine(date(random, years), datetime.time())
    start += datetime.timedelta(seconds=random.choice([0, 3600, 5400, 7200, 9000, 43200, 86399]))
    length = random.choice([1, 1800, 3600, 7200, 28800, 86400, 90000, 3 * 86400, 40 * 86400])
    text = rule(random, start) if random.random() < 0.85 else ""
    excepted = sorted({(start + datetime.timedelta(days=random.randrange(40))).date().isoformat()
                       for _ in range(random.choice([0, 0, 3, 12]))})
    return {"start": start.isoformat(), "end": (start + datetime.timedelta(seconds=length))
            .isoformat(), "rule": text, "except": ",".join(excepted)}


def counted_event(random, begin):
    """What is counted from long before the window and ends within it."""
    day = datetime.datetime(1970, 1, 1) + datetime.timedelta(days=begin // 86400)
    step = random.randint(1, 3)
    before = random.randint(400, 1500)
    start = day - datetime.timedelta(days=before) + datetime.timedelta(hours=8)
    count = (before + random.randint(0, 30)) // step
    return {"start": start.isoformat(), "end": (start + datetime.timedelta(hours=9)).isoformat(),
            "rule": f"FREQ=DAILY;INTERVAL={step};COUNT={count}", "except": ""}


def group(random, years):
    days = []
    for _ in range(random.randint(0, 8)):
        day = date(random, years)
        text = rule(random, datetime.datetime.combine(day, datetime.time()), "YEARLY") \
            if random.random() < 0.5 else ""
        days.append({"date": day.isoformat(), "days": random.choice([1, 1, 1, 2, 7, 100]),
                     "except": random.choice(["", "", day.isoformat()]), "label": "",
                     "rule": text})
    return {"name": "group", "days": days}


def world(random):
    """What tests/oracle/expand reads."""
    year = random.choice([1999, 2011, 2020, 2024, 2025, 2026, 2027, 2028, 2037, 2050, 2100])
    # What began long ago and is counted shall count from there.
    years = (year - random.choice([1, 2, 5]), year + 1)
    begin = int(datetime.datetime(year, 1, 1, tzinfo=datetime.timezone.utc).timestamp())
    begin += random.randrange(365 * 86400)
    some_times = [{"days": sorted(some(random, range(1, 8), 7)), **times(random)}
                  for _ in range(random.randint(0, 4))]
    schedule = {
        "name": "random",
        "weekly": some_times,
        "events": [event(random, years) for _ in range(random.choice([0, 0, 1, 2]))],
        "special": [{"group": random.randint(1, 3),
                     "times": [times(random) for _ in range(random.randint(0, 2))]}
                    for _ in range(random.choice([0, 0, 1, 2]))],
    }
    if random.random() < 0.1:
        schedule["events"].append(counted_event(random, begin))
    return {"zone": random.choice(ZONES), "from": begin,
            "to": begin + random.choice([1, 40 * 86400, 402 * 86400]), "schedule": schedule,
            "special_days": {str(number): group(random, years) for number in range(1, 3)}}
