"""When a rule fires by its schedule: a cron expression, as the clocks of a zone show it. Pure: the time comes in.

Expressions are read by cronsim, which does on days when clocks are set as cron does. What is set for a certain time fires once on
each day: where that time is skipped, right after it, and where it comes twice, the first time. What repeats by the hour or the
minute follows the hours as they really pass. https://github.com/cuu508/cronsim
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from itertools import islice, pairwise

from cronsim import CronSim, CronSimError

from setup.words import _, enumeration, gettext_lazy, ngettext, pgettext_lazy

LONGEST = 100
# Minutes between two firings at least: each one asks Cloudinary, which people's pages do as well.
LEAST = 5
# So many that passed are counted; one fires for all of them.
MOST_PASSED = 1000
FIELDS = re.compile(r"[0-9A-Za-z*/,#-]+( [0-9A-Za-z*/,#-]+){4}", re.ASCII)
TOO_MUCH = (CronSimError, AssertionError, ValueError, TypeError, OverflowError)


class BadSchedule(ValueError):
    """An expression that cannot be used; the text says why."""


def checked(text: str) -> str:
    """As it is kept: five fields, one blank between them. Raises BadSchedule."""
    known = " ".join(text.split()).upper()
    if not known:
        raise BadSchedule(_("Say when the rule fires."))
    if len(known) > LONGEST or not FIELDS.fullmatch(known):
        raise BadSchedule(
            _("Write five fields: minute, hour, day of the month, month, day of the week, such as 0 6 * * 1-5.")
        )
    try:
        cron = CronSim(known, datetime(2026, 1, 1, tzinfo=UTC))
        never = next(cron, None) is None
    except TOO_MUCH as error:
        said = str(error) if isinstance(error, CronSimError) else ""
        raise BadSchedule(str(UNREADABLE.get(said) or _("AssetLink cannot read this schedule."))) from None
    if never:
        raise BadSchedule(_("There is no such day: the rule would never fire."))
    if _gap(cron) < LEAST:
        raise BadSchedule(_("A rule fires every {n} minutes at most. Choose fewer times.").format(n=LEAST))
    return known


# What cronsim says of a field.
UNREADABLE = {
    "Bad minute": gettext_lazy("The first field, the minute, takes numbers from 0 to 59."),
    "Bad hour": gettext_lazy("The second field, the hour, takes numbers from 0 to 23."),
    "Bad day-of-month": gettext_lazy(
        "The third field, the day of the month, takes numbers from 1 to 31, or L for the last day."
    ),
    "Bad month": gettext_lazy("The fourth field, the month, takes numbers from 1 to 12."),
    "Bad day-of-week": gettext_lazy("The fifth field, the day of the week, takes numbers from 0 (Sunday) to 7."),
}


def _gap(cron: CronSim) -> int:
    """Minutes between two firings that follow each other closest, apart from days when clocks are set."""
    minutes, hours = sorted(cron.minutes), set(cron.hours)
    gaps = [later - earlier for earlier, later in pairwise(minutes)]
    if any((hour + 1) % 24 in hours for hour in hours):
        gaps.append(60 - minutes[-1] + minutes[0])
    return min(gaps, default=LEAST)


def after(expression: str, zone: tzinfo, at: datetime) -> datetime | None:
    """The next firing later than `at`, in UTC; None if there is none, or the expression cannot be read. Never raises."""
    return next(_from(expression, zone, at), None)


def upcoming(expression: str, zone: tzinfo, at: datetime, count: int) -> list[datetime]:
    """The next ones, in UTC."""
    return list(islice(_from(expression, zone, at), count))


def passed(expression: str, zone: tzinfo, since: datetime, now: datetime) -> int:
    """How many there were later than `since`, until `now`: at most MOST_PASSED."""
    counted = 0
    for one in _from(expression, zone, since):
        if one > now or counted == MOST_PASSED:
            break
        counted += 1
    return counted


def _from(expression: str, zone: tzinfo, at: datetime) -> Iterator[datetime]:
    """Each once, in order. What is set for a time that comes twice a day is not met again from between the two."""
    last = at
    try:
        for one in CronSim(expression, at.astimezone(zone)):
            found = one.astimezone(UTC)
            if found > last:
                yield found
                last = found
    except TOO_MUCH:
        return


DAYS = {
    1: pgettext_lazy("day of the week", "Monday"),
    2: pgettext_lazy("day of the week", "Tuesday"),
    3: pgettext_lazy("day of the week", "Wednesday"),
    4: pgettext_lazy("day of the week", "Thursday"),
    5: pgettext_lazy("day of the week", "Friday"),
    6: pgettext_lazy("day of the week", "Saturday"),
    7: pgettext_lazy("day of the week", "Sunday"),
}
WEEKLY = {
    1: gettext_lazy("Mondays at {times}"),
    2: gettext_lazy("Tuesdays at {times}"),
    3: gettext_lazy("Wednesdays at {times}"),
    4: gettext_lazy("Thursdays at {times}"),
    5: gettext_lazy("Fridays at {times}"),
    6: gettext_lazy("Saturdays at {times}"),
    7: gettext_lazy("Sundays at {times}"),
}
NUMBERS = re.compile(r"[0-9]{1,2}(,[0-9]{1,2}){0,5}", re.ASCII)
OF_WEEK = re.compile(r"[0-7](-[0-7])?(,[0-7](-[0-7])?)*", re.ASCII)
STEP = re.compile(r"\*/([0-9]{1,2})", re.ASCII)


def in_words(expression: str) -> str:
    """What people usually choose, as they say it; anything else as it is written."""
    fields = expression.split()
    if len(fields) != 5:
        return expression
    minute, hour, day, month, weekday = fields
    if month != "*":
        return expression
    if (day, weekday) == ("*", "*") and hour == "*":
        return _by_the_hour(minute) or expression
    times = _times(minute, hour)
    return (_on_days(day, weekday, times) if times else "") or expression


def _by_the_hour(minute: str) -> str:
    if (step := STEP.fullmatch(minute)) and (n := int(step[1])) and 60 % n == 0:
        return _("Every {n} minutes").format(n=n)
    if minute == "0":
        return _("Every hour, on the hour")
    if not re.fullmatch("[0-9]{1,2}", minute):
        return ""
    n = int(minute)
    return ngettext("Every hour, {n} minute past", "Every hour, {n} minutes past", n).format(n=n)


def _times(minute: str, hour: str) -> str:
    """`06:00`, or `06:00 and 18:00`; empty if that is no short list."""
    if not (NUMBERS.fullmatch(minute) and NUMBERS.fullmatch(hour)) or "," in minute:
        return ""
    return enumeration([f"{int(one):02}:{int(minute):02}" for one in dict.fromkeys(hour.split(","))])


def _on_days(day: str, weekday: str, times: str) -> str:
    if (day, weekday) == ("*", "*"):
        return _("Every day at {times}").format(times=times)
    if weekday == "*":
        if day == "L":
            return _("The last day of every month at {times}").format(times=times)
        if re.fullmatch("[0-9]{1,2}", day):
            return _("Day {day} of every month at {times}").format(day=int(day), times=times)
        return ""
    days = _days(weekday) if day == "*" else []
    if not days:
        return ""
    if len(days) == 7:
        return _("Every day at {times}").format(times=times)
    if days == [1, 2, 3, 4, 5]:
        return _("Monday to Friday at {times}").format(times=times)
    if len(days) == 1:
        return str(WEEKLY[days[0]]).format(times=times)
    named = enumeration([str(DAYS[one]) for one in days])
    return _("Every week at {times}: {days}").format(times=times, days=named)


def _days(weekday: str) -> list[int]:
    """Days of the week from 1 for Monday to 7; none if that is not what it says."""
    for at, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")):
        weekday = weekday.replace(name, str(at))
    if not OF_WEEK.fullmatch(weekday):
        return []
    found = set()
    for part in weekday.split(","):
        first, _dash, last = part.partition("-")
        found |= {one or 7 for one in range(int(first), int(last or first) + 1)}
    return sorted(found)
