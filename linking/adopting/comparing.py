"""The look before a plan: galleries with pictures that are not ours, beside what comes into each."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlsplit

from django.utils import timezone

from linking.adopting import looks, thumbnails
from linking.adopting.grids import apart_in_detail, brightness_of
from linking.adopting.thumbnails import LARGER, SIDE
from linking.cloudinary.addresses import Address
from linking.cloudinary.renditions import Rendition
from linking.domain.adopting import DETAILS, Coming, Likeness, Look, Pair, There, pairs, unsure
from linking.domain.assets import Asset
from linking.domain.filenames import mark_of
from linking.models import MediumLook, RenditionLook
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


@dataclass(frozen=True)
class Compared:
    """Of the galleries of a plan. `similar`: by product id, where something seems to be there already; `there` and `coming`: what
    is known of the media, by id, and of the renditions, by mark. Asks and fetches nothing."""

    galleries: Mapping[str, Beside] = field(default_factory=dict)
    similar: Mapping[str, Sequence[Pair]] = field(default_factory=dict)
    there: Mapping[str, MediumLook] = field(default_factory=dict)
    coming: Mapping[str, RenditionLook] = field(default_factory=dict)

    def unlooked(self) -> dict[str, set[str]]:
        """By product id, the assets that may be there already, for all that anybody knows: none of what stands there was ever
        looked at."""
        found: dict[str, set[str]] = {}
        for id, one in self.galleries.items():
            if not any(item.id in self.there for item in one.media):
                paired = {pair.asset for pair in self.similar.get(id, ())}
                found[id] = {asset.asset_id for asset, _ in one.coming} - paired
        return found

    def unseen(self) -> dict[str, set[str]]:
        """By product id, the assets that may stand there already, as a picture of either side could not be looked at: it did not
        come, or there was no time for it."""
        there = {id for id, row in self.there.items() if looks.look(row)}
        coming = {mark for mark, row in self.coming.items() if looks.look(row)}
        found: dict[str, set[str]] = {}
        for id, one in self.galleries.items():
            blind = any(item.id not in there for item in one.media)
            found[id] = {asset.asset_id for asset, made in one.coming if blind or made.mark not in coming}
        return found


def compare(
    store: Store, environment: Environment, client: ShopifyClient | None, galleries: Mapping[str, Beside]
) -> Compared:
    """`client`: to ask with; None: only what is known counts, nothing is asked or fetched. Raises ShopifyError."""
    galleries = {id: one for id, one in galleries.items() if one.media and one.coming}
    if not galleries:
        return Compared()
    there, coming = _there(store, galleries), _coming(environment, galleries)
    if client is not None:
        _look(store, environment, client, galleries, there, coming)
    pause = (lambda: None) if client is None else (lambda: client.pause(0.0, READING))
    comes = {
        id: [_as_coming(asset, coming.get(made.mark)) for asset, made in one.coming] for id, one in galleries.items()
    }
    uncut = _uncut(store, environment, client, galleries, comes)
    found: dict[str, tuple[Pair, ...]] = {}
    for id, one in galleries.items():
        pause()
        media = [_as_there(item, there[item.id]) for item in one.media if item.id in there]
        if known := pairs(media, [replace(asset, uncut=uncut.get(asset.asset)) for asset in comes[id]], pause):
            found[id] = known
    alike = [one for id, known in found.items() for one in _sure(galleries[id], known, there)]
    if client is not None:
        _look_closer(store, environment, client, alike)
    apart = {one.row.medium_id: one.row.details.get(one.rendition.mark) for one in alike}
    same = {id for id, distance in apart.items() if distance is not None and distance <= DETAILS}
    found = {id: tuple(one if one.medium in same else unsure(one) for one in each) for id, each in found.items()}
    return Compared(galleries, found, there, coming)


def _uncut(
    store: Store,
    environment: Environment,
    client: ShopifyClient | None,
    galleries: Mapping[str, Beside],
    comes: Mapping[str, Sequence[Coming]],
) -> dict[str, Look | None]:
    """By asset, all of it, where what is delivered has another shape: it may stand there uncut."""
    cut = {one.asset for each in comes.values() for one in each if one.cut}
    made = {asset.asset_id: one for each in galleries.values() for asset, one in each.coming if asset.asset_id in cut}
    assets = {asset.asset_id: asset for each in galleries.values() for asset, _ in each.coming if asset.asset_id in cut}
    if not assets:
        return {}
    marks = {id: str(mark_of(id, asset.version, "")) for id, asset in assets.items()}
    now = timezone.now()
    rows = looks.of_renditions(environment, sorted(marks.values()), now=now)
    if client is not None:
        addresses = {
            mark: small(environment, assets[id], made[id], cut=False) for id, mark in marks.items() if mark not in rows
        }
        known = {mark: url for mark, url in addresses.items() if url}
        until, pause = time.monotonic() + LOOKING, partial(client.pause, 0.0, READING)
        seen = thumbnails.fetched(known, hosts_of(store, environment), until=until, pause=pause)
        rows |= looks.keep_renditions(environment, seen, now=now)
    return {id: looks.look(rows.get(mark)) for id, mark in marks.items()}


@dataclass(frozen=True)
class _Alike:
    """A medium, by what is known of it, and what it seems to show."""

    row: MediumLook
    asset: Asset
    rendition: Rendition


def _sure(gallery: Beside, known: Iterable[Pair], there: Mapping[str, MediumLook]) -> Iterator[_Alike]:
    coming = {asset.asset_id: (asset, made) for asset, made in gallery.coming}
    return (_Alike(there[one.medium], *coming[one.asset]) for one in known if one.likeness == Likeness.SURE)


def _look_closer(store: Store, environment: Environment, client: ShopifyClient, alike: Iterable[_Alike]) -> None:
    """What seems to be the same once more, in larger pictures of both sides; what does not come stays unknown."""
    until, hosts = time.monotonic() + LOOKING, hosts_of(store, environment)
    new = [one for one in alike if one.rendition.mark not in one.row.details]
    for at in range(0, len(new), SOME // 2):
        some = list(enumerate(new[at : at + SOME // 2]))
        addresses = {(True, n): of_width(one.row.url, LARGER) for n, one in some}
        addresses |= {(False, n): small(environment, one.asset, one.rendition, LARGER) for n, one in some}
        pause = partial(client.pause, 0.0, READING)
        seen = thumbnails.read(brightness_of, addresses, hosts, until=until, pause=pause)
        for n, one in some:
            if (theirs := seen.get((True, n))) and (ours := seen.get((False, n))):
                looks.keep_details(one.row, one.rendition.mark, apart_in_detail(theirs, ours))


def hosts_of(store: Store, environment: Environment) -> set[str]:
    """That thumbnails are fetched from, besides Shopify's."""
    return {delivery_host(environment), urlsplit(store.api_base).netloc} - {""}


def _there(store: Store, galleries: Mapping[str, Beside]) -> dict[str, MediumLook]:
    """By medium id, what is known."""
    media = {item.id: item.url for one in galleries.values() for item in one.media}
    return looks.of_media(store, media, now=timezone.now())


def _coming(environment: Environment, galleries: Mapping[str, Beside]) -> dict[str, RenditionLook]:
    """By mark, what is known."""
    marks = {made.mark for one in galleries.values() for _, made in one.coming}
    return looks.of_renditions(environment, sorted(marks), now=timezone.now())


def _as_there(item: GalleryMedium, row: MediumLook) -> There:
    addresses = tuple(filter(None, (row.source, row.url)))
    sizes = {"bytes": row.size, "width": row.width, "height": row.height}
    return There(item.id, addresses, alt=item.alt, look=looks.look(row), **sizes)


def _as_coming(asset: Asset, row: RenditionLook | None) -> Coming:
    return Coming(
        asset.asset_id,
        asset.public_id,
        asset.name,
        asset.version,
        alt=asset.context.get("alt", ""),
        bytes=asset.bytes,
        width=asset.width,
        height=asset.height,
        look=looks.look(row),
    )


def _look(
    store: Store,
    environment: Environment,
    client: ShopifyClient,
    galleries: Mapping[str, Beside],
    there: dict[str, MediumLook],
    coming: dict[str, RenditionLook],
) -> None:
    """What is not known yet, into `there` and `coming`: gallery by gallery, both sides of each, so that what there was time for
    can be compared."""
    until, now = time.monotonic() + LOOKING, timezone.now()
    missing = dict.fromkeys(item.id for one in galleries.values() for item in one.media if item.id not in there)
    seen = described.read(client, list(missing)) if missing else {}
    hosts, failed = hosts_of(store, environment), 0
    for some in _in_turns(galleries):
        theirs = {item.id: of_width(seen[item.id].url) for one in some for item in one.media if item.id in seen}
        theirs = {id: url for id, url in theirs.items() if id not in there}
        made = {rendition.mark: (asset, rendition) for one in some for asset, rendition in one.coming}
        ours = {mark: small(environment, *one) for mark, one in made.items() if mark not in coming}
        addresses = {(True, id): url for id, url in theirs.items()} | {
            (False, mark): url for mark, url in ours.items() if url
        }
        fetched = thumbnails.fetched(addresses, hosts, until=until, pause=lambda: client.pause(0.0, READING))
        failed += len(addresses) - sum(look is not None for look in fetched.values())
        looked = {id: look for (of_store, id), look in fetched.items() if of_store}
        there |= looks.keep_media(store, seen, looked, now=now)
        coming |= looks.keep_renditions(
            environment, {mark: look for (of_store, mark), look in fetched.items() if not of_store}, now=now
        )
    if failed:
        log.info("%s thumbnails of galleries of %s could not be looked at.", failed, store.domain)


def _in_turns(galleries: Mapping[str, Beside]) -> Iterator[list[Beside]]:
    """Whole galleries, some pictures at a time."""
    some: list[Beside] = []
    for one in galleries.values():
        some.append(one)
        if sum(len(each.media) + len(each.coming) for each in some) >= SOME:
            yield some
            some = []
    if some:
        yield some


def of_width(url: str, side: int = SIDE) -> str:
    """A thumbnail's address at Shopify's CDN."""
    return f"{url}{'&' if '?' in url else '?'}width={side}&height={side}"


def small(environment: Environment, asset: Asset, rendition: Rendition, side: int = SIDE, *, cut: bool = True) -> str:
    """A thumbnail's address of what is delivered: the same transformation, then smaller; or, not `cut`, of all of the asset.
    Empty for one that cannot be read."""
    extension = rendition.name.rpartition(".")[2]
    address = Address.of(rendition.url, asset.version, extension)
    if address is None:
        return ""
    limit = f"c_limit,w_{side},h_{side}"
    transformation = f"{address.transformation}/{limit}" if address.transformation and cut else limit
    return Address(
        address.resource_type,
        address.delivery_type,
        transformation,
        address.version,
        address.public_id,
        address.extension,
    ).now(environment, asset)
