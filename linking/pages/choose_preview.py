"""One asset of Choose Assets, large, with all that Cloudinary and our ledger know of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from linking.cloudinary.renditions import thumbnail
from linking.cloudinary.searching import MOST
from linking.domain.assets import Asset
from linking.domain.searching import Filters
from linking.models import Link
from linking.models.ledger import SWATCH, LinkQuerySet
from linking.pages.choose import problem_of
from linking.pages.choose_filters import field_of, fields_of
from linking.pages.choose_tiles import LARGE, tiles_of
from linking.picker import looking
from linking.picker.fields import known
from linking.picker.ledger import standing_of
from linking.picker.walking import PAGE, Place
from setup.cloudinary.client import CloudinaryError
from setup.models import Environment, Member
from setup.words import _, enumeration

GALLERIES = 20


@dataclass(frozen=True)
class Fact:
    name: str
    value: str


def preview_context(member: Member, filters: Filters, place: Place, id: str) -> dict[str, Any]:
    """Of the answer that is shown, or by one call. `asset`: None if it is gone."""
    environment = member.environment
    most = MOST if filters.linked else PAGE
    try:
        asset = looking.one(environment, filters, most, place.cursor, id)
    except CloudinaryError as error:
        return {"problem": problem_of(environment, error)}
    if asset is None:
        return {"asset": None}
    tile = tiles_of(environment, [asset], standing_of(environment, [asset]), ())[0]
    links = Link.objects.in_stores(environment, [id]).select_related("store").order_by("pk")
    return {
        "asset": asset,
        "tile": tile,
        "picture": thumbnail(environment, asset, LARGE, "limit"),
        "facts": list(facts_of(environment, asset)),
        "links": shown(links.in_galleries()),
        "swatches": shown(links.filter(role=SWATCH)),
    }


def shown(links: LinkQuerySet) -> list[tuple[Link, str]]:
    """With the addresses of their products in Shopify."""
    return [(link, link.store.product_admin_url(link.product_id)) for link in links[:GALLERIES]]


def facts_of(environment: Environment, asset: Asset) -> Iterator[Fact]:
    """Every value that it has."""
    fields = fields_of(known(environment))
    yield Fact(_("Public ID"), asset.public_id)
    if asset.folder:
        yield Fact(_("Folder"), asset.folder)
    if asset.tags:
        yield Fact(_("Tags"), enumeration(list(asset.tags)))
    for key, value in asset.metadata.items():
        field = field_of(fields, f"metadata:{key}")
        values = value if isinstance(value, tuple) else (value,)
        yield Fact(field.label, enumeration([field.label_of(one) for one in values]))
    for key, one in asset.context.items():
        yield Fact(field_of(fields, f"context:{key}").label, one)
