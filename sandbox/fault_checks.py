"""Whether a description is one of a fault: a typing error must not pass as a harmless fault."""

import re
from typing import Any

from sandbox.fault_kinds import KINDS, SERVICES

FIELDS = ("service", "kind", "operation", "store", "match", "times", "after", "every", "seconds", "code")


class MalformedFault(ValueError):
    """Says what is wrong with the description of a fault."""


def check(given: dict[str, Any]) -> None:
    """Raises MalformedFault unless `given` describes a fault."""
    if unknown := set(given) - set(FIELDS):
        raise MalformedFault(f"unknown: {', '.join(sorted(unknown))}; a fault has {', '.join(sorted(FIELDS))}")
    if given.get("service") not in SERVICES:
        raise MalformedFault(f"service must be one of {', '.join(SERVICES)}")
    kind = KINDS.get(given["kind"]) if isinstance(given.get("kind"), str) else None
    if kind is None:
        raise MalformedFault(f"kind must be one of {', '.join(KINDS)}")
    if given["service"] not in kind.services:
        raise MalformedFault(f"service of {given['kind']} must be one of {', '.join(kind.services)}")
    for name in ("operation", "store", "match"):
        if not isinstance(given.get(name), str | None):
            raise MalformedFault(f"{name} must be a string or null")
    check_numbers(given)
    for name in kind.needs:
        if not given.get(name):
            raise MalformedFault(f"{given['kind']} needs {name}: it {kind.does}")
    check_code(given)


def check_numbers(given: dict[str, Any]) -> None:
    times, after, every = given.get("times", 1), given.get("after", 0), given.get("every", 1)
    seconds = given.get("seconds", 0.0)
    if times is not None and (type(times) is not int or times < 1):
        raise MalformedFault("times must be a whole number from 1 on, or null")
    if type(after) is not int or after < 0:
        raise MalformedFault("after must be a whole number from 0 on")
    if type(every) is not int or every < 1:
        raise MalformedFault("every must be a whole number from 1 on")
    if type(seconds) not in (int, float) or not 0 <= seconds < float("inf"):
        raise MalformedFault("seconds must be a number from 0 on")


def check_code(given: dict[str, Any]) -> None:
    code, codes = given.get("code", ""), KINDS[given["kind"]].codes
    if not isinstance(code, str):
        raise MalformedFault("code must be a string")
    if isinstance(codes, re.Pattern):
        if code and not codes.fullmatch(code):
            raise MalformedFault(f"the code of {given['kind']} must match {codes.pattern}")
    elif given["kind"] == "body" and code == "endless_gzip" and not given.get("seconds"):
        raise MalformedFault("endless_gzip needs seconds")
    elif codes and code not in ("", *codes):
        raise MalformedFault(f"the code of {given['kind']} is one of {', '.join(filter(None, codes))}")
