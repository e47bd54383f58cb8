"""Plans as rows: a product's galleries before and after, and the draft of everything that one transaction stores."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from linking.cloudinary.renditions import Rendition, is_video
from linking.domain.alts import MAX_ALT, one_line
from linking.domain.assets import Asset
from linking.domain.filenames import with_extension
from linking.domain.galleries import Medium, Slot
from linking.domain.plan import ProductPlan, fingerprint
from linking.domain.present import said_of
from linking.models import ChangeRow, ProductSync, SelectedRow, StoreFile, StoreSync
from linking.models.ledger import StoreFileQuerySet
from linking.models.writing import save_fields
from linking.shopify.galleries import Gallery
from setup.models import Store
from setup.reasons import NONE, Reason, joined
from setup.spelling import plain

# A transaction in which a plan may replace an older one: that of the lease's owner.
Fenced = Callable[[], AbstractContextManager]
UNASKED = (StoreFile.State.PLANNED, StoreFile.State.UPLOADING, StoreFile.State.STAGED, StoreFile.State.FAILED)
STAGING = (StoreFile.State.UPLOADING, StoreFile.State.STAGED)


@dataclass
class PlanRows:
    """The rows of a plan before they are stored."""

    products: list[ProductSync] = field(default_factory=list)
    changes: list[ChangeRow] = field(default_factory=list)
    files: dict[str, StoreFile] = field(default_factory=dict)
    # Lines of files that would be called otherwise here, were another product not the first to get them; and what says so.
    named_elsewhere: list[tuple[ChangeRow, Reason]] = field(default_factory=list)
    # Marks of renditions that galleries have already, in files of others: their rows are there when these are taken over.
    adopted: dict[str, None] = field(default_factory=dict)
    # Asset id -> the address of its small picture.
    thumbnails: dict[str, str] = field(default_factory=dict)
    # Asset id -> what has changed of it in Cloudinary since it was selected, and when that was read.
    notes: Mapping[str, Reason] = field(default_factory=dict)
    read: datetime | None = None

    def know(self, rows: Iterable[SelectedRow], read: datetime | None) -> None:
        """What the selection's rows say of the assets. `read`: when that was."""
        rows, self.read = list(rows), read
        self.thumbnails = {row.asset_id: row.thumbnail for row in rows}
        self.notes = {row.asset_id: note for row in rows if "since" in row.details and (note := said_of(row.details))}

    def store(self, part: StoreSync) -> None:
        """One transaction: a plan is there whole, or not at all. Renditions that the ledger knows keep their row."""
        marks = list(dict.fromkeys([*(change.file.mark for change in self.changes if change.file), *self.adopted]))
        with transaction.atomic():
            part.changes.all().delete()
            part.products.all().delete()
            for file in self.files.values():
                file.addressed = self.read
            StoreFile.objects.bulk_create([self.files[mark] for mark in marks], ignore_conflicts=True)
            known = StoreFile.objects.for_galleries().filter(store=part.store)
            ids, called = dict[str, int](), dict[str, str]()
            for at in range(0, len(marks), 500):
                rows = list(known.filter(mark__in=marks[at : at + 500]))
                if adopted := [row.file_id for row in rows if row.adopted]:  # by a run that never came to link it, too
                    StoreFile.objects.give_back(part.store_id, adopted)
                    rows = list(known.filter(mark__in=marks[at : at + 500]))
                ids |= {row.mark: row.pk for row in rows}
                self._refresh(rows, part)
                called |= {row.mark: row.name for row in rows}
            self._say_who_names(known)
            for place, change in enumerate(self.changes):
                change.place, change.note = place, joined(change.note, self.notes.get(change.asset_id, NONE))
                if change.file:
                    change.file_id, change.planned_name = ids[change.file.mark], called[change.file.mark]
            ProductSync.objects.bulk_create(self.products, batch_size=200)
            ChangeRow.objects.bulk_create(self.changes, batch_size=200)

    def _say_who_names(self, known: StoreFileQuerySet) -> None:
        """But for files that an earlier run has named."""
        marks = [line.file.mark for line, _ in self.named_elsewhere if line.file]
        names: dict[str, str] = {}
        for at in range(0, len(marks), 500):
            names |= known.filter(mark__in=marks[at : at + 500]).values_list("mark", "name")
        for line, reason in self.named_elsewhere:
            if line.file and names.get(line.file.mark) == line.file.name:
                line.reason = joined(line.reason, reason)

    def _refresh(self, known: Sequence[StoreFile], part: StoreSync) -> None:
        """What is still to be asked for is asked for at its address of now, with its alt text of now."""
        rows, promised = [], self._promised(known, part)
        for row in known:
            new = self.files[row.mark]
            if row.state in UNASKED:
                row.alt = new.alt
                if row.state != StoreFile.State.STAGED and not row.file_id:
                    # What has been fetched is compared with where it was fetched from.
                    row.source_url, row.addressed = new.source_url, new.addressed
                if row.state not in STAGING and row.pk not in promised:
                    row.name = renamed(row, new.name)
                rows.append(row)
        save_fields(rows, ["source_url", "alt", "addressed", "name"])

    def _promised(self, known: Sequence[StoreFile], part: StoreSync) -> set[int]:
        """Files that another run brings under the names that somebody has seen and applied: they keep them. A plan that is only
        shown holds up nothing: it keeps the names that it showed, for when it is applied."""
        wanted = [row.pk for row in known if row.state in UNASKED and row.name != self.files[row.mark].name]
        applied = ChangeRow.objects.filter(file__in=wanted, part__state=StoreSync.State.APPLYING).exclude(part=part)
        return set(applied.values_list("file_id", flat=True)) if wanted else set()


def renamed(row: StoreFile, name: str) -> str:
    """A file's name stays as it is once Shopify was asked for it: what is there is never renamed, and another try finds it. But
    the extension of a raw file is part of its public ID."""
    return name if row.unasked else with_extension(row.name, name.rpartition(".")[2])


def new_file(store: Store, asset: Asset, rendition: Rendition, name: str) -> StoreFile:
    """A rendition that is to be a file of the store; the ledger keeps the row that it has of it."""
    return StoreFile(
        store=store,
        kind=StoreFile.Kind.VIDEO if is_video(asset) else StoreFile.Kind.IMAGE,
        asset_id=asset.asset_id,
        version=asset.version,
        mark=rendition.mark,
        name=name,
        source_url=rendition.url,
        alt=alt_of(asset),
    )


def alt_of(asset: Asset) -> str:
    """The asset's own alt text, as much of it as Shopify takes."""
    return plain(one_line(asset.context.get("alt", ""))[:MAX_ALT])


def of_gallery(gallery: Gallery) -> str:
    """The fingerprint of a gallery as read."""
    return fingerprint([(item.id, item.alt) for item in gallery.media])


def before_rows(gallery: Gallery, media: Sequence[Medium]) -> list[dict]:
    """A gallery as plans keep it: [{"id", "alt", "status", "type", "url", "name", "asset", "ours"}, …], with "adopted" (a mark)
    of what is in the ledger though it was there before us."""
    return [
        item.as_row()
        | {"asset": medium.asset, "ours": medium.ours}
        | ({"adopted": medium.adopted} if medium.adopted else {})
        for item, medium in zip(gallery.media, media, strict=True)
    ]


def fill(row: ProductSync, plan: ProductPlan, gallery: Gallery, *, rewritten: bool = False) -> None:
    """Put a plan into a product's row. `before`: see `before_rows`; `after`: [{"medium"} or {"asset", "file"}, …]. `rewritten`:
    something changes, even if no picture comes, moves or leaves."""
    row.before = before_rows(gallery, plan.before)
    row.after = [_slot(slot) for slot in plan.after]
    row.fingerprint, row.seen = of_gallery(gallery), timezone.now()
    if plan.refusal:
        row.state, row.reason = ProductSync.State.REFUSED, plan.refusal
    elif plan.unchanged and not rewritten:
        row.state, row.settled = ProductSync.State.UNCHANGED, timezone.now()


def _slot(slot: Slot) -> dict:
    if isinstance(slot, Medium):
        return {"medium": slot.id, "asset": slot.asset} | ({"adopted": slot.adopted} if slot.adopted else {})
    return {"asset": slot.asset, "file": slot.rendition}
