"""Undo: one more plan, back to the galleries that a run found. Refused where somebody was there since."""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone

from linking import waiting
from linking.domain import stored
from linking.domain.moves import stable
from linking.domain.plan import ADOPTED, GIVEN_BACK, Change, fingerprint
from linking.domain.reasons import CHANGED_SINCE, DELETED, ENDLESS, NOT_KEPT, VANISHED
from linking.models import ChangeRow, ProductSync, StoreSync
from linking.models.lines import with_lines
from linking.planning import reading, shown
from linking.planning.broken_off import UNFINISHED
from linking.planning.kept import gallery_is_known, kept_of
from linking.planning.rows import Fenced, PlanRows, of_gallery
from linking.planning.staying import show_staying
from linking.planning.variants import plan_pictures_back
from linking.shopify import files
from linking.shopify.galleries import Gallery
from setup.reasons import Reason
from setup.shopify.client import ShopifyClient
from setup.spelling import plain

State, Outcome = ProductSync.State, ChangeRow.Outcome
# Why a picture or a swatch leaves.
CAME = Reason("gallery.came")
TOUCHED = (State.DONE, State.PARTIAL, State.ABORTED, State.FAILED)


class UndoPlanner:
    """Plans the undoing of one store's part of a run."""

    def __init__(self, part: StoreSync, client: ShopifyClient, fenced: Fenced = transaction.atomic) -> None:
        self.fenced = fenced
        self.part, self.client = part, client
        self.draft = PlanRows()
        # Lines of the run that is undone, by product and medium: they know the assets by name.
        self.named: dict[tuple[str, str], ChangeRow] = {}
        # The same by what they brought.
        self.came: dict[tuple[str, str], ChangeRow] = {}
        self.begun: set[str] = set()
        # Why media of ours may not be shown now, by file.
        self.kept_back: Mapping[str, Reason] = {}

    def plan(self) -> None:
        """Raises ShopifyError, and CloudinaryError: what is not known to be allowed in a shop does not come back."""
        kept_of(self.part.sync)
        self.begun = self._begun()
        done = [row for row in self._touched() if row.result or row.waits]
        found = reading.current(self.part.store, self.client, [row.product_id for row in done])
        kept = {row.product_id: row for row in done if gallery_is_known(row)}
        wanted = {item["id"] for row in kept.values() for item in row.before}
        there = {id for gallery in found.values() for id in gallery.ids}
        away = waiting.insist(lambda ids: files.states(self.client, ids), sorted(wanted - there), self.client.pause)
        known = away.keys() | there
        self.kept_back = shown.kept_back(self.part.store, coming_back(kept, found, known))
        for place, row in enumerate(done):
            self._product(place, row, found.get(row.product_id), known, whole=row.product_id in kept)
        plan_pictures_back(self.part, self.client, self.draft, kept, self.kept_back)
        show_staying(self.part, self.client, self.draft)
        self._spare()
        with self.fenced():
            self.draft.store(self.part)

    def _begun(self) -> set[str]:
        """Products that an earlier undo of the same run was broken off at: it was us who were there since."""
        undos = ProductSync.objects.filter(part__sync__kind="undo", part__sync__origin=self.part.sync.origin)
        undos = undos.filter(part__store=self.part.store, part__sync__dry_run=False, state__in=UNFINISHED)
        return set(undos.exclude(part=self.part).values_list("product_id", flat=True))

    def _touched(self) -> list[ProductSync]:
        sync = self.part.sync
        rows = ProductSync.objects.filter(part__sync=sync.origin, part__store=self.part.store, state__in=TOUCHED)
        return [row for row in with_lines(rows) if sync.concerns(self.part.store_id, row.product_id)]

    def _product(
        self, place: int, row: ProductSync, gallery: Gallery | None, known: Collection[str], *, whole: bool
    ) -> None:
        back = ProductSync(
            part=self.part,
            place=place,
            product_id=row.product_id,
            title=row.title,
            handle=row.handle,
            keys=row.keys,
            carriers={"assets": row.carriers.get("before", {})},
        )
        self.draft.products.append(back)
        self.named |= {(row.product_id, line.medium): line for line in row.changes.all() if line.name}
        arrivals = (line for line in row.changes.all() if line.file and not line.owner_id)
        self.came |= {(row.product_id, line.arrival): line for line in arrivals}
        if gallery is None or not gallery.whole:
            back.state, back.reason = (State.FAILED, VANISHED) if gallery is None else (State.REFUSED, ENDLESS)
            return
        was = {item["id"]: item for item in row.before} if whole else {}
        back.before = [item.as_row() | self._named(row, was, item.id) for item in gallery.media]
        back.fingerprint, back.seen = of_gallery(gallery), timezone.now()
        if not whole:
            back.after, back.state, back.reason = [{"medium": id} for id in gallery.ids], State.REFUSED, NOT_KEPT
            return
        back_already = back.fingerprint == fingerprint([(item["id"], item["alt"]) for item in row.before])
        if not back_already and not self._is_left(row, gallery):
            back.after, back.state, back.reason = [{"medium": id} for id in gallery.ids], State.REFUSED, CHANGED_SINCE
            return
        self._back(back, row, gallery, known)

    def _is_left(self, row: ProductSync, gallery: Gallery) -> bool:
        """Whether nobody was there since. What a run left is not always known: an order may have landed after its end, an
        answer may have been lost. Then it is enough that nothing is there that the run did not find or bring."""
        if row.result and row.product_id not in self.begun:
            return of_gallery(gallery) == row.result
        texts = {item["id"]: {plain(item["alt"])} for item in row.before}
        for line in row.changes.all():
            if line.medium and not line.owner_id:
                came = (line.alt_after or "", line.file.alt if line.file else "")
                texts.setdefault(line.medium, set()).update(map(plain, came))
        return all(item.id in texts and plain(item.alt) in texts[item.id] for item in gallery.media)

    def _named(self, row: ProductSync, was: Mapping[str, Mapping], medium_id: str) -> dict:
        """What we know of a medium from the run that is undone. `was`: the gallery that it found, by medium."""
        before = was.get(medium_id, {})
        if taken := adopted_by(row).get(medium_id):
            return {**taken, "ours": False}
        line = self.came.get((row.product_id, medium_id))
        return {
            "asset": before.get("asset") or (line.asset_id if line else None),
            "ours": before.get("ours", line is not None),
            **({"adopted": before["adopted"]} if before.get("adopted") else {}),
        }

    def _back(self, back: ProductSync, row: ProductSync, gallery: Gallery, known: Collection[str]) -> None:
        """The gallery as it was: what left returns, what came leaves, texts too."""
        current = set(gallery.ids)
        lost = [(item, DELETED) for item in row.before if item["id"] not in known]
        withheld = {item["id"] for item in row.before if item["id"] in self.kept_back} - current
        lost += [
            (item, self.kept_back[item["id"]]) for item in row.before if item["id"] in withheld and item["id"] in known
        ]
        target = [item for item in row.before if item["id"] in known and item["id"] not in withheld]
        standing = {id: why for id, why in standings(row).items() if id in current}
        back.after = [self._slot(item, current, standing) for item in target]
        self.draft.changes += self._lines(back, target, lost, gallery, standing)
        self.draft.changes += [self._swatch(back, line) for line in row.changes.all() if was_swatch(line)]

    def _spare(self) -> None:
        """Products to which nothing is to be done."""
        busy = {
            line.product.product_id for line in self.draft.changes if line.product and line.outcome == Outcome.PENDING
        }
        for back in self.draft.products:
            if back.state == State.PLANNED and not back.variants and back.product_id not in busy:
                back.state = State.UNCHANGED

    @staticmethod
    def _slot(item: Mapping, current: Collection[str], standing: Mapping[str, Reason]) -> dict:
        name = "medium" if item["id"] in current else "return"
        slot = {name: item["id"], "asset": item.get("asset"), "ours": item.get("ours", False)}
        if item.get("adopted"):
            slot["adopted"] = item["adopted"]
        return slot | ({"gives_back": True} if standing.get(item["id"]) == GIVEN_BACK else {})

    def _lines(
        self,
        back: ProductSync,
        target: list[dict],
        lost: list[tuple[dict, Reason]],
        gallery: Gallery,
        standing: Mapping[str, Reason],
    ) -> list[ChangeRow]:
        """`lost`: what does not come back, each with its reason. `standing`: why it changes what media count as."""
        place = {id: at for at, id in enumerate(gallery.ids, 1)}
        staying = [item["id"] for item in target if item["id"] in place]
        unmoved = {gallery.ids[at - 1] for at in stable([place[id] for id in staying])}
        texts = {item.id: item.alt for item in gallery.media}
        lines = []
        for at, item in enumerate(target, 1):
            id = item["id"]
            change = Change.ADD if id not in place else Change.KEEP if id in unmoved else Change.MOVE
            text = item["alt"] if id in texts and plain(texts[id]) != plain(item["alt"]) else None
            line = self._line(back, item, change, place.get(id), at)
            line.alt_before, line.alt_after = texts.get(id, ""), text
            if id in standing:
                line.reason = standing[id]
            elif change == Change.KEEP and text is None:
                if not line.asset_id:
                    continue  # a medium that stays where it is, and is nobody's business in a report
                line.outcome = Outcome.UNCHANGED
            lines.append(line)
        kept = {item["id"] for item in target}
        gone = [item for item in back.before if item["id"] not in kept]
        lines += [self._leaving(back, item, place[item["id"]]) for item in gone]
        for item, reason in lost:
            line = self._line(back, item, Change.SKIP, None, None)
            line.outcome, line.reason = Outcome.SKIPPED, reason
            lines.append(line)
        return lines

    def _leaving(self, back: ProductSync, item: Mapping, place: int) -> ChangeRow:
        """A picture that came. If it was in the store before, it may have got another alt text: then that goes back, too."""
        line = self._line(back, item, Change.UNLINK, place, None)
        line.reason = CAME
        came = self.came.get((back.product_id, item["id"]))
        if came is not None and came.alt_after is not None and plain(item["alt"]) == plain(came.alt_after):
            line.alt_before, line.alt_after = came.alt_after, came.alt_before
        return line

    def _swatch(self, back: ProductSync, line: ChangeRow) -> ChangeRow:
        """The metafield names again what it named before, or nothing; what may not be shown it does not."""
        withheld = self.kept_back.get(line.medium_id)
        change = Change.SKIP if withheld else Change.REPLACE if line.medium_id else Change.UNLINK
        back_line = ChangeRow(
            part=self.part,
            product=back,
            key=line.key,
            owner_id=line.owner_id,
            asset_id=line.asset_id,
            name=line.name,
            thumbnail=line.thumbnail,
            change=change,
            replaces=line.medium_id,
        )
        if withheld:
            back_line.outcome, back_line.reason = Outcome.SKIPPED, withheld
        elif change == Change.UNLINK:
            back_line.reason = CAME
        return back_line

    def _line(
        self, back: ProductSync, item: Mapping, change: Change, before: int | None, after: int | None
    ) -> ChangeRow:
        line = self.named.get((back.product_id, item["id"]))
        return ChangeRow(
            part=self.part,
            product=back,
            key=line.key if line and line.key else back.keys[0] if back.keys else "",
            asset_id=item.get("asset") or "",
            name=(line.name if line else "") or item["alt"] or item["url"].partition("?")[0].rsplit("/", 1)[-1],
            thumbnail=item["url"],
            change=change,
            medium_id=item["id"],
            position_before=before,
            position_after=after,
        )


def adopted_by(row: ProductSync) -> dict[str, dict[str, str]]:
    """Medium id -> asset and mark, of what this run took over, and that nobody of us had brought."""
    before = {item["id"] for item in stored.rows(row.before, "id") if item.get("adopted")}
    return {
        slot["medium"]: {"asset": slot["asset"], "adopted": slot["adopted"]}
        for slot in stored.slots(row.after)
        if slot.get("medium") and slot["medium"] not in before and slot.get("adopted") and slot.get("asset")
    }


def standings(row: ProductSync) -> dict[str, Reason]:
    """Medium id -> what it counts as once this run is undone: nothing, or what it was adopted as before."""
    again = {slot.get("medium"): ADOPTED for slot in stored.slots(row.after) if slot.get("gives_back")}
    return dict.fromkeys(adopted_by(row), GIVEN_BACK) | {id: why for id, why in again.items() if id}


def was_swatch(line: ChangeRow) -> bool:
    return bool(line.owner_id) and line.outcome in (Outcome.DONE, Outcome.UNKNOWN)


def coming_back(
    undone: Mapping[str, ProductSync], found: Mapping[str, Gallery], known: Collection[str]
) -> dict[str, str]:
    """What undoing these products would show that does not show now: media of galleries, pictures of variants, swatches. By file
    id, with its asset where the row of the product knows it."""
    media: dict[str, str] = {}
    for row in undone.values():
        if row.product_id not in found:
            continue
        pictures = {change["before"] for change in row.variants}
        there = set(found[row.product_id].ids)
        for item in row.before:
            if item["id"] in pictures or (item["id"] in known and item["id"] not in there):
                media[item["id"]] = item.get("asset") or ""
        swatches = (line.medium_id for line in row.changes.all() if was_swatch(line) and line.medium_id)
        media |= {id: media.get(id, "") for id in swatches}
    return media
