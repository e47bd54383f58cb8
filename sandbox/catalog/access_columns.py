"""Columns of an assets.csv that say who may see an asset: all of them may be missing or empty.

`type`: upload, private or authenticated; `access_mode`: public or authenticated; `moderation`: `kind:status` or several,
separated by semicolons; `access_control`: `token`, or `anonymous` with a time from which on and one until which, as
`anonymous 2026-12-01T00:00:00Z/2026-12-24T00:00:00Z` (either may be missing), or several, separated by semicolons;
`placeholder`: yes, for an asset whose file is gone.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sandbox.cloudinary.records import ACCESS_MODES, DELIVERY_TYPES, STATUSES

COLUMNS = ("type", "access_mode", "moderation", "access_control", "placeholder")
YES, NO = ("yes", "true", "1"), ("", "no", "false", "0")


def access_of(row: Mapping[str, str]) -> dict[str, Any]:
    """As Environment.add_asset takes it. Raises ValueError."""
    return {
        "type": one_of(row, "type", DELIVERY_TYPES),
        "access_mode": one_of(row, "access_mode", ACCESS_MODES),
        "moderation": [moderated(part) for part in parts(row, "moderation")],
        "access_control": [rule(part) for part in parts(row, "access_control")] or None,
        "placeholder": one_of(row, "placeholder", (*NO, *YES)) in YES,
    }


def one_of(row: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = row.get(name, "").strip().lower() or known[0]
    if value not in known:
        raise ValueError(f"{value!r} in {name} is none of {', '.join(filter(None, known))}")
    return value


def parts(row: Mapping[str, str], name: str) -> Iterator[str]:
    return (part.strip() for part in row.get(name, "").split(";") if part.strip())


def moderated(text: str) -> dict[str, str]:
    kind, _, status = text.rpartition(":")
    if status not in STATUSES:
        raise ValueError(f"{status!r} in moderation is none of {', '.join(STATUSES)}")
    return {"kind": kind or "manual", "status": status}


def rule(text: str) -> dict[str, str]:
    kind, _, span = text.partition(" ")
    if kind not in ("token", "anonymous") or (kind == "token" and span):
        raise ValueError(f"{text!r} in access_control is neither token nor anonymous with its times")
    start, _, end = span.strip().partition("/")
    for moment in filter(None, (start, end)):
        datetime.fromisoformat(moment)
    return {"access_type": kind} | {name: value for name, value in (("start", start), ("end", end)) if value}
