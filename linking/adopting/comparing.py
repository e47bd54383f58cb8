"""The look before a plan: galleries with pictures that are not ours, beside what comes into each."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils import timezone

from linking.adopting import looks, thumbnails
from linking.adopting.thumbnails import SIDE
from linking.cloudinary.addresses import Address
from linking.cloudinary.renditions import Rendition
from linking.domain.adopting import Coming, Look, Pair, There, pairs
from linking.domain.assets import Asset
from linking.models import MediumLook
from linking.shopify import looks as described
from linking.shopify.galleries import GalleryMedium
from setup.cloudinary.delivery import delivery_host
from setup.models import Environment, Store
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient

log = logging.getLogger(__name__)
# So long one plan may look at pictures, seconds: what was not looked at by then counts as not known.
LOOKING = 120.0
SOME = 64
READING = Reason("doing.reading_galleries")


@dataclass(frozen=True)
class Beside:
    """Of one gallery: the media that are not ours, and what comes that it does not show, each as it is delivered."""

    media: Sequence[GalleryMedium]
    coming: Sequence[tuple[Asset, Rendition]]


def compare(
    store: Store, environment: Environment, client: ShopifyClient | None, galleries: Mapping[str, Beside]
) -> dict[str, tuple[Pair, ...]]:
    """By product id, where something seems to be there already. `client`: to ask with; None: only what is known counts, nothing
    is asked or fetched. Raises ShopifyError."""
    galleries = {id: one for id, one in galleries.items() if one.media and one.coming}
    if not galleries:
        return {}
    until = time.monotonic() + LOOKING
    there = _there(store, environment, client, galleries, until)
    coming = _coming(environment, client, galleries, until)
    found = {}
    for id, one in galleries.items():
        media = [there[item.id] for item in one.media if item.id in there]
        if known := pairs(media, [coming[rendition.mark] for _, rendition in one.coming]):
            found[id] = known
    return found


def unlooked(store: Store, galleries: Mapping[str, Beside], found: Mapping[str, Sequence[Pair]]) -> dict[str, set[str]]:
    """By product id, the assets that may be there already, for all that anybody knows: none of what stands there was ever looked
    at. Asks and fetches nothing. One query for 500 media."""
    media = {item.id: item.url for one in galleries.values() for item in one.media}
    known = looks.of_media(store, media, now=timezone.now())
    unknown = {id: one for id, one in galleries.items() if not any(item.id in known for item in one.media)}
    paired = {id: {pair.asset for pair in found.get(id, ())} for id in unknown}
    return {id: {asset.asset_id for asset, _ in one.coming} - paired[id] for id, one in unknown.items()}


def hosts_of(store: Store, environment: Environment) -> set[str]:
    """That thumbnails are fetched from, besides Shopify's."""
    return {delivery_host(environment), urlsplit(store.api_base).netloc} - {""}


def _there(
    store: Store, environment: Environment, client: ShopifyClient | None, galleries: Mapping[str, Beside], until: float
) -> dict[str, There]:
    media = {item.id: item for one in galleries.values() for item in one.media}
    now = timezone.now()
    known = looks.of_media(store, {id: item.url for id, item in media.items()}, now=now)
    if client is not None and (missing := [id for id in media if id not in known]):
        seen = described.read(client, missing)
        addresses = {id: of_width(one.url) for id, one in seen.items()}
        fetched = _fetched(client, addresses, hosts_of(store, environment), until)
        _say(store, fetched)
        known |= looks.keep_media(store, seen, fetched, now=now)
    return {id: _as_there(item, known[id]) for id, item in media.items() if id in known}


def _as_there(item: GalleryMedium, row: MediumLook) -> There:
    addresses = tuple(filter(None, (row.source, row.url)))
    return There(item.id, addresses, item.alt, row.size, row.width, row.height, looks.look(row))


def _coming(
    environment: Environment, client: ShopifyClient | None, galleries: Mapping[str, Beside], until: float
) -> dict[str, Coming]:
    """By mark."""
    known = {rendition.mark: (asset, rendition) for one in galleries.values() for asset, rendition in one.coming}
    now = timezone.now()
    rows = looks.of_renditions(environment, list(known), now=now)
    if client is not None:
        addresses = {mark: url for mark, one in known.items() if mark not in rows and (url := small(environment, *one))}
        fetched = _fetched(client, addresses, {delivery_host(environment)}, until)
        rows |= looks.keep_renditions(environment, fetched, now=now)
    return {
        mark: Coming(
            asset.asset_id,
            asset.public_id,
            asset.name,
            asset.version,
            asset.context.get("alt", ""),
            asset.bytes,
            asset.width,
            asset.height,
            looks.look(rows.get(mark)),
        )
        for mark, (asset, _) in known.items()
    }


def _fetched(
    client: ShopifyClient, addresses: Mapping[str, str], hosts: set[str], until: float
) -> dict[str, Look | None]:
    """Some at a time: between them a run hears that it is to end."""
    found: dict[str, Look | None] = {}
    names = list(addresses)
    for at in range(0, len(names), SOME):
        client.pause(0.0, READING)
        found |= thumbnails.fetched({name: addresses[name] for name in names[at : at + SOME]}, hosts, until=until)
    return found


def of_width(url: str) -> str:
    """A thumbnail's address at Shopify's CDN."""
    return f"{url}{'&' if '?' in url else '?'}width={SIDE}&height={SIDE}"


def small(environment: Environment, asset: Asset, rendition: Rendition) -> str:
    """A thumbnail's address of what is delivered: the same transformation, then smaller. Empty for one that cannot be read."""
    extension = rendition.name.rpartition(".")[2]
    address = Address.of(rendition.url, asset.version, extension)
    if address is None:
        return ""
    limit = f"c_limit,w_{SIDE},h_{SIDE}"
    transformation = f"{address.transformation}/{limit}" if address.transformation else limit
    return Address(
        address.resource_type,
        address.delivery_type,
        transformation,
        address.version,
        address.public_id,
        address.extension,
    ).now(environment, asset)


def _say(store: Store, fetched: Mapping[str, object]) -> None:
    if missing := sum(one is None for one in fetched.values()):
        log.info("%s of %s thumbnails of %s could not be looked at.", missing, len(fetched), store.domain)
