"""Writes occurrences.jsonl: seeded random rules and their first dates, as dateutil (Debian: python3-dateutil) has them.

Where dateutil reads RFC 5545 otherwise than we do, the rules are left out: BYWEEKNO without BYDAY (it takes all seven
days) and its days in a neighbouring year; BYDAY with numbered and plain days together (it wants both at once); UNTIL
as a date (it takes midnight for its time; we take the whole day)."""
import datetime, json, random
from dateutil.rrule import rrulestr

dice = random.Random(24)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def some(values, most):
    return ",".join(str(v) for v in dice.sample(values, dice.randint(1, most)))


def rule():
    frequency = dice.choice(["DAILY", "WEEKLY", "MONTHLY", "MONTHLY", "MONTHLY", "YEARLY", "YEARLY"])
    parts = {"FREQ": frequency}
    if dice.random() < 0.4:
        parts["INTERVAL"] = str(dice.randint(2, 5))
    end = dice.random()
    if end < 0.2:
        parts["COUNT"] = str(dice.randint(1, 9))
    elif end < 0.4:
        parts["UNTIL"] = dice.choice(["20270401T133000", "20280229T100000", "20301231T235959"])
    if dice.random() < 0.2 and frequency != "MONTHLY":
        parts["BYMONTH"] = some(range(1, 13), 4)
    choice = dice.random()
    if frequency == "WEEKLY":
        if choice < 0.8:
            parts["BYDAY"] = some(DAYS, 3)
        if dice.random() < 0.4:
            parts["WKST"] = dice.choice(DAYS)
    elif frequency in ("MONTHLY", "YEARLY"):
        if choice < 0.4:
            numbers = ["1", "2", "3", "4", "5", "-1", "-2"] if dice.random() < 0.7 else [""]
            parts["BYDAY"] = ",".join(dice.choice(numbers) + day for day in dice.sample(DAYS, dice.randint(1, 2)))
        elif choice < 0.7:
            parts["BYMONTHDAY"] = some([1, 13, 15, 28, 29, 30, 31, -1, -2, -31], 3)
        elif choice < 0.8 and frequency == "YEARLY":
            parts["BYYEARDAY"] = some([1, 59, 60, 100, 365, 366, -1, -306, -366], 3)
        elif choice < 0.9:
            parts["BYDAY"] = "MO,TU,WE,TH,FR"
            parts["BYSETPOS"] = some([1, 2, -1, -2], 2)
    elif choice < 0.4:
        parts["BYDAY"] = some(DAYS, 3)
    return ";".join(f"{k}={v}" for k, v in parts.items())


def main():
    with open("occurrences.jsonl", "w") as out:
        for _ in range(600):
            text = rule()
            start = datetime.datetime(2026, 1, 1, 13, 30) + datetime.timedelta(days=dice.randint(0, 1500))
            dates = []
            for date in rrulestr(text, dtstart=start):
                if date.year > 2100 or len(dates) == 15:
                    break
                dates.append(date.strftime("%Y-%m-%d"))
            out.write(json.dumps({"rule": text, "start": start.strftime("%Y-%m-%dT%H:%M"), "dates": dates}) + "\n")


main()
