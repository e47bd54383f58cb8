"""Settings as the environment's variables give them. What makes no sense stops the start, with the variable's name."""

import math
import os

from django.core.exceptions import ImproperlyConfigured
from redis.connection import parse_url

YEARS = 36_500  # days: beyond a hundred years dates end


def env_list(name: str, default: str) -> list[str]:
    return [part for part in os.environ.get(name, default).replace(",", " ").split() if part]


def env_int(name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
    """Raises ImproperlyConfigured for what is no whole number from `least` to `most`."""
    text = os.environ.get(name, "").strip() or str(default)
    digits = text.removeprefix("-")
    known = digits.isascii() and digits.isdecimal() and len(digits) < 10
    if not known or not least <= int(text) <= most:
        raise ImproperlyConfigured(f"{name} is {text[:40]!r}: it has to be a whole number from {least} to {most:,}.")
    return int(text)


def env_float(name: str, default: float, *, least: float = 0.01, most: float = 1_000_000) -> float:
    """Raises ImproperlyConfigured for what is no number from `least` to `most`."""
    text = os.environ.get(name, "").strip() or str(default)
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not least <= found <= most:
        raise ImproperlyConfigured(f"{name} is {text[:40]!r}: it has to be a number from {least} to {most:,}.")
    return found


def env_redis(name: str, default: str) -> str:
    """An address as redis-py reads it. Raises ImproperlyConfigured; the address may hold a password, so it is not named."""
    text = os.environ.get(name, "").strip() or default
    try:
        parse_url(text)
    except ValueError:
        expected = "it has to be an address such as redis://localhost:6379/0, rediss://… or unix://…"
        raise ImproperlyConfigured(f"{name} makes no sense: {expected}.") from None
    return text
