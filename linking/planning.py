"""From a selection and what the stores answered to a plan per product: read, decide, keep. Writes nothing in Shopify."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from linking.cloudinary.renditions import NoRendition, Rendition, of_image, thumbnail
from linking.domain.assets import Asset
from linking.domain.filenames import asset_mark, read_mark
from linking.domain.galleries import Incoming, LinkMode, Medium, Slot
from linking.domain.grouping import Group, group
from linking.domain.matching import Verdict
from linking.domain.ordering import arrange
from linking.domain.plan import Change, Line, ProductPlan, fingerprint, plan_product
from linking.models import ChangeRow, Link, ProductSync, SelectedAsset, Selection, StoreFile, StoreMatch, StoreSync
from linking.models.jobs import JobState
from linking.shopify import galleries
from linking.shopify.galleries import Gallery, GalleryMedium
from setup.models import Environment, Store
from setup.shopify_client import ShopifyClient

Outcome = ChangeRow.Outcome
MAX_ALT = 512


@dataclass
class Wanted:
    """What the groups bring to one product, in order."""

    product: Mapping
    keys: list[str] = field(default_factory=list)
    assets: dict[str, Asset] = field(default_factory=dict)
    key_of: dict[str, str] = field(default_factory=dict)


@dataclass
class Draft:
    """The rows of a plan before they are stored."""

    products: list[ProductSync] = field(default_factory=list)
    changes: list[ChangeRow] = field(default_factory=list)
    files: dict[str, StoreFile] = field(default_factory=dict)


class Planner:
    """Plans one store sync."""

    def __init__(self, part: StoreSync, client: ShopifyClient) -> None:
        self.part, self.client, self.store = part, client, part.store
        self.environment: Environment = part.sync.environment
        self.mode, self.position = LinkMode(part.sync.link_mode), part.sync.position
        self.draft = Draft()

    def plan(self, match: StoreMatch) -> None:
        """Replace the store sync's rows by a fresh plan. Raises ShopifyError."""
        rows = list(match.selection.assets.all())
        wanted = self._want(rows, match)
        found = galleries.read(self.client, list(wanted))
        known = Ledger.of(self.store, found.values(), [row.asset_id for row in rows])
        for place, (product_id, want) in enumerate(wanted.items()):
            if gallery := found.get(product_id):
                before = known.media(gallery)
                self._product(place, want, gallery, before)
            else:
                self._vanished(place, want)
        self._store()

    def _want(self, rows: list[SelectedAsset], match: StoreMatch) -> dict[str, Wanted]:
        """Per product the assets of all its groups; what goes nowhere becomes a skipped line at once."""
        sync, wanted = self.part.sync, dict[str, Wanted]()
        for row in rows:
            if not row.details:
                self._skip(None, row.asset_id, "", "The asset no longer exists in Cloudinary.")
        answers = {answer.key: answer for answer in match.keys.all()}
        for found in group((row.asset for row in rows if row.details), match.selection.group_by):
            found = Group(found.key, arrange(found.assets, match.selection.order_by))
            answer = answers.get(found.key)
            if not found.key or answer is None or answer.verdict != Verdict.MATCHED:
                reason = answer.reason if answer else f"The asset has no value in {label_of(sync.selection)}."
                for asset in found.assets:
                    self._skip(asset, asset.asset_id, found.key, reason)
                continue
            for product in answer.products:
                want = wanted.setdefault(product["id"], Wanted(product))
                want.keys.append(found.key)
                for asset in found.assets:
                    want.assets.setdefault(asset.asset_id, asset)
                    want.key_of.setdefault(asset.asset_id, found.key)
        return wanted

    def _skip(
        self, asset: Asset | None, asset_id: str, key: str, reason: str, product: ProductSync | None = None
    ) -> None:
        self.draft.changes.append(
            ChangeRow(
                part=self.part,
                product=product,
                key=key,
                asset_id=asset_id,
                name=asset.name if asset else asset_id,
                thumbnail=thumbnail(self.environment, asset) if asset else "",
                change=Change.SKIP,
                outcome=Outcome.SKIPPED,
                reason=reason,
            )
        )

    def _vanished(self, place: int, want: Wanted) -> None:
        reason = "The product no longer exists in the store."
        row = self._row(place, want, want.product["title"], want.product["handle"])
        row.state, row.reason = ProductSync.State.FAILED, reason
        for asset in want.assets.values():
            self._skip(asset, asset.asset_id, want.key_of[asset.asset_id], reason, row)
            self.draft.changes[-1].outcome = Outcome.FAILED

    def _row(self, place: int, want: Wanted, title: str, handle: str) -> ProductSync:
        row = ProductSync(
            part=self.part, place=place, product_id=want.product["id"], title=title, handle=handle, keys=want.keys
        )
        self.draft.products.append(row)
        return row

    def _product(self, place: int, want: Wanted, gallery: Gallery, before: list[Medium]) -> None:
        row = self._row(place, want, gallery.title, gallery.handle)
        incoming = []
        for asset in want.assets.values():
            try:
                rendition = of_image(self.environment, asset)
            except NoRendition as refusal:
                self._skip(asset, asset.asset_id, want.key_of[asset.asset_id], str(refusal), row)
                continue
            incoming.append(Incoming(asset.asset_id, rendition.mark))
            self._file(asset, rendition)
        row.incoming = [[item.asset, item.rendition] for item in incoming]
        plan = plan_product(self.mode, before, incoming, self.position)
        fill(row, plan, gallery)
        self.draft.changes += self._lines(row, plan, want, gallery)

    def _file(self, asset: Asset, rendition: Rendition) -> None:
        alt = asset.context.get("alt", "")[:MAX_ALT]
        new = StoreFile(
            store=self.store,
            asset_id=asset.asset_id,
            version=asset.version,
            mark=rendition.mark,
            name=rendition.name,
            source_url=rendition.url,
            alt=alt,
        )
        self.draft.files.setdefault(rendition.mark, new)

    def _lines(self, row: ProductSync, plan: ProductPlan, want: Wanted, gallery: Gallery) -> Iterable[ChangeRow]:
        pictures = {medium.id: medium.url for medium in gallery.media}
        marks = {slot.asset: slot.rendition for slot in plan.after if isinstance(slot, Incoming)}
        for line in plan.lines:
            asset = want.assets.get(line.asset or "")
            if asset is None and line.change in (Change.KEEP, Change.MOVE):
                continue  # a medium that stays and is nobody's business in a report
            yield ChangeRow(
                part=self.part,
                product=row,
                key=want.key_of.get(line.asset or "", ""),
                asset_id=line.asset or "",
                name=asset.name if asset else "",
                thumbnail=thumbnail(self.environment, asset) if asset else pictures.get(line.medium or "", ""),
                change=line.change,
                medium_id=line.medium or "",
                replaces=line.replaces or "",
                position_before=line.position_before,
                position_after=line.position_after,
                file=self.draft.files.get(marks.get(line.asset or "", "")) if line.change in ARRIVALS else None,
                outcome=outcome_at_planning(line, plan),
                reason=line.reason,
            )

    def _store(self) -> None:
        """One transaction: a plan is there whole, or not at all. Renditions that the ledger knows keep their row."""
        draft, marks = self.draft, [change.file.mark for change in self.draft.changes if change.file]
        known = StoreFile.objects.filter(store=self.store, mark__in=marks)
        with transaction.atomic():
            self.part.changes.all().delete()
            self.part.products.all().delete()
            fresh = [draft.files[mark] for mark in dict.fromkeys(marks)]
            StoreFile.objects.bulk_create(fresh, ignore_conflicts=True)
            ids = dict(known.values_list("mark", "pk"))
            for place, change in enumerate(draft.changes):
                change.place = place
                if change.file:
                    change.file_id = ids[change.file.mark]
            ProductSync.objects.bulk_create(draft.products)
            ChangeRow.objects.bulk_create(draft.changes, batch_size=200)


ARRIVALS = (Change.ADD, Change.REPLACE)


def outcome_at_planning(line: Line, plan: ProductPlan) -> Outcome:
    if plan.refusal:
        return Outcome.REFUSED
    if line.change == Change.SKIP:
        return Outcome.SKIPPED
    return Outcome.UNCHANGED if plan.unchanged or line.change == Change.KEEP else Outcome.PENDING


def label_of(selection: Selection | None) -> str:
    if selection is None:
        return "the Cloudinary field"
    labels = {known["code"]: known["label"] for known in selection.offered_fields}
    return f"“{labels.get(selection.cloudinary_field, selection.cloudinary_field)}”"


@dataclass(frozen=True)
class Ledger:
    """What tells which asset a picture shows, and whether it is there because of us."""

    assets: Mapping[str, str]  # asset mark -> asset id
    files: Mapping[str, StoreFile]  # file id -> our row
    links: Mapping[tuple[str, str], str]  # (product id, medium id) -> asset id

    @classmethod
    def of(cls, store: Store, found: Collection[Gallery], asset_ids: Iterable[str]) -> "Ledger":
        media = [id for gallery in found for id in gallery.ids]
        links = Link.objects.filter(store=store, product_id__in=[gallery.product_id for gallery in found])
        return cls(
            assets={asset_mark(id): id for id in asset_ids},
            files={
                id: row for at in range(0, len(media), 500) for id, row in _rows_of(store, media[at : at + 500]).items()
            },
            links={(link.product_id, link.medium_id): link.asset_id for link in links},
        )

    def media(self, gallery: Gallery) -> list[Medium]:
        """A gallery as the core sees it. A file's id tells its asset, or else the mark in its name does."""
        return [self._medium(gallery.product_id, item) for item in gallery.media]

    def _medium(self, product_id: str, item: GalleryMedium) -> Medium:
        ours = (product_id, item.id) in self.links
        if row := self.files.get(item.id):
            asset, mark = row.asset_id, row.mark
        else:
            found = read_mark(item.url)
            asset, mark = (self.assets.get(found.asset, ""), str(found)) if found else ("", "")
        asset = self.links.get((product_id, item.id), asset)
        # A medium that failed shows nothing: it is no rendition of anything.
        return Medium(item.id, asset or None, mark if mark and item.status == "READY" else None, ours)


def _rows_of(store: Store, file_ids: Sequence[str]) -> dict[str, StoreFile]:
    return {row.file_id: row for row in StoreFile.objects.filter(store=store, file_id__in=file_ids)}


def fill(row: ProductSync, plan: ProductPlan, gallery: Gallery) -> None:
    """Put a plan into a product's row. `before`: [{"id", "alt", "status", "type", "url", "asset", "ours"}, …];
    `after`: [{"medium"} or {"asset", "file"}, …]."""
    row.before = [
        item.as_row() | {"asset": medium.asset, "ours": medium.ours}
        for item, medium in zip(gallery.media, plan.before, strict=True)
    ]
    row.after = [_slot(slot) for slot in plan.after]
    row.fingerprint = fingerprint([(item.id, item.alt) for item in gallery.media])
    if plan.refusal:
        row.state, row.reason = ProductSync.State.REFUSED, plan.refusal
    elif plan.unchanged:
        row.state, row.settled = ProductSync.State.UNCHANGED, timezone.now()


def _slot(slot: Slot) -> dict:
    if isinstance(slot, Medium):
        return {"medium": slot.id, "asset": slot.asset}
    return {"asset": slot.asset, "file": slot.rendition}


def answered(part: StoreSync) -> StoreMatch | None:
    """The store's finished answer to the question that the sync's fields ask."""
    sync = part.sync
    return StoreMatch.objects.filter(
        selection=sync.selection,
        store=part.store,
        state=JobState.DONE,
        cloudinary_field=sync.cloudinary_field,
        shopify_field=sync.shopify_field,
    ).first()
