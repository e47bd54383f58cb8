"""Mishaps on demand: what goes wrong, where, how often. Tests and rehearsals script them over HTTP."""

import itertools
import threading
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request

SERVICES = ("shopify", "cloudinary", "delivery")
MEDIA_KIND = "media_fails"  # acts on a medium's download, not on a request
BULK_KIND = "bulk_fails"  # acts on a bulk operation that runs
CAPTION_KIND = "caption_fails"  # acts on the picture that is described
NOT_OF_REQUESTS = (MEDIA_KIND, BULK_KIND, CAPTION_KIND)
BULK_CODES = ("ACCESS_DENIED", "INTERNAL_SERVER_ERROR", "TIMEOUT")
KINDS = (
    "slow",  # waits `seconds`, then goes on
    "hang",  # waits `seconds`, then closes the connection without an answer; nothing is done
    "reset",  # closes the connection at once; nothing is done
    "throttled",  # Shopify: the THROTTLED answer; nothing is done
    "internal_error",  # Shopify: HTTP 200 with INTERNAL_SERVER_ERROR; nothing is done
    "internal_error_after",  # the same after the work was done
    "error_after",  # HTTP `code` (default 502) after the work was done
    "lost_answer",  # the work is done, then the connection closes without a byte
    *(f"http_{status}" for status in (401, 402, 403, 404, 420, 423, 429, 500, 502, 503, 504)),  # nothing is done
    MEDIA_KIND,  # Shopify: the medium whose source URL (or staged file's name) contains `match` turns FAILED with `code`
    CAPTION_KIND,  # Cloudinary: it has no words for the asset whose public ID contains `match`
    BULK_KIND,  # Shopify: a bulk query (with `match` in its text) ends FAILED with `code`, with half of its data
)
FIELDS = {"service", "kind", "operation", "store", "match", "times", "after", "seconds", "code"}


class MalformedFault(ValueError):
    """Says what is wrong with the description of a fault."""


@dataclass
class Fault:
    id: int
    service: str
    kind: str
    operation: str | None = None  # Shopify: a root field; Cloudinary: the endpoint's name; None is any
    store: str | None = None
    match: str | None = None  # part of the request's body or path, or of the medium's source URL
    times: int | None = 1  # None: until cleared
    after: int = 0  # calls to let pass first
    seconds: float = 0.0
    code: str = ""

    @property
    def status(self) -> int:
        """The HTTP status to answer with, for kinds that have one."""
        if self.kind.startswith("http_"):
            return int(self.kind.removeprefix("http_"))
        return int(self.code or 502)

    def concerns(self, service: str, operations: Collection[str | None], store: str | None, text: str) -> bool:
        return (
            self.service == service
            and (self.operation is None or self.operation in operations)
            and (self.store is None or self.store == store)
            and (self.match is None or self.match in text)
        )


class Faults:
    """Thread-safe. A fault counts down whenever it is taken and is gone after `times`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, **given: Any) -> int:
        """The new fault's id. Raises MalformedFault."""
        check(given)
        with self._lock:
            fault = Fault(id=next(self._ids), **given)
            self._faults.append(fault)
        return fault.id

    def take(
        self,
        service: str,
        *,
        operation: str | Collection[str] | None = None,
        store: str | None = None,
        text: str = "",
    ) -> list[Fault]:
        """The faults that apply to a request, counted down: every slow one, and the first of the others.

        `operation` may be several (a document's root fields).
        """
        return self._take(None, service, operation, store, text)

    def take_media(self, *, store: str, source: str) -> list[Fault]:
        """The same for the download of a medium."""
        return self._take(MEDIA_KIND, "shopify", None, store, source)

    def take_bulk(self, *, store: str, query: str) -> list[Fault]:
        """The same for a bulk operation that begins to run."""
        return self._take(BULK_KIND, "shopify", None, store, query)

    def take_caption(self, *, public_id: str) -> list[Fault]:
        """The same for a picture that is to be described."""
        return self._take(CAPTION_KIND, "cloudinary", None, None, public_id)

    def _take(
        self, own: str | None, service: str, operation: str | Collection[str] | None, store: str | None, text: str
    ) -> list[Fault]:
        """`own`: the one kind that acts there; None: those that act on requests."""
        operations = [operation] if isinstance(operation, str) or operation is None else operation
        with self._lock:
            meant = [f for f in self._faults if (f.kind if f.kind in NOT_OF_REQUESTS else None) == own]
            due = [f for f in meant if f.concerns(service, operations, store, text) and not self._passes(f)]
            others = [f for f in due if f.kind != "slow"]
            due = [f for f in due if f.kind == "slow" or f is others[0]]
            for fault in due:
                if fault.times is not None:
                    fault.times -= 1
            self._faults = [f for f in self._faults if f.times != 0]
            return due

    @staticmethod
    def _passes(fault: Fault) -> bool:
        if fault.after > 0:
            fault.after -= 1
            return True
        return False

    def as_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()


def check(given: dict[str, Any]) -> None:
    """Raises MalformedFault unless `given` describes a fault; a typing error must not pass as a harmless fault."""
    if unknown := set(given) - FIELDS:
        raise MalformedFault(f"unknown: {', '.join(sorted(unknown))}; a fault has {', '.join(sorted(FIELDS))}")
    if given.get("service") not in SERVICES:
        raise MalformedFault(f"service must be one of {', '.join(SERVICES)}")
    if given.get("kind") not in KINDS:
        raise MalformedFault(f"kind must be one of {', '.join(KINDS)}")
    for name in ("operation", "store", "match"):
        if not isinstance(given.get(name), str | None):
            raise MalformedFault(f"{name} must be a string or null")
    check_numbers(given)
    check_code(given)


def check_numbers(given: dict[str, Any]) -> None:
    times, after, seconds = given.get("times", 1), given.get("after", 0), given.get("seconds", 0.0)
    if times is not None and (type(times) is not int or times < 1):
        raise MalformedFault("times must be a whole number from 1 on, or null")
    if type(after) is not int or after < 0:
        raise MalformedFault("after must be a whole number from 0 on")
    if type(seconds) not in (int, float) or seconds < 0:
        raise MalformedFault("seconds must be a number from 0 on")
    if given["kind"] in ("slow", "hang") and not seconds:
        raise MalformedFault(f"{given['kind']} needs seconds")


def check_code(given: dict[str, Any]) -> None:
    kind, code = given["kind"], given.get("code", "")
    if not isinstance(code, str):
        raise MalformedFault("code must be a string")
    if kind == MEDIA_KIND and not (code and given.get("match")):
        raise MalformedFault("media_fails needs match (part of the source URL) and code (a FileErrorCode)")
    if kind == BULK_KIND and code not in ("", *BULK_CODES):
        raise MalformedFault(f"the code of bulk_fails is one of {', '.join(BULK_CODES)}")
    if kind == "error_after" and code and not (code.isdigit() and 500 <= int(code) < 600):
        raise MalformedFault("the code of error_after is an HTTP status from 500 to 599")


def blueprint(world: Any) -> Blueprint:
    """POST /faults answers {"id": n}, 400 {"error": ...} to a malformed one; GET /faults lists; DELETE /faults clears."""
    pages = Blueprint("faults", __name__)

    @pages.post("/faults")
    def add() -> Response | tuple[Response, int]:
        given = request.get_json(silent=True)
        if not isinstance(given, dict):
            return jsonify(error="the body must be a JSON object"), 400
        try:
            return jsonify(id=world.faults.add(**given))
        except MalformedFault as wrong:
            return jsonify(error=str(wrong)), 400

    @pages.get("/faults")
    def listed() -> Response:
        return jsonify(world.faults.as_json())

    @pages.delete("/faults")
    def clear() -> tuple[str, int]:
        world.faults.clear()
        return "", 204

    return pages
