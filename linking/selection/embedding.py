"""What files carry of themselves (IPTC, XMP, EXIF) as a field of a selection's assets: read only if one of its fields needs it,
once for each version of an asset, and kept for all selections of the environment.

Choosing such a field has the selection read again, as when assets are added: the page shows how far that is, and a way back.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from linking.attempts import Attempt
from linking.domain import stored
from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from linking.models import EmbeddedRow, SelectedAsset, Selection, SelectionChain
from linking.models.jobs import NO_TRIES, asked_for
from linking.selection import extracts
from linking.selection.making import enqueue
from setup.cloudinary.client import CloudinaryClient
from setup.cloudinary.embedded import Learned, Reading, Route, learn
from setup.embedded_values import Embedded

FIELDS = ("cloudinary_field", "order_field", "then_field")
AT_ONCE = 200


def names_of(selection: Selection) -> list[str]:
    """Those that its fields and its alt texts need, and those that were read before."""
    codes = [getattr(selection, name) for name in FIELDS] + [selection.environment.alt_field]
    codes += [one["code"] for one in selection.offered_fields]
    return list(dict.fromkeys(code.partition(":")[2] for code in codes if code.startswith("embedded:")))


def offered_names(selection: Selection) -> list[str]:
    """Those that the settings of last time need: taken if they are kept of all assets, as nobody has asked for a call."""
    settings = stored.mapping(selection.offer.get("settings"))
    codes = [stored.text(settings.get(name)) for name in FIELDS]
    return [code.partition(":")[2] for code in codes if code.startswith("embedded:")]


def codes_in(assets: Sequence[Asset]) -> list[str]:
    """Those that were read of all of them."""
    names = dict.fromkeys(name for asset in assets for name in asset.embedded)
    return [f"embedded:{name}" for name in names if all(name in asset.embedded for asset in assets)]


def fill(attempt: Attempt[Selection], client: CloudinaryClient, rows: Sequence[SelectedAsset]) -> bool:
    """What its fields need of these assets, chunk by chunk; what was read before costs nothing. Of too many assets that could
    only be asked for one by one nothing is read: then it has no such field. False if the selection was changed meanwhile, and is
    read by another job. Raises CloudinaryError."""
    selection = attempt.row
    names = names_of(selection)
    if offered := [name for name in offered_names(selection) if name not in names]:
        for at in range(0, len(rows), AT_ONCE):
            _take(selection, [row for row in rows[at : at + AT_ONCE] if row.details], offered)
    lacking = [row for row in rows if row.details and _lacks(row, names)]
    if not names or not lacking:
        return True
    for at in range(0, len(lacking), AT_ONCE):
        _take(selection, lacking[at : at + AT_ONCE], names)
    left = {row.asset_id: row for row in lacking if _lacks(row, names)}
    if not left:
        return True
    learned = Learned.of(selection.environment) or learn(client, list(left))
    if not learned.allows(len(left)):
        return True
    ours = selection.mine().filter(version=selection.version)
    versions = {id: row.asset.version for id, row in left.items()}
    for found in Reading(client, versions, learned.route, names).chunks():
        attempt.alive()
        EmbeddedRow.keep(selection.environment, found)
        if not ours.update(heartbeat_at=timezone.now(), **NO_TRIES):
            return False
        known = {one.asset_id: one.embedded for one in found}
        _set(selection, [left[id] for id in known], known, names)
    return True


def _lacks(row: SelectedAsset, names: Collection[str]) -> bool:
    return not stored.texts_by_name(row.details.get("embedded")).keys() >= set(names)


def _take(selection: Selection, rows: Sequence[SelectedAsset], names: Sequence[str]) -> None:
    """From what is kept."""
    known = EmbeddedRow.kept(selection.environment, {row.asset_id: row.asset.version for row in rows})
    whole = {id: one for id, one in known.items() if all(one.of(name) is not None for name in names)}
    _set(selection, [row for row in rows if row.asset_id in whole], whole, names)


def _set(
    selection: Selection, rows: Sequence[SelectedAsset], known: dict[str, Embedded], names: Collection[str]
) -> None:
    for row in rows:
        values = {name: list(known[row.asset_id].of(name) or ()) for name in names}
        row.details = {**row.details, "embedded": {**stored.texts_by_name(row.details.get("embedded")), **values}}
    extracts.keep_details(selection, rows)


@dataclass(frozen=True)
class Cost:
    """Of reading a field: `assets` of which nothing is kept, and the `calls` that they take. `learned`: what a few have shown."""

    assets: int
    calls: int
    total: int
    learned: Learned | None

    @property
    def too_many(self) -> bool:
        return self.learned is not None and not self.learned.allows(self.assets)

    @property
    def by_one(self) -> bool:
        return self.learned is not None and self.learned.route == Route.SINGLE


def cost_of(selection: Selection) -> Cost:
    """Before anybody presses."""
    rows = SelectedAsset.objects.filter(selection__in=selection.whole().order_by()).exclude(details={})
    versions = {row.asset_id: row.asset.version for row in rows.only("asset_id", "details").iterator(AT_ONCE)}
    there, ids = 0, list(versions)
    for at in range(0, len(ids), AT_ONCE):
        there += len(EmbeddedRow.kept(selection.environment, {id: versions[id] for id in ids[at : at + AT_ONCE]}))
    learned = Learned.of(selection.environment)
    left = len(ids) - there
    return Cost(left, (learned or Learned()).cost(left), len(ids), learned)


def progress(selection: Selection) -> int:
    """Of how many assets it is known, for the page that waits."""
    rows = SelectedAsset.objects.filter(selection__in=selection.whole().order_by()).order_by()
    ids = rows.values("asset_id")
    return EmbeddedRow.objects.filter(environment=selection.environment_id, asset_id__in=ids).count()


def ids_of(selection: Selection) -> list[str]:
    rows = SelectedAsset.objects.filter(selection__in=selection.whole().order_by())
    return list(rows.order_by("place").values_list("asset_id", flat=True))


def choose(selection: Selection, field: CloudinaryField) -> None:
    """Its key is read from this field from now on, and the selection is read again for it: of a chain, all parts."""
    _begin(selection, {"cloudinary_field": str(field), "field_before": F("cloudinary_field")})


def give_up(selection: Selection) -> bool:
    """Back to the field before, without what was not read. False if there is nothing to go back from."""
    before = selection.field_before
    if not before or selection.fetched:
        return False
    _begin(selection, {"cloudinary_field": before, "field_before": ""})
    return True


def _begin(selection: Selection, changes: dict[str, Any]) -> None:
    with transaction.atomic():
        rows = list(selection.whole().select_for_update())
        changes = changes | asked_for(now=timezone.now()) | {"version": F("version") + 1, "last_change": {}}
        Selection.objects.filter(pk__in=[row.pk for row in rows]).update(**changes)
        if selection.chain_id is not None:
            SelectionChain.objects.filter(pk=selection.chain_id).update(keying="")
        for row in rows:
            extracts.changed(row.pk)
    enqueue(selection)
