"""Playing cases outside of pytest: which there are, one after another in a database of its own, and what came of each."""

import re
import tempfile
import time
import traceback
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connections
from django.db.models import Model

from linking.models import ChangeRow, Link, ProductSync, StoreFile, StoreSync
from setup.models import Environment
from tests.awkward import file_scenarios, meddling, neighbours, outages  # noqa: F401 - their scenarios are registered
from tests.awkward.behaviours import DAYS
from tests.awkward.scenarios import SCENARIOS
from tests.awkward.shop import hastened
from tests.scenes import Scene, catalog, connected, served


@dataclass(frozen=True)
class Case:
    """`mode` is empty where link modes make no difference."""

    scenario: str
    mode: str
    behaviour: str

    def __str__(self) -> str:
        return f"{self.scenario} · {self.mode or '-'} · {self.behaviour}"


@dataclass
class Result:
    """`wrong`: sentences; `details`: what the rows and the journal hold, of a case that broke."""

    case: Case
    seconds: float
    wrong: list[str] = field(default_factory=list)
    details: str = ""


def product_of(only: Collection[str] = ()) -> list[Case]:
    """The full product, or what of it bears these names: of scenarios, modes and behaviours."""

    def among(kind: Collection[str], name: str) -> bool:
        named = set(only) & set(kind)
        return not named or name in named

    modes = {mode for one in SCENARIOS.values() for mode in one.modes}
    if unknown := set(only) - {*SCENARIOS, *modes, *DAYS}:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return [
        Case(name, mode, behaviour)
        for name, one in SCENARIOS.items()
        for mode in one.modes
        for behaviour in one.days
        if among(SCENARIOS, name) and among(modes, mode) and among(DAYS, behaviour)
    ]


def play(case: Case) -> Result:
    """In a world of its own."""
    began, places = time.monotonic(), list[Scene]()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="assetlink-awkward-"))
        stack.enter_context(hastened())
        stack.callback(forget)

        def build(products=(), assets=(), *, metafields=(), stores=1, plan="plus") -> Scene:
            found = catalog(products, assets, metafields)
            world, url = stack.enter_context(served(found, Path(folder), stores=stores, plan=plan))
            places.append(connected(world, url))
            return places[-1]

        try:
            wrong = SCENARIOS[case.scenario].play(build, case.mode, DAYS[case.behaviour])
        except Exception:
            wrong = [f"it raised: {traceback.format_exc()}"]
        details = "\n".join(details_of(place) for place in places) if wrong else ""
    return Result(case, time.monotonic() - began, wrong, details)


def forget() -> None:
    """Everything of the last case."""
    Environment.objects.all().delete()
    connections.close_all()


COLUMNS: dict[type[Model], tuple[str, ...]] = {
    StoreSync: (
        "id",
        "sync_id",
        "store_id",
        "state",
        "problem",
        "tries",
        "setbacks",
        "started",
        "finished",
        "outcome_counts",
    ),
    ProductSync: ("part_id", "handle", "state", "reason", "after", "waits", "job", "result"),
    ChangeRow: (
        "part_id",
        "name",
        "change",
        "medium_id",
        "replaces",
        "owner_id",
        "position_after",
        "outcome",
        "reason",
    ),
    StoreFile: ("name", "state", "file_id", "pending_id", "problem", "proved"),
    Link: ("name", "handle", "medium_id"),
}


def details_of(place: Scene) -> str:
    """What stands in the rows, in the galleries and in the journal."""
    lines = [line for model in COLUMNS for line in rows_of(model)]
    for shop in place.world.shops.values():
        lines += [f"{shop.domain} {one.handle}: {one.media}" for one in shop.products.values()]
        lines += [f"{file.id} {file.filename} {file.status} {file.alt}" for file in shop.files.values()]
    return re.sub(r"gid://shopify/(\w)\w+/\d+?(\d{1,5})\b", r"\1\2", "\n".join([*lines, *journal_of(place)]))


def rows_of(model: type[Model]) -> Iterator[str]:
    yield f"-- {model.__name__}"
    for row in model._default_manager.order_by("pk").values(*COLUMNS[model]):
        yield str({name: str(value) for name, value in row.items() if value not in ("", None, [], {})})


def journal_of(place: Scene) -> Iterator[str]:
    yield "-- journal"
    for entry in place.mutations():
        rows = entry["variables"].get("files", entry["variables"])
        shown = [without_source(row) for row in rows] if isinstance(rows, list) else rows
        yield f"{entry['seq']} {entry['at']:.3f} {entry['operation']} {shown} {entry['user_errors']} {entry['answer']}"


def without_source(row: dict) -> dict:
    return {name: value for name, value in row.items() if name != "originalSource"}
