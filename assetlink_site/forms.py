"""Forms of settings: each reads a text, or raises Wrong with what it has to be. No message repeats the text, which may be a
secret. Libraries are imported where they are needed: not every process that reads settings needs them all."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from assetlink_site.queries import Wrong, for_postgres, for_redis

T = TypeVar("T")
YEARS = 36_500  # days: beyond a hundred years dates end
ENCODED = "write @ as %40, / as %2F, # as %23, ? as %3F, : as %3A and % as %25 in its user and password"
DATABASES = ("postgres", "postgresql", "pgsql", "sqlite")
SWITCH = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
DEEPEST = 20  # objects and lists in one another
USUAL_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
# What no address has unencoded: it would end an attribute of a page, or a source of the Content-Security-Policy.
UNFIT = re.compile(r"[\s\"'<>\\^`{|}]")
RESTORE_KEY = (  # another key opens nothing of what is stored
    "restore it from where your keys are kept; only a new installation makes one with `python manage.py make_key`"
)
BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Form(Generic[T]):
    words: str  # for docs/operator/settings.md
    read: Callable[[str], T]
    lines: bool = False  # whether it may have several


def text(words: str = "text", *, least: int = 1) -> Form[str]:
    def reading(given: str) -> str:
        if len(given) < least:
            raise Wrong(f"it has fewer than {least} characters")
        return given

    return Form(words, reading)


def choice(*known: str, upper: bool = False) -> Form[str]:
    def reading(given: str) -> str:
        found = given.upper() if upper else given.lower()
        if found not in known:
            raise Wrong(f"it must be {', '.join(known[:-1])} or {known[-1]}")
        return found

    return Form(" · ".join(f"`{one}`" for one in known), reading)


def switch() -> Form[bool]:
    def reading(given: str) -> bool:
        if given.lower() not in SWITCH:
            raise Wrong("it must be 1 (on) or 0 (off)")
        return SWITCH[given.lower()]

    return Form("`1` or `0`", reading)


def whole(*, least: int = 0, most: int = 1_000_000) -> Form[int]:
    def reading(given: str) -> int:
        digits = given.removeprefix("-")
        known = digits.isascii() and digits.isdecimal() and len(digits) < 10
        if not known or not least <= int(given) <= most:
            raise Wrong(f"it must be a whole number from {least} to {most:,}")
        return int(given)

    return Form(f"whole number, {least} to {most:,}", reading)


def number(*, least: float = 0.01, most: float = 1_000_000) -> Form[float]:
    def reading(given: str) -> float:
        if not NUMBER.fullmatch(given) or not least <= (found := float(given)) <= most:
            raise Wrong(f"it must be a number from {least} to {most:,}")
        return found

    return Form(f"number, {least} to {most:,}", reading)


def parts(given: str) -> tuple[str, ...]:
    """Raises Wrong for commas alone."""
    found = tuple(given.replace(",", " ").split())
    if not found:
        raise Wrong("it has no entry: name one, or remove it")
    return found


def names(words: str = "list") -> Form[tuple[str, ...]]:
    """Separated by spaces, commas or lines."""
    return Form(words, parts, lines=True)


def networks() -> Form[tuple[str, ...]]:
    """Of IP addresses, as 10.0.0.0/8."""

    def reading(given: str) -> tuple[str, ...]:
        for at, one in enumerate(parts(given), 1):
            try:
                ip_network(one)
            except ValueError:
                raise Wrong(f"entry {at} is no network of IP addresses: write it as 127.0.0.0/8") from None
        return parts(given)

    return Form("list of networks", reading, lines=True)


def hosts() -> Form[tuple[str, ...]]:
    def reading(given: str) -> tuple[str, ...]:
        for at, one in enumerate(parts(given), 1):
            if not one.isascii():
                raise Wrong(f"write entry {at} as browsers send it: {ascii_host(one)}")
            if one != "*" and not HOST.fullmatch(one):
                raise Wrong(f"entry {at} is no host name: write it without https://, port and path (app.example.com)")
        return parts(given)

    return Form("list of host names", reading, lines=True)


def address() -> Form[str]:
    """http:// or https:// with a host, as browsers write it: in small letters, without the usual port and a slash at the end."""

    def reading(given: str) -> str:
        found = split(given)
        scheme, host = found.scheme, found.hostname or ""
        if not host.isascii():
            raise Wrong(f"write its host as browsers send it: {ascii_host(host)}")
        if scheme not in USUAL_PORTS or not HOST.fullmatch(f"[{host}]" if ":" in host else host):
            raise Wrong("it must begin with https:// (or http:// on your own machine) and name a host")
        if found.query or found.fragment or found.username is not None:
            raise Wrong("it must be an address without user, ? and #")
        if UNFIT.search(given):
            raise Wrong("it has a blank, a quotation mark or another character that addresses do not have")
        if found.port == 0:
            raise Wrong("its port cannot be 0")
        place = found.netloc.lower().removesuffix(":").removesuffix(f":{USUAL_PORTS[scheme]}")
        return f"{scheme}://{place}{found.path.rstrip('/')}"

    return Form("`https://` address", reading)


def ascii_host(host: str) -> str:
    """https://docs.python.org/3/library/codecs.html#module-encodings.idna"""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return "xn--…"


def database() -> Form[str]:
    def reading(given: str) -> str:
        if given == "sqlite://:memory:":
            return given
        without_loose_ends(given)
        found = split(given)
        if found.scheme not in DATABASES:
            raise Wrong(
                "it must be an address such as postgres://user:password@host:5432/assetlink or sqlite:////folder/file"
            )
        if found.scheme == "sqlite":
            if found.netloc or len(found.path) < 2:
                raise Wrong("write sqlite:/// and then the path of the file, so four slashes in front of a whole path")
            if found.query:
                raise Wrong("an address of SQLite takes nothing behind a ?: AssetLink sets its options itself")
            return given
        if not found.path.strip("/"):
            raise Wrong("it names no database: postgres://user:password@host:5432/NAME")
        for_postgres(found)
        return given

    return Form("`postgres://` or `sqlite:///` address", reading)


def redis() -> Form[str]:
    """An address as redis-py reads it."""

    def reading(given: str) -> str:
        from redis.connection import parse_url

        without_loose_ends(given)
        if given.startswith(("redis://", "rediss://", "unix://")):
            for_redis(split(given))
        try:
            parse_url(given)
        except ValueError:
            raise Wrong("it must be an address such as redis://localhost:6379/0, rediss://… or unix://…") from None
        if given.startswith("unix://"):
            return given
        number = split(given).path.strip("/") or (parse_qs(split(given).query).get("db") or ["0"])[0]
        if not (number.isascii() and number.isdecimal()):
            raise Wrong("what stands behind the host must be the number of a database: redis://localhost:6379/0")
        return given

    return Form("`redis://`, `rediss://` or `unix://` address", reading)


def split(given: str) -> Any:
    """As urlsplit has it. Raises Wrong for a port that is none, or brackets that do not close."""
    try:
        found = urlsplit(given)
        found.port  # noqa: B018 - it is judged when it is read
    except ValueError:
        raise Wrong("it cannot be read as an address: its port or its brackets make no sense") from None
    return found


def without_loose_ends(given: str) -> None:
    """Raises Wrong if programs would read different users, passwords or hosts from it, as libpq does for a bare @."""
    credentials = given.partition("://")[2].rpartition("@")[0]
    if any(sign in credentials for sign in "@/#?") or BARE_PERCENT.search(credentials):
        raise Wrong(f"a character within its user or password ends it too early: {ENCODED}")
    if "#" in given:
        raise Wrong(f"it has a #, behind which nothing is read: {ENCODED}")
    try:
        decoded = unquote(given, errors="strict")
    except UnicodeDecodeError:
        raise Wrong("what stands in it as % and two digits is no UTF-8 text") from None
    if not decoded.isprintable():  # libpq reads as far as %00 and goes elsewhere
        raise Wrong("it has a control character, such as %00 or %0A")


def fernet_keys() -> Form[tuple[str, ...]]:
    def reading(given: str) -> tuple[str, ...]:
        from cryptography.fernet import Fernet

        for at, key in enumerate(parts(given), 1):
            try:
                Fernet(key)
                # Which passes over signs that belong to no key.
                if base64.urlsafe_b64encode(base64.urlsafe_b64decode(key)).decode() != key:
                    raise ValueError
            except ValueError:
                n = len(parts(given))
                raise Wrong(f"key {at} of {n} is no key: {RESTORE_KEY}") from None
        return parts(given)

    return Form("list of Fernet keys", reading, lines=True)


def json_object() -> Form[Mapping[str, Any]]:
    def reading(given: str) -> dict[str, Any]:
        try:
            found = json.loads(given)
            if depth(found) > DEEPEST:  # what reads it afterwards goes down by calls, too
                raise RecursionError
        except RecursionError:
            raise Wrong("it is nested too deeply") from None
        except ValueError as error:
            at = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
            raise Wrong(f'it is no JSON{at}; write {{"name": "value"}}') from None
        if not isinstance(found, dict):
            raise Wrong('it must be a JSON object: {"name": "value"}')
        return found

    return Form("JSON object", reading, lines=True)


def depth(value: Any) -> int:
    """How many objects and lists stand in one another."""
    count, level = 0, [value]
    while level := [one for one in level if isinstance(one, dict | list)]:
        count += 1
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return count
