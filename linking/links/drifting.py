"""What a check finds in galleries that is not as the ledger says, kept in rows. Writes nothing in Shopify."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from linking import waiting
from linking.domain.assets import Asset
from linking.domain.drift import Drift, Finding, Linked, findings
from linking.domain.waiting import Wait
from linking.links import left
from linking.models import ChangeRow, DriftFinding, LeftGallery, Link, StoreFile
from linking.shopify.galleries import Gallery
from setup.models import Store
from setup.spelling import plain


def record(
    store: Store, links: Sequence[Link], found: Mapping[str, Gallery], assets: Mapping[str, Asset], asked: datetime
) -> None:
    """Replace what is known of the links' products. `links`: all that each of them has; `found`: as just read, when that was
    `asked` for. Galleries without an end are not judged."""
    of: dict[str, list[Link]] = {}
    for link in links:
        of.setdefault(link.product_id, []).append(link)
    were = left.galleries_of(store, of, now=asked)
    versions = _versions(store, [link.medium_id for link in links])
    now = {id: asset.version if asset.public_id else 0 for id, asset in assets.items()}
    rows: list[DriftFinding] = []
    for product_id, some in of.items():
        gallery = found.get(product_id)
        if gallery is not None and not gallery.whole:
            continue
        linked = [_linked(link, versions, asked) for link in some]
        media = None if gallery is None else [(item.id, item.alt) for item in gallery.media]
        seen = findings(linked, media, left.left_of(were.get(product_id)), now)
        rows += [_row(store, one, some, gallery, asked) for one in seen]
    rows = _without_our_own(store, rows, were)
    with transaction.atomic():
        DriftFinding.objects.filter(store=store, product_id__in=list(of)).delete()
        DriftFinding.objects.bulk_create(rows, batch_size=500)


def forget(links: QuerySet[Link]) -> None:
    """What is known of links that are about to be forgotten."""
    here = links.filter(store=OuterRef("store"), product_id=OuterRef("product_id"))
    own = Exists(here.filter(asset_id=OuterRef("asset_id")))
    gone = Q(kind=Drift.PRODUCT) & Exists(here.filter(gone=Link.Gone.PRODUCT))
    DriftFinding.objects.filter(store__in=links.values("store")).filter(own | gone).delete()


def forget_others(store: Store, begun: datetime | None) -> None:
    """At the end of a check that began then: what it has not met has no links any more."""
    if begun is not None:
        DriftFinding.objects.filter(store=store, seen__lt=begun).delete()
        LeftGallery.objects.filter(store=store, seen__lt=begun).delete()


def _versions(store: Store, media: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    rows = StoreFile.objects.for_galleries().filter(store=store)
    for at in range(0, len(media), 500):
        found |= rows.filter(file_id__in=media[at : at + 500]).values_list("file_id", "version")
    return found


def _linked(link: Link, versions: Mapping[str, int], asked: datetime) -> Linked:
    young = not waiting.over(Wait.MOVED, link.linked, at=asked)
    return Linked(link.asset_id, link.medium_id, versions.get(link.medium_id, 0), young)


def _row(store: Store, one: Finding, links: Sequence[Link], gallery: Gallery | None, asked: datetime) -> DriftFinding:
    row = DriftFinding(store=store, product_id=links[0].product_id, kind=one.kind.value, count=one.count, seen=asked)
    row.asset_id, row.medium_id, row.was, row.now = one.asset, one.medium, one.was, one.now
    known = next((link for link in links if one.asset and link.asset_id == one.asset), None)
    if known is not None:
        row.name, row.thumbnail = known.name, known.thumbnail
    row.key = (known or links[0]).key
    row.title = (gallery.title if gallery else links[0].title)[:500]
    row.handle = (gallery.handle if gallery else links[0].handle)[:300]
    return row


def _without_our_own(store: Store, rows: Sequence[DriftFinding], were: Mapping[str, LeftGallery]) -> list[DriftFinding]:
    """A file has one alt text, in however many galleries it stands: what a run of ours wrote by another product since is no
    drift, and is kept in mind."""
    changed = [row for row in rows if row.kind == Drift.ALT]
    if not changed:
        return list(rows)
    written: dict[str, list[tuple[datetime, str]]] = {}
    lines = ChangeRow.objects.filter(part__store=store, asset_id__in={row.asset_id for row in changed}, owner_id="")
    lines = lines.filter(outcome=ChangeRow.Outcome.DONE, part__sync__dry_run=False).exclude(alt_after=None)
    for asset, at, alt in lines.values_list("asset_id", "product__settled", "alt_after"):
        if at is not None and alt is not None:
            written.setdefault(asset, []).append((at, plain(alt)))
    ours = [
        row
        for row in changed
        if any(at > were[row.product_id].settled and alt == plain(row.now) for at, alt in written.get(row.asset_id, ()))
    ]
    for row in ours:
        known = were[row.product_id]
        known.media = [(id, row.now if id == row.medium_id else alt) for id, alt in known.media]
    left.save([were[id] for id in {row.product_id for row in ours}])
    return [row for row in rows if row not in ours]
