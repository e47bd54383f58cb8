"""Runs that were broken off in the middle of galleries: what the next run like them has to go on from."""

from collections.abc import Sequence
from dataclasses import dataclass

from linking.models import ProductSync, StoreSync
from setup.shapes import listed, text

State = ProductSync.State
# Of the run, and what its stores have otherwise.
MODES = ("part__sync__link_mode", "part__sync__store_settings")
UNFINISHED = (State.PARTIAL, State.ABORTED, State.FAILED)


@dataclass(frozen=True)
class BrokenOff:
    """`found`: the media ids of the gallery when it began; `assets`: what it was to bring."""

    found: Sequence[str]
    assets: frozenset[str]


def broken_off(part: StoreSync) -> dict[str, BrokenOff]:
    """By product id, where the latest runs of the same link mode did not come to their end. Of several in a row the first one
    counts: the others went on from it."""
    rows = ProductSync.objects.filter(part__store=part.store_id, part__sync__dry_run=False).exclude(part=part.pk)
    recent = rows.order_by("-pk").values_list("product_id", "state", "part__sync__kind", *MODES, "before", "incoming")
    wanted = set(rows.filter(state__in=UNFINISHED).values_list("product_id", flat=True))
    found: dict[str, BrokenOff] = {}
    closed: set[str] = set()
    store, mode = str(part.store_id), part.settings.link_mode
    for product_id, state, kind, of_all, of_stores, before, incoming in recent.filter(product_id__in=wanted).iterator(
        500
    ):
        known, assets = found.get(product_id), frozenset(asset for asset, _ in pairs(incoming))
        goes_on = state in UNFINISHED and kind == "link" and of_stores.get(store, {}).get("link_mode", of_all) == mode
        if product_id in closed or not goes_on or (known and known.assets != assets):
            closed.add(product_id)
            continue
        found[product_id] = BrokenOff([text(item.get("id")) for item in listed(before)], assets)
    return found


def pairs(incoming: object) -> list[tuple[str, str]]:
    """As rows keep them; what is none is left out."""
    rows = incoming if isinstance(incoming, list) else []
    return [(text(row[0]), text(row[1])) for row in rows if isinstance(row, list) and len(row) == 2]
