"""The job: documents that are due are built, some at a time. Broken off anywhere, they stay due."""

from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from linking import attempts
from linking.attempts import Attempt
from linking.cloudinary import searching
from linking.cloudinary.assets import present
from linking.cloudinary.renditions import is_sound, is_video
from linking.delivery import entries, named
from linking.delivery.terms import terms_of
from linking.domain import delivered
from linking.domain.assets import Asset
from linking.domain.showable import Terms, spans, why_not
from linking.links import left
from linking.links.sparing import SparingClient
from linking.models import DeliveredProduct, DeliveryEndpoint, Link
from linking.models.jobs import NO_TRIES, JobState
from linking.models.ledger import GALLERY, SWATCH
from setup.captions import beside
from setup.cloudinary.client import CloudinaryClient, CloudinaryError
from setup.reasons import NONE

PER_SLICE = 25  # products
Rows = Sequence[DeliveredProduct]


def build(pk: int) -> bool:
    """Safe to call at any time: a claim decides who works. True: enqueue the next job."""
    attempt = attempts.claim(DeliveryEndpoint.objects.select_related("environment", "store"), pk)
    if attempt is None:
        return False
    with attempt:
        return _work(attempt)
    return False


def _work(attempt: Attempt[DeliveryEndpoint]) -> bool:
    """Raises CloudinaryError."""
    endpoint = attempt.row
    now = timezone.now()
    due = DeliveredProduct.objects.filter(endpoint=endpoint, due__lte=now)
    rows = list(due.order_by("due", "pk")[:PER_SLICE]) if endpoint.on else []
    if rows:
        _build(endpoint, rows)
    more = len(rows) == PER_SLICE
    state = JobState.WAITING if more else JobState.DONE
    return bool(endpoint.mine().update(state=state, problem=NONE, heartbeat_at=timezone.now(), **NO_TRIES)) and more


def _build(endpoint: DeliveryEndpoint, rows: Rows) -> None:
    """Raises CloudinaryError."""
    links = links_of(endpoint, rows)
    client = SparingClient(endpoint.environment)
    try:
        assets = looked_at(client, {link.asset_id for some in links.values() for link in some})
        captions = captions_of(client, list(assets.values()), terms_of(endpoint.environment))
    except CloudinaryError:
        take_out(rows, links)
        raise
    for row in rows:
        body = document(endpoint, links[row.product_id], assets, captions)
        names = named.of_product(endpoint, row.product_id, links[row.product_id])
        _keep(row, body, names, there=bool(links[row.product_id]))


def _keep(row: DeliveredProduct, body: dict, names: Sequence[named.Name], *, there: bool) -> None:
    """What was marked meanwhile stays due. Without a link there is no such product here any more."""
    with transaction.atomic():
        mine = DeliveredProduct.objects.filter(pk=row.pk, due=row.due)
        if not there:
            mine.delete()
            return
        DeliveredProduct.objects.filter(pk=row.pk).update(body=body, built=timezone.now())
        named.save(row, names)
        mine.update(due=None)


def links_of(endpoint: DeliveryEndpoint, rows: Rows) -> dict[str, list[Link]]:
    """By product, as last linked: in the order of its gallery, swatches behind."""
    ids = [row.product_id for row in rows]
    found: dict[str, list[Link]] = {id: [] for id in ids}
    for link in Link.objects.filter(store=endpoint.store_id, product_id__in=ids, gone="").order_by("pk"):
        found[link.product_id].append(link)
    galleries = left.galleries_of(endpoint.store, ids, now=timezone.now())
    for id, links in found.items():
        known = galleries.get(id)
        places = {medium: at for at, (medium, _alt) in enumerate(known.media if known else [])}
        links.sort(key=lambda link: (link.role != GALLERY, places.get(link.medium_id, len(places)), link.pk))
    return found


def looked_at(client: CloudinaryClient, ids: set[str]) -> dict[str, Asset]:
    """As they are now. Raises CloudinaryError."""
    asked = [Asset(id, "") for id in sorted(ids)]
    return {id: asset for some in present(client, asked, timed=False) for id, asset in some.items() if asset}


def captions_of(client: CloudinaryClient, assets: Sequence[Asset], terms: Terms) -> dict[str, Asset]:
    """Files of captions beside these videos that may be shown, by public ID. Raises CloudinaryError."""
    wanted = dict.fromkeys(
        name
        for asset in assets
        if is_video(asset) and not is_sound(asset)
        for name, called in beside.names(asset.public_id, entries.languages_of(asset))
        if called.rpartition(".")[2] in entries.CAPTIONS
    )
    if not wanted:
        return {}
    found = looked_at(client, set(searching.ids_of(client, "raw", "upload", list(wanted)).values()))
    now = timezone.now().timestamp()
    return {one.public_id: one for one in found.values() if not why_not(one, terms.environment, terms, now=now)}


def document(
    endpoint: DeliveryEndpoint, links: Sequence[Link], assets: Mapping[str, Asset], captions: Mapping[str, Asset]
) -> dict:
    newest = max(links, key=lambda link: link.linked, default=None)
    product = {"id": newest.product_id, "title": newest.title, "handle": newest.handle} if newest else {}
    return {"product": product, "media": list(media(endpoint, links, assets, captions))}


def media(
    endpoint: DeliveryEndpoint, links: Sequence[Link], assets: Mapping[str, Asset], captions: Mapping[str, Asset]
) -> Iterator[dict]:
    """What may be shown now or later."""
    terms = terms_of(endpoint.environment)
    for link in links:
        asset = assets.get(link.asset_id)
        open_at = spans(asset, link.environment_id or 0, terms)
        if asset is None or not open_at or asset.resource_type not in ("image", "video") or is_sound(asset):
            continue
        shown = entries.of_asset(endpoint.environment, asset, captions, endpoint.spin_field)
        if link.role == SWATCH:
            shown["role"] = SWATCH
        variants = [id for id in link.variants or () if id != link.product_id]
        yield delivered.entry(asset.asset_id, open_at, variants, shown)


def take_out(rows: Rows, links: Mapping[str, Sequence[Link]]) -> None:
    """While Cloudinary does not answer, what has left galleries leaves documents all the same."""
    for row in rows:
        there = {link.asset_id for link in links[row.product_id]}
        known = {one["asset"] for one in row.body.get("media", ()) if isinstance(one, dict) and "asset" in one}
        if going := known - there:
            DeliveredProduct.objects.filter(pk=row.pk).update(body=delivered.without(row.body, going))
