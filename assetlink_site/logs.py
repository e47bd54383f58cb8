"""How the log is written: as lines for people, or with LOG_FORMAT=json as one JSON object per line. Web server, workers and
sweeper write alike, RQ's and gunicorn's own lines included. No secret gets into it, and nobody from outside begins a line."""

import json
import logging
import re
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import apps

from assetlink_site import variables
from assetlink_site.variables import Variables
from setup.logs import ACCESS_LOG
from setup.words import ENGLISH, override

HIDDEN = "(hidden)"
SHORTEST = 8  # a shorter value would hide parts of words
# What must not be in the log even if somebody writes it there: values of secret variables, whatever looks like a token, and
# whatever is called like a secret.
NAMED_SO = r"(?=[\w-]*(?:secret|token|passw(?:or)?d|api[_-]?key|hmac|signature))"
# Looked for where a word begins, taken whole and never given back (++): a text of any kind is read in a time that grows with its
# length alone, since anybody on the internet can write into the log.
NAMED = re.compile(rf"(?i)(?<![\w-]){NAMED_SO}([\w-]++)(['\"]?\s*+[:=]\s*+b?['\"]?)[^\s\x00'\"&,;)}}\]]++")
SECRET_NAME = re.compile(r"(?i)secret|token|passw|key")  # of an option of a storage
LONGEST, LONGEST_TRACEBACK = 10_000, 100_000  # characters
END = "\0"  # of a value, while a line is looked through: what is hidden for its sake ends there, and the rest of the line stays
LONGEST_VALUE, LONGEST_REFUSAL = 500, 600  # of one value within a line; of the line about a request that was refused
PATTERNS = [
    (re.compile(r"(?i)\b(authorization|cookie)(['\"]?\s*+[:=]\s*+b?['\"]?)[^'\"\r\n\x00]++"), rf"\1\2{HIDDEN}"),
    (NAMED, rf"\1\2{HIDDEN}"),
    (re.compile(r"(?i)([?&](?:code|state|id_token)=)[^&\s'\"]+"), rf"\1{HIDDEN}"),
    # Addresses of one use: of a selection, and of an invitation.
    (re.compile(r"(/open/|/sign-in/invitation/)[\w-]{16,}+"), rf"\1{HIDDEN}"),
    (re.compile(r"\b((?i:bearer))\s+[\w+/=.~-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"\b((?i:basic))\s+(?=\S*[\dA-Z=])[\w+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(\w://[^\s/:@'\"]*:)[^\s/@'\"]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"\bshp[a-z]{2,4}_\w{8,}"), HIDDEN),  # Shopify's tokens and secrets
    (re.compile(r"(?<![\w-])eyJ[\w-]++\.[\w-]++\.[\w-]*+"), HIDDEN),  # JSON web tokens
    (re.compile(r"\bgAAAAA[\w-]{32,}=*"), HIDDEN),  # Fernet
]
PLAIN = re.compile(r"[^\s\"=\[\]]+")
# What ends a line, or steers a terminal.
CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


def english() -> AbstractContextManager[None]:
    """A line from before the apps are there has nothing to be translated, and Django could not."""
    return override(ENGLISH) if apps.apps_ready else nullcontext()


def configuration(known: Variables) -> dict[str, Any]:
    """Django's LOGGING. Python's warnings become lines of it, too."""
    logging.captureWarnings(True)
    writer = Json if known.log_format == "json" else Text
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"ids": {"()": "setup.logs.InLog"}, "outages": {"()": Outages}, "refusals": {"()": Refusals}},
        "formatters": {"ours": {"()": writer, "secrets": known_secrets(known)}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "ours", "filters": ["ids", "refusals"]}
        },
        "root": {"handlers": ["console"], "level": known.log_level},
        # Django's own handlers would write some lines twice, and in another form.
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"filters": ["outages"], "propagate": True},
        }
        | {
            name: {"handlers": [], "propagate": True} for name in ("gunicorn.error", "gunicorn.access", "django.server")
        },
    }


class Outages(logging.Filter):
    """While the database is away every request fails alike: one line says so, and no traceback says more."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and getattr(record, "status_code", 0) == 503:
            why = (str(error).strip().splitlines() or [type(error).__name__])[0]
            record.msg, record.args = "%s: the database is away: %s", (record.getMessage(), why)
            record.exc_info = record.exc_text = None
        return True


class Refusals(logging.Filter):
    """A request that was refused is one line of warning: what somebody sent us is no error of ours, and needs no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if refused(record):
            record.exc_info = record.exc_text = None
            record.levelno = min(record.levelno, logging.WARNING)
            record.levelname = logging.getLevelName(record.levelno)
        return True


def refused(record: logging.LogRecord) -> bool:
    """Whether it is Django's line about a request that was refused."""
    return 400 <= getattr(record, "status_code", 0) < 500


def known_secrets(known: Variables) -> list[str]:
    """Values, the longest first, so that one within another leaves nothing over."""
    values: list[str] = []
    for one in variables.SECRETS:
        value = getattr(known, one.name.lower())
        if isinstance(value, dict):
            within = [value, *(one for one in value.values() if isinstance(one, dict))]
            values += [str(part) for one in within for name, part in one.items() if SECRET_NAME.search(name)]
        elif isinstance(value, str) and "://" in value:
            values.append(unquote(urlsplit(value).password or ""))
        else:
            values += [value] if isinstance(value, str) else value or ()
    return sorted({value for value in values if len(value) >= SHORTEST}, key=len, reverse=True)


class Hiding(logging.Formatter):
    """Both ways of writing: what was said, what went wrong, and what it is about, without secrets."""

    def __init__(self, secrets: list[str] | None = None) -> None:
        super().__init__()
        self._secrets = secrets or []

    def hide(self, text: str, longest: int = LONGEST) -> str:
        """Without secrets, and no longer than that: nobody reads the rest, and anybody can make it long."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        text = shortened(text, longest)
        for pattern, instead in PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def said(self, record: logging.LogRecord) -> str:
        try:
            with english():  # whatever the language of the request: reasons are worded here
                text = (
                    record.msg % values_of(record) if isinstance(record.msg, str) and record.args else str(record.msg)
                )
        except (TypeError, ValueError):  # arguments that do not fit: better half a line than none
            text = f"{record.msg} {record.args}"
        return self.hide(text, LONGEST_REFUSAL if refused(record) else LONGEST).replace(END, "")

    def trouble(self, record: logging.LogRecord) -> str:
        parts = [record.stack_info or ""]
        if record.exc_info and record.exc_info[0]:
            with english():
                parts.insert(0, "".join(traceback.format_exception(*record.exc_info)).rstrip())
        return self.hide("\n".join(part for part in parts if part), LONGEST_TRACEBACK)

    def ids(self, record: logging.LogRecord) -> dict[str, str]:
        return {name: self.hide(value) for name, value in getattr(record, "ids", {}).items()}

    def time(self, record: logging.LogRecord) -> str:
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Text(Hiding):
    """`2026-11-21T10:00:00.000Z INFO linking.jobs [sync=…] what was said`; a traceback follows indented, so that no line of it
    looks like one of the log."""

    def format(self, record: logging.LogRecord) -> str:
        ids = " ".join(f"{name}={quoted(value)}" for name, value in self.ids(record).items())
        head = f"{self.time(record)} {record.levelname} {record.name}{f' [{encoded(ids)}]' if ids else ''}"
        lines = self.trouble(record).splitlines()
        return "\n".join([f"{head} {encoded(self.said(record))}", *(f"    {encoded(line)}" for line in lines)])


class Json(Hiding):
    """One object per line: time (UTC), level, logger, message, process, what it is about, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {"time": self.time(record), "level": record.levelname, "logger": record.name}
        entry |= {"message": self.said(record), "process": record.process, **self.ids(record)}
        if trouble := self.trouble(record):
            entry["exception"] = trouble
        return json.dumps(entry)


def values_of(record: logging.LogRecord) -> Any:
    """Its arguments, none of them so long that it hides the rest; nor so like a secret where a client chose it."""
    clients = record.name == ACCESS_LOG or hasattr(record, "status_code")
    change, values = ended if clients else shorter, record.args
    if isinstance(values, Mapping):
        return Changed(values, change)
    return tuple(map(change, values)) if isinstance(values, tuple) else values


class Changed:
    """Values of a mapping, which may know more names than it has: gunicorn's does."""

    def __init__(self, values: Mapping[str, Any], change: Callable[[Any], Any]) -> None:
        self._values, self._change = values, change

    def __getitem__(self, name: str) -> Any:
        return self._change(self._values[name])


class Ended(str):
    """Written with its END, unless as `%r`."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self[:]}{END}"


def shorter(value: Any) -> Any:
    return shortened(value, LONGEST_VALUE) if isinstance(value, str) else value


def ended(value: Any) -> Any:
    return Ended(shorter(value).replace(END, "\\x00")) if isinstance(value, str) else value


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters)"


def quoted(value: str) -> str:
    """As it is if it could be nothing else than one value."""
    return value if PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def encoded(text: str) -> str:
    """Line breaks and control characters as `\\n` or `\\x1b`."""
    return CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
