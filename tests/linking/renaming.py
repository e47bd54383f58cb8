"""What happens to assets in Cloudinary between selecting and linking, and what runs say of it."""

import io
from datetime import timedelta

from django.utils import timezone
from PIL import Image

from linking.models import ChangeRow, ProductSync, Selection, StoreFile, Sync
from tests.scenes import Scene

LONG_AGO = timedelta(minutes=5)


def later(selection: Selection) -> Selection:
    """Some minutes go by, for what is read again only then."""
    Selection.objects.filter(pk=selection.pk).update(rereading=None, reread=timezone.now() - LONG_AGO)
    StoreFile.objects.filter(addressed__isnull=False).update(addressed=timezone.now() - LONG_AGO)
    return selection


def known(place: Scene, name: str):
    found = place.world.environments[0]
    return next(one for one in [*found.assets.values(), *found.backups.values()] if one.display_name == name)


def change(place: Scene, name: str, **values) -> None:
    """As people do in the Media Library."""
    place.meddle("PATCH", f"/world/assets/{known(place, name).asset_id}", values)


def swap(place: Scene, one: str, other: str) -> None:
    """Each gets the public ID of the other."""
    first, second = known(place, one).public_id, known(place, other).public_id
    change(place, one, public_id="shop/between")
    change(place, other, public_id=first)
    change(place, one, public_id=second)


def overwrite(place: Scene, name: str, content: bytes) -> None:
    """Another picture under the same public ID."""
    place.world.environments[0].overwrite(known(place, name), content)


def delete(place: Scene, name: str) -> None:
    place.meddle("DELETE", f"/world/assets/{known(place, name).asset_id}")


def restore(place: Scene, name: str) -> None:
    place.meddle("POST", f"/world/assets/{known(place, name).asset_id}/restore")


def calls(place: Scene) -> int:
    """Of the Admin API, so far."""
    spending = place.world.environments[0].spending
    return spending.limit - spending.remaining


def lines(sync: Sync):
    return ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="")


def results(sync: Sync) -> dict[str, tuple[str, str]]:
    """Asset -> what came of it, and what has changed of it."""
    return {row.name: (row.outcome, str(row.note)) for row in lines(sync)}


def reasons(sync: Sync) -> dict[str, str]:
    return {row.name: row.reason.code for row in lines(sync)}


def states(sync: Sync) -> set[str]:
    return set(ProductSync.objects.filter(part__sync=sync).values_list("state", flat=True))


def colours(place: Scene, handle: str) -> list[tuple[int, ...]]:
    """Of the gallery's pictures: which ones they really are."""
    shop = place.shop
    found = (shop.files[id].content for id in shop.product_with(handle).media)
    return [colour_of(place.world.blobs.get(one.blob)) for one in found if one]


def colour_of(content: bytes) -> tuple[int, ...]:
    """Rough, as JPEG is."""
    pixel = Image.open(io.BytesIO(content)).convert("RGB").getpixel((5, 5))
    return tuple(round(part / 16) for part in pixel)


def operations(place: Scene) -> list[str]:
    return [entry["operation"] for entry in place.mutations()]
