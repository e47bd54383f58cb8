"""Lists whose order, or whose length, nobody has promised: scripted to come otherwise than they were asked for."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sandbox.faults import Fault
from sandbox.shopify.call import Call


def shuffled(call: Call, rows: Sequence[Any]) -> list[Any]:
    """In an order that the fault's `code` draws, the same on every page; bulk operations read in theirs."""
    several = len(rows) > 1 and call.whole is None
    fault = call.behaviours.first("lists_shuffled", when=lambda fault: several)
    if fault is None:
        return list(rows)
    places = sorted(range(len(rows)), key=lambda at: drawn(fault, at, rows[at]))
    return [rows[at] for at in places]


def drawn(fault: Fault, at: int, row: Any) -> bytes:
    """The sort key of a row. By its place, too: an id may be there twice, and null has none."""
    return hashlib.sha256(f"{fault.code} {getattr(row, 'id', '')} {at}".encode()).digest()


def doubled(call: Call, nodes: list[Any]) -> list[Any]:
    """An id that exists is answered twice, the second time at the end: the one that is `match`, else the first."""

    def named(fault: Fault) -> Any:
        return next((node for node in nodes if node and fault.match in (None, node.id)), None)

    faults = call.behaviours.all("ids_twice", lambda fault: named(fault) is not None)
    return [*nodes, *(named(fault) for fault in faults)]
