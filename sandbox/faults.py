"""Mishaps on demand: what goes wrong, where, how often. Tests and rehearsals script them over HTTP.

`times` counts what the kind's `counts` says (see KINDS), whenever the fault really acted: by default a fault is gone after one,
with null it stays until cleared. `after` lets so many of them pass first; from then on the fault acts on every `every`-th.
A behaviour's `match` is looked for in the request's body, unless its description says where.
"""

import itertools
import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.fault_checks import FIELDS, MalformedFault, check
from sandbox.fault_kinds import BEHAVIOUR, BULK, CAPTION, KINDS, MEDIA, OF_REQUESTS, SLOW, acting

__all__ = ["KINDS", "Fault", "Faults", "MalformedFault", "blueprint"]


@dataclass(eq=False)
class Fault:
    id: int
    service: str
    kind: str
    operation: str | None = None  # Shopify: a root field; Cloudinary: the endpoint's name; None is any
    store: str | None = None
    match: str | None = None  # part of the request's body or path, or of what the kind's description names
    times: int | None = 1  # None: until cleared
    after: int = 0  # calls to let pass first
    every: int = 1  # acts on every n-th of the others
    seconds: float = 0.0
    code: str = ""
    seen: int = 0  # calls since it last acted
    struck: int = 0  # how often it acted
    since: float | None = None  # when it first acted, for kinds that last from then on

    @property
    def status(self) -> int:
        """The HTTP status to answer with, for kinds that have one."""
        if self.kind.startswith("http_"):
            return int(self.kind.removeprefix("http_"))
        return int(self.code or 502)

    def concerns(self, service: str, operations: Collection[str | None], store: str | None, text: str | None) -> bool:
        """`text`: what `match` is looked for in; None leaves that to the one who asks."""
        return (
            self.service == service
            and (self.operation is None or self.operation in operations)
            and (self.store is None or self.store == store)
            and (self.match is None or text is None or self.match in text)
        )

    def due(self) -> bool:
        """Whether it acts on this call; counts the call."""
        if self.after > 0:
            self.after -= 1
            return False
        self.seen += 1
        return self.seen >= self.every

    def act(self) -> None:
        self.seen, self.struck = 0, self.struck + 1
        if self.times is not None:
            self.times -= 1


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
        passing: frozenset[str] = frozenset(),
    ) -> list[Fault]:
        """The mishaps that happen to a request, counted down: every slow one, and the first of the others.

        `operation` may be several (a document's root fields); `passing` are kinds that make no sense there.
        """
        return self._take(acting(*OF_REQUESTS) - passing, service, operation, store, text)

    def take_media(self, *, store: str, source: str) -> list[Fault]:
        """The same for the download of a medium."""
        return self._take(acting(MEDIA), "shopify", None, store, source)

    def take_bulk(self, *, store: str, query: str) -> list[Fault]:
        """The same for a bulk operation that begins to run."""
        return self._take(acting(BULK), "shopify", None, store, query)

    def take_caption(self, *, public_id: str) -> list[Fault]:
        """The same for a picture that is to be described."""
        return self._take(acting(CAPTION), "cloudinary", None, None, public_id)

    def _take(
        self,
        meant: frozenset[str],
        service: str,
        operation: str | Collection[str] | None,
        store: str | None,
        text: str,
    ) -> list[Fault]:
        operations = [operation] if isinstance(operation, str) or operation is None else operation
        with self._lock:
            here = [f for f in self._faults if f.kind in meant and f.concerns(service, operations, store, text)]
            due = [fault for fault in here if fault.due()]
            others = [fault for fault in due if KINDS[fault.kind].acts != SLOW]
            acted = [fault for fault in due if fault not in others[1:]]
            for fault in acted:
                self._act(fault)
            return acted

    def behaviours(self, service: str, operations: Collection[str | None], store: str | None) -> list[Fault]:
        """Those that may act on a request, whatever they match; nothing is counted before strike()."""
        meant = acting(BEHAVIOUR)
        with self._lock:
            return [f for f in self._faults if f.kind in meant and f.concerns(service, operations, store, None)]

    def scripted(self, service: str, kind: str, store: str) -> list[Fault]:
        """All of one kind that may act in a store."""
        with self._lock:
            here = [f for f in self._faults if f.service == service and f.kind == kind]
            return [fault for fault in here if fault.store in (None, store)]

    def locks(self, fault: Fault, now: float) -> bool:
        """Whether one that lasts `seconds` from its first call on still does; it is gone afterwards."""
        with self._lock:
            if fault not in self._faults or (fault.since is None and not fault.due()):
                return False
            fault.since = now if fault.since is None else fault.since
            if now < fault.since + fault.seconds:
                return True
            self._faults.remove(fault)
            return False

    def strike(self, fault: Fault) -> bool:
        """Whether a behaviour acts on this call; counted down if so."""
        with self._lock:
            acts = fault in self._faults and fault.due()
            if acts:
                self._act(fault)
            return acts

    def _act(self, fault: Fault) -> None:
        fault.act()
        if fault.times == 0:
            self._faults.remove(fault)

    def as_json(self) -> list[dict[str, Any]]:
        with self._lock:
            return [{name: getattr(fault, name) for name in ("id", *FIELDS)} for fault in self._faults]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()


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
