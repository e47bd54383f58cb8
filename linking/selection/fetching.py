"""Fetching the details of a selection's assets from Cloudinary, once, before anything can be grouped."""

from collections.abc import Iterable, Sequence
from functools import partial

from django.utils import timezone

from linking import attempts
from linking.attempts import Attempt, Hopeless
from linking.cloudinary.assets import MetadataField, fetch, metadata_fields
from linking.cloudinary.renditions import thumbnail
from linking.domain import order_words
from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from linking.models import SelectedAsset, Selection
from linking.models.jobs import NO_TRIES, JobState
from linking.models.selected import waiting_for
from linking.selection import chaining, embedding, last_settings, presets
from linking.selection.alt_texts.deciding import fill_fetched
from linking.selection.extracts import keep_details
from setup.cloudinary.client import CloudinaryClient, CloudinaryError, Trouble
from setup.cloudinary.surroundings import MOST_VALUES, field_row, remember_fields
from setup.reasons import NONE, Reason

BUILT_IN = [
    ("public_id", "Public ID"),
    ("display_name", "Display name"),
    ("folder", "Folder"),
    ("tags", "Tags"),
]


def fetch_selection(pk: int) -> bool:
    """Fill in the assets' details. Safe to repeat: a claim decides who works, and what is there is not asked for again. Whether
    they are all there now."""
    attempt = attempts.claim(Selection.objects.select_related("environment"), pk)
    if attempt is not None:
        with attempt:
            return _fill(attempt)
    return False


def _fill(attempt: Attempt[Selection]) -> bool:
    """Raises CloudinaryError, Hopeless."""
    selection = attempt.row
    client, began = CloudinaryClient(selection.environment), timezone.now()
    rows: list[SelectedAsset] = list(selection.assets.all())
    continued = any(row.details for row in rows)  # then nobody knows how long ago those were read
    try:
        fields = metadata_fields(client)
        rows_of_fields = [field_row(one.external_id, one.label, one.type, one.labels.items()) for one in fields]
        remember_fields(selection.environment, rows_of_fields)
        _fetch(attempt, client, [row for row in rows if not row.details], fields)
        if not embedding.fill(attempt, client, rows):
            return False
    except CloudinaryError as error:
        if error.trouble in (Trouble.BAD_REQUEST, Trouble.GONE):
            raise Hopeless(Reason("fetch.refused", said=error.said)) from None
        raise
    fill_fetched(selection)
    offered = offered_fields(fields, [row.asset for row in rows if row.details])
    known: dict[str, object] = {"offered_fields": offered, "reread": None if continued else began}
    done = {"state": JobState.DONE, "problem": NONE, "field_before": "", **NO_TRIES}
    if selection.chain_id is not None:
        return chaining.settle(selection, partial(offered_fields, fields), **done, **known)
    if not waiting_for(selection.pk).exists():  # a run that waits for it said its fields
        known |= last_settings.sensible(selection, offered)
    for name, value in known.items():
        setattr(selection, name, value)
    known |= presets.begun(selection)
    settled = last_settings.settled(selection, known)
    return bool(selection.mine().update(**done, **known, **settled))


def _fetch(
    attempt: Attempt[Selection],
    client: CloudinaryClient,
    rows: Iterable[SelectedAsset],
    fields: Sequence[MetadataField],
) -> None:
    """The details of these assets, as far as Cloudinary still has them; kept chunk by chunk. Raises CloudinaryError."""
    lacking = {row.asset_id: row for row in rows}
    for assets in fetch(client, list(lacking), fields):
        attempt.alive()
        found = [lacking[asset.asset_id] for asset in assets]
        for row, asset in zip(found, assets, strict=True):
            row.details, row.thumbnail = SelectedAsset.details_of(asset), thumbnail(client.environment, asset)
        keep_details(attempt.row, found)
        if found:
            attempt.row.got_on(now=timezone.now())


def offered_fields(fields: list[MetadataField], assets: list[Asset]) -> list[dict[str, object]]:
    """What can be grouped or ordered by: each field with how many of the assets have a value in it, and how its values stand."""
    of_code = {f"metadata:{field.external_id}": field for field in fields}
    choices = [(code, field.label) for code, field in of_code.items()]
    keys = dict.fromkeys(key for asset in assets for key in asset.context)
    choices += [(f"context:{key}", f"{key} (context)") for key in keys]
    choices += [(code, code.partition(":")[2]) for code in embedding.codes_in(assets)]
    return [_offered(code, label, of_code.get(code), assets) for code, label in [*choices, *BUILT_IN]]


def _offered(code: str, label: str, field: MetadataField | None, assets: list[Asset]) -> dict[str, object]:
    read = CloudinaryField.parse(code).values
    found = [values for asset in assets if (values := read(asset))]
    sort = order_words.sort_of(field.type if field else "", (value for values in found for value in values))
    known = {"code": code, "label": label, "filled": len(found), "sort": sort}
    return known | {"values": _listed(field, found) if field and sort == order_words.LIST else []}


def _listed(field: MetadataField, found: list[tuple[str, ...]]) -> list[str]:
    """The labels of its list in order, also of values that are not offered any more. Of a long list, which pages would read
    again and again, only those that assets have."""
    labels = list(dict.fromkeys(field.labels.values()))
    if len(labels) <= MOST_VALUES:
        return labels
    used = {value for values in found for value in values}
    return [label for label in labels if label in used]
