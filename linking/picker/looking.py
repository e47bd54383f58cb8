"""Answers of a search: from what is kept of it, or by one call."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils import timezone

from linking.cloudinary import searching
from linking.cloudinary.searching import Answer, Quota
from linking.domain.assets import Asset
from linking.domain.searching import ORDERS, Filters, expression
from linking.picker.answers import FRESH, SELDOM, keep, kept
from linking.picker.asking import asking
from setup.cloudinary.client import CloudinaryError, Trouble
from setup.models import Environment

HOUR = 3600


def look(environment: Environment, filters: Filters, most: int, cursor: str = "") -> tuple[Answer, bool]:
    """And whether that was a call. Raises BadFilter, CloudinaryError."""
    wanted = expression(filters, today=today())
    about = ("search", wanted, filters.order, most, cursor)
    if known := kept(environment, *about):
        return _read(known), False
    with asking(environment) as client:
        found = searching.search(client, wanted, ORDERS[filters.order], most, cursor)
    keep(environment, asdict(found), FRESH, *about)
    if found.quota.until:
        keep(environment, asdict(found.quota), HOUR, "quota")
    return found, True


def today() -> date:
    """Uploads are dated in UTC."""
    return timezone.now().date()


def _read(known: Mapping[str, Any]) -> Answer:
    assets = [Asset.of(one, str(one["asset_id"])) for one in known["assets"]]
    return Answer(assets, known["total"], known["cursor"], Quota(**known["quota"]))


def again_at(environment: Environment, error: CloudinaryError) -> int:
    """When a limit that is used up begins again, as seconds since 1970: as the last answer said, which is the only one that does.
    0 if that is not known, or something else is wrong."""
    if error.trouble != Trouble.BUSY:
        return 0
    until = (kept(environment, "quota") or {}).get("until", 0)
    return until if isinstance(until, int) and until > timezone.now().timestamp() else 0


def folders(environment: Environment, path: str = "") -> list[tuple[str, str]]:
    """(name, path) of those within the folder, or of the first ones. Raises CloudinaryError."""
    if (known := kept_folders(environment, path)) is None:
        with asking(environment) as client:
            known = [(one.name, one.path) for one in searching.folders(client, path)]
        keep(environment, known, SELDOM, "folders", path)
    return known


def kept_folders(environment: Environment, path: str) -> list[tuple[str, str]] | None:
    """The same without a call; None if they were not looked at lately."""
    known = kept(environment, "folders", path)
    return None if known is None else [(str(name), str(place)) for name, place in known]


def one(environment: Environment, filters: Filters, most: int, cursor: str, id: str) -> Asset | None:
    """An asset of an answer that is kept, or else by a call of its own; None if it is gone. Raises BadFilter, CloudinaryError."""
    known = kept(environment, "search", expression(filters, today=today()), filters.order, most, cursor)
    found = next((asset for asset in _read(known).assets if asset.asset_id == id), None) if known else None
    if found:
        return found
    with asking(environment) as client:
        return next(iter(searching.by_ids(client, [id])), None)
