"""Unlinking: a plan that takes pictures which we linked out of their galleries. The files stay in the store."""

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from linking.domain.plan import Change
from linking.domain.reasons import ENDLESS, NOT_THERE, VANISHED
from linking.models import ChangeRow, Link, ProductSync, StoreSync
from linking.planning import reading
from linking.planning.kept import kept_of
from linking.planning.ledger import Ledger
from linking.planning.rows import Fenced, PlanRows, before_rows, of_gallery
from linking.planning.staying import show_staying
from linking.planning.variants import plan_variants
from linking.shopify.galleries import Gallery, GalleryMedium
from setup.natural_order import natural
from setup.reasons import NONE, Reason
from setup.shopify.client import ShopifyClient

State, Outcome = ProductSync.State, ChangeRow.Outcome
CHOSEN = Reason("gallery.chosen")  # why a picture leaves


class UnlinkPlanner:
    """Plans one store's part of it. What leaves: {product id: [medium id, …]} under the store's pk (linking.runs)."""

    def __init__(self, part: StoreSync, client: ShopifyClient, fenced: Fenced = transaction.atomic) -> None:
        self.part, self.client, self.fenced = part, client, fenced
        self.draft = PlanRows()

    def plan(self) -> None:
        """Raises ShopifyError."""
        leaving = self._leaving()
        found = reading.current(self.part.store, self.client, list(leaving))
        known = Link.objects.in_galleries().filter(store=self.part.store, product_id__in=list(leaving))
        links = {(link.product_id, link.medium_id): link for link in known}
        ledger = Ledger.of(self.part.store, list(found.values()), [link.asset_id for link in links.values()])
        for place, (product_id, media) in enumerate(leaving.items()):
            mine = {medium: link for (owner, medium), link in links.items() if owner == product_id}
            self._product(place, product_id, media, found.get(product_id), mine, ledger)
        plan_variants(self.part, self.client, self.draft, {})
        show_staying(self.part, self.client, self.draft)
        with self.fenced():
            self.draft.store(self.part)

    def _leaving(self) -> dict[str, Sequence[str]]:
        store_id, sync = self.part.store_id, self.part.sync
        named = kept_of(sync).unlink.get(str(store_id), {})
        return {id: media for id, media in named.items() if sync.concerns(store_id, id)}

    def _product(
        self,
        place: int,
        product_id: str,
        media: Collection[str],
        gallery: Gallery | None,
        links: Mapping[str, Link],
        ledger: Ledger,
    ) -> None:
        any_link = next(iter(links.values()), None)
        row = ProductSync(part=self.part, place=place, product_id=product_id)
        row.title, row.handle = (any_link.title, any_link.handle) if any_link else ("", "")
        row.keys = sorted({link.key for id, link in links.items() if id in media and link.key}, key=natural)
        self.draft.products.append(row)
        if gallery is None or not gallery.whole:
            row.state, row.reason, outcome = State.FAILED, VANISHED, Outcome.FAILED
            if gallery is not None:
                row.state, row.reason, outcome = State.REFUSED, ENDLESS, Outcome.REFUSED
            self.draft.changes += [self._lost(row, links.get(id), id, outcome, row.reason) for id in media]
            return
        row.title, row.handle, row.fingerprint = gallery.title, gallery.handle, of_gallery(gallery)
        row.seen = timezone.now()
        shown = ledger.media(gallery)
        row.carriers = {"before": dict(ledger.carriers.get(product_id, {}))}
        row.before = before_rows(gallery, shown)
        names = ("asset", "ours", "adopted")
        row.after = [
            {"medium": item["id"]} | {name: item[name] for name in names if name in item}
            for item in row.before
            if item["id"] not in media
        ]
        there = set(gallery.ids)
        self._lines(row, gallery, media, links, {medium.id: medium.asset for medium in shown})
        lost = [id for id in media if id not in there]
        self.draft.changes += [self._lost(row, links.get(id), id, Outcome.SKIPPED, NOT_THERE) for id in lost]
        if len(lost) == len(media):
            row.state, row.reason = State.UNCHANGED, NOT_THERE

    def _lines(
        self,
        row: ProductSync,
        gallery: Gallery,
        media: Collection[str],
        links: Mapping[str, Link],
        assets: Mapping[str, str | None],
    ) -> None:
        place = 0
        for at, item in enumerate(gallery.media, 1):
            leaves = item.id in media
            place += not leaves
            if not leaves and not assets.get(item.id) and item.id not in links:
                continue  # a medium that stays, and is nobody's business in a report
            line = self._line(row, links.get(item.id), item.id, Change.UNLINK if leaves else Change.KEEP)
            line.name, line.thumbnail = line.name or name_of(item), line.thumbnail or item.url
            line.position_before, line.position_after = at, None if leaves else place
            line.outcome, line.reason = (Outcome.PENDING, CHOSEN) if leaves else (Outcome.UNCHANGED, NONE)
            self.draft.changes.append(line)

    def _lost(
        self, row: ProductSync, link: Link | None, id: str, outcome: ChangeRow.Outcome, reason: Reason
    ) -> ChangeRow:
        line = self._line(row, link, id, Change.SKIP)
        line.outcome, line.reason = outcome, reason
        return line

    def _line(self, row: ProductSync, link: Link | None, medium_id: str, change: Change) -> ChangeRow:
        line = ChangeRow(part=self.part, product=row, change=change, medium_id=medium_id)
        if link is not None:
            line.asset_id, line.key = link.asset_id, link.key
            line.name, line.thumbnail = link.name, link.thumbnail
        return line


def name_of(item: GalleryMedium) -> str:
    """Of a medium that the ledger does not know: its alt text or its file's name."""
    return (item.alt or item.url.partition("?")[0].rsplit("/", 1)[-1])[:500]
