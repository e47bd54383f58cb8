"""A big Media Library: as many assets as somebody wants, beside those of a catalog and with their pictures, always the same."""

from collections.abc import Iterator
from typing import Any

from sandbox.catalog.goods import FOLDERS
from sandbox.catalog.rows import CannotLoad
from sandbox.cloudinary.environment import Environment
from sandbox.cloudinary.records import Asset

YEARS = range(2025, 2015, -1)
PER_PRODUCT = 5
FIRST = 1_420_106_400.0  # 2015-01-01 10:00 UTC: all of it is older than the catalog
BETWEEN = 300  # seconds from one upload to the next
WITHOUT_SKU = 11  # every so manieth product


def stock(environment: Environment, count: int) -> None:
    """Adds `count` assets below the folder Archive. Each has values in those of our fields that the environment has.
    Raises CannotLoad."""
    templates = [asset for asset in environment.assets.values() if plain(asset)]
    if count and not templates:
        raise CannotLoad("A library repeats the pictures of a catalog, and there are none.")
    for at in range(count):
        environment.add_like(templates[at % len(templates)], **described(environment, at))


def plain(asset: Asset) -> bool:
    """Whether anybody may see it."""
    open = asset.type == "upload" and asset.access_mode == "public" and not asset.access_control
    return open and not asset.moderation and not asset.placeholder and asset.resource_type != "raw"


def described(environment: Environment, at: int) -> dict[str, Any]:
    product, view = divmod(at, PER_PRODUCT)
    year, category = YEARS[product % len(YEARS)], tuple(FOLDERS)[product // len(YEARS) % len(FOLDERS)]
    season = ("AW", "SS")[product % 2] + str(year)[2:]
    name = f"lib-{product:06}-{view + 1}"
    values = {
        "sku": "" if product % WITHOUT_SKU == 0 else f"LIB-{product:06}",
        "product_title": f"{category} {product:06}",
        "sequence": view + 1,
    }
    created = FIRST + at * BETWEEN
    return {
        "public_id": name,
        "display_name": name,
        "asset_folder": f"Archive/{year}/{season}/{category}",
        "tags": list(tags(category, product, view)),
        "context": {"alt": f"{category} {product:06}, view {view + 1}"} if product % 2 else {},
        "metadata": {key: value for key, value in values.items() if value and key in environment.fields},
        "created_at": created,
        "version": int(created),
        "uploaded_at": None,
    }


def tags(category: str, product: int, view: int) -> Iterator[str]:
    yield category.lower()
    if product % 3:
        yield "approved"
    if view == 0:
        yield "hero"
