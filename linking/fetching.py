"""Fetching the details of a selection's assets from Cloudinary, once, before anything can be grouped."""

from django.utils import timezone

from linking import remembering
from linking.cloudinary.assets import MetadataField, fetch, metadata_fields
from linking.cloudinary.renditions import thumbnail
from linking.describing.deciding import fill_fetched
from linking.domain.assets import Asset
from linking.domain.fields import CloudinaryField
from linking.models import SelectedAsset, Selection
from linking.models.jobs import JobState
from linking.models.writing import save_fields
from setup.cloudinary_client import CloudinaryClient, CloudinaryError, Trouble

BUILT_IN = [
    ("public_id", "Public ID"),
    ("display_name", "Display name"),
    ("folder", "Folder"),
    ("tags", "Tags"),
]


def fetch_selection(pk: int) -> None:
    """Fill in the assets' details. Safe to repeat: a claim decides who works, and details are only overwritten."""
    if not Selection.objects.claim(pk, now=timezone.now()):
        return
    selection = Selection.objects.select_related("environment").get(pk=pk)
    try:
        _fill(selection)
    except CloudinaryError as error:
        state = JobState.FAILED if error.trouble == Trouble.REFUSED else JobState.WAITING
        Selection.objects.filter(pk=pk).update(state=state, problem=error.text, heard=timezone.now())


def _fill(selection: Selection) -> None:
    client = CloudinaryClient(selection.environment)
    fields = metadata_fields(client)
    rows = {row.asset_id: row for row in selection.assets.all()}
    everything: list[Asset] = []
    for assets in fetch(client, list(rows), fields):
        for asset in assets:
            row = rows[asset.asset_id]
            row.details, row.thumbnail = SelectedAsset.details_of(asset), thumbnail(selection.environment, asset)
        save_fields([rows[asset.asset_id] for asset in assets], ["details", "thumbnail"])
        everything += assets
        Selection.objects.filter(pk=selection.pk).update(heard=timezone.now())
    fill_fetched(selection)
    offered = offered_fields(fields, everything)
    known = {"offered_fields": offered, **_sensible(selection, offered)}
    Selection.objects.filter(pk=selection.pk).update(
        state=JobState.DONE, problem="", **known, **remembering.settled(selection, known)
    )


def offered_fields(fields: list[MetadataField], assets: list[Asset]) -> list[dict[str, object]]:
    """What can be grouped or ordered by: each field with how many of the assets have a value in it."""
    choices = [(f"metadata:{field.external_id}", field.label) for field in fields]
    keys = dict.fromkeys(key for asset in assets for key in asset.context)
    choices += [(f"context:{key}", f"{key} (context)") for key in keys]
    return [
        {"code": code, "label": label, "filled": sum(bool(CloudinaryField.parse(code).values(a)) for a in assets)}
        for code, label in [*choices, *BUILT_IN]
    ]


def _sensible(selection: Selection, offered: list[dict]) -> dict[str, str]:
    """Where the environment or the assets lack a field that a new selection begins with, begin with one that they have."""
    codes = [str(field["code"]) for field in offered]
    changes = {}
    if selection.cloudinary_field not in codes:
        changes["cloudinary_field"] = next((code for code in codes if "sku" in code.lower()), "display_name")
    by_hand = selection.version and not selection.order_field  # a draft that goes on: “as selected” was chosen
    if selection.order_field not in codes and not by_hand:
        changes["order_field"] = "metadata:sequence" if "metadata:sequence" in codes else ""
    return changes
