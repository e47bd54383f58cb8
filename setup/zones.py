"""Time zones of environments."""

import zoneinfo
from datetime import UTC, tzinfo
from functools import cache


def zone_of(name: str) -> tzinfo:
    """UTC for a name that is not known: of a newer release of the database of zones, or damaged. Never raises."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


@cache
def names() -> tuple[str, ...]:
    """Those that people choose among: places, and UTC."""
    places = {name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(OTHERS)}
    return ("UTC", *sorted(places))


OTHERS = ("Etc/", "SystemV/", "posix/", "right/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")
