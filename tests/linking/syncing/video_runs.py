"""Runs with videos: what comes of them, and what the store was asked."""

from linking.models import ChangeRow, StoreFile
from linking.syncing.work import Next, work
from tests.films import clip
from tests.scenes import asset, part_of

State = StoreFile.State


def film(name: str, sku: str | None = None, frames: int = 12, **known):
    return asset(name, sku, content=clip(frames), **known)


def outcomes(sync) -> dict[str, str]:
    return {row.name: row.outcome for row in ChangeRow.objects.filter(part__sync=sync).exclude(asset_id="")}


def reason(sync, name: str = "turn") -> str:
    return ChangeRow.objects.get(part__sync=sync, name=name).reason.text


def operations(place) -> list[str]:
    return [entry["operation"] for entry in place.mutations()]


def videos(place) -> list[str]:
    return [file.filename for file in place.shop.files.values() if file.kind == "Video"]


def worked_off(sync, slices: int = 40) -> dict[str, str]:
    for _ in range(slices):
        if work(part_of(sync).pk) == Next.NOTHING:
            break
    return outcomes(sync)


def shown_by(place, house) -> None:
    """From now on Cloudinary's delivery is that host."""
    place.environment.delivery_base = house.url
    place.environment.save()
