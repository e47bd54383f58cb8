"""Phase five: pictures of variants, alt texts and swatches, when all that is new stands and before anything leaves."""

from collections.abc import Mapping, Sequence
from functools import partial

from django.utils import timezone

from linking.domain.reasons import ALT_LOST, NOT_SHOWN, file_reason
from linking.domain.variants import still_true
from linking.domain.waiting import Wait
from linking.models import ChangeRow, ProductSync, StoreFile
from linking.models.writing import save_fields
from linking.planning.kept import leaves
from linking.shopify import files, variants
from linking.shopify.files import Refusal
from linking.shopify.galleries import Gallery
from linking.shopify.variants import Variant
from linking.syncing.goal import leaving_of, may_be_old
from linking.syncing.run import Run
from linking.syncing.swatches import Swatches
from linking.waiting import Waits
from setup.reasons import Reason, said
from setup.spelling import plain

Outcome = ChangeRow.Outcome
SHOW, DETACH = "variants:show", "variants:detach"


class Attributes:
    """Looks, writes what differs, and says which products it waits for: those are looked at again. `wrote`: whether the last
    call of `apply` wrote anything; `trouble`: by product pk, what could not be done to its variants."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.assigned: set[int] = set()
        self.trouble: dict[int, Reason] = {}
        self.wrote = False
        # Files whose alt text this run has asked for.
        self.described: set[str] = set()
        self.swatches = Swatches(run)

    def apply(
        self, products: Sequence[ProductSync], found: Mapping[str, Gallery], ledger: Mapping[str, StoreFile]
    ) -> set[int]:
        """`products` have all their new media in place. Returns the pks of those that are to be looked at again."""
        self.wrote = False
        busy = self._variants(products, found, ledger) | self._alts(products, found)
        busy |= self.swatches.apply(products)
        self.wrote |= self.swatches.wrote
        return busy

    def moved(self, products: Sequence[ProductSync], found: Mapping[str, Gallery]) -> set[int]:
        """The pks of products of a plan that was shown whose variants show others of their pictures by now: a variant would
        lose a picture, or keep one, that nobody was shown."""
        if not self.run.part.sync.as_shown:
            return set()
        fresh = [row for row in products if row.state == ProductSync.State.PLANNED and row.product_id in found]
        asked = [product for product in fresh if product.variants or leaves(product)]
        known = variants.pictures(self.run.client, [product.product_id for product in asked])
        return {product.pk for product in asked if not as_planned(product, known.get(product.product_id, ()))}

    def _variants(
        self, products: Sequence[ProductSync], found: Mapping[str, Gallery], ledger: Mapping[str, StoreFile]
    ) -> set[int]:
        open_ones = [product for product in products if product.variants and product.pk not in self.assigned]
        open_ones = [product for product in open_ones if product.pk not in self.trouble]
        asked = timezone.now()
        known = variants.pictures(self.run.client, [product.product_id for product in open_ones])
        busy = set()
        for product in open_ones:
            shown = known.get(product.product_id)
            off, on, early = differences(product, shown or [], ledger, found[product.product_id])
            if shown is None:
                busy |= self._missed(product)
                continue
            Waits(product.waits).end(f"{Wait.ABSENT}:variants")
            if early and may_be_old(product, asked):
                busy.add(product.pk)
            elif not off and not on:
                self.assigned.add(product.pk)
            elif self._assign_variant_pictures(product, off, on):
                busy.add(product.pk)
        return busy

    def _missed(self, product: ProductSync) -> set[int]:
        """Its variants are not shown: waited for, and given up when they stay away."""
        waits = Waits(product.waits)
        if waits.miss(f"{Wait.ABSENT}:variants"):
            self.trouble[product.pk] = Reason("variants.not_set", text=Reason("variants.not_shown"))
            return set()
        self._save(product)
        return {product.pk}

    def _assign_variant_pictures(self, product: ProductSync, off: dict[str, str], on: dict[str, str]) -> bool:
        """Replace what is to be replaced; detach only what shall be without. False if it is given up."""
        waits = Waits(product.waits)
        for key, pictures, write in ((SHOW, on, variants.show), (DETACH, off, variants.detach)):
            if not pictures and key in waits:
                continue
            if waits.unseen(key):
                self.trouble[product.pk] = Reason("variants.not_set", text=NOT_SHOWN)
                return False
            if pictures and waits.may_ask(key, pictures) and not self._send(product, key, write, pictures):
                return False
        return True

    def _send(self, product: ProductSync, key: str, write: variants.Write, pictures: dict[str, str]) -> bool:
        """False if it is refused for good."""
        self.run.tick()
        self.run.heed_abort()
        waits = Waits(product.waits)
        waits.ask(key, pictures)
        self._save(product)
        self.wrote = True
        for refusal in variants.in_calls(write, self.run.client, product.product_id, pictures):
            if refusal.wait:
                waits.refuse(key, refusal.wait)
                self._save(product)
            if not refusal.wait or waits.over(key):
                text = refusal.reason or said(refusal.code)
                self.trouble[product.pk] = Reason("variants.not_set", text=text)
                return False
            return True
        waits.accept(key)
        self._save(product)
        return True

    def _save(self, product: ProductSync) -> None:
        with self.run.fenced():
            save_fields([product], ["waits"])

    def _alts(self, products: Sequence[ProductSync], found: Mapping[str, Gallery]) -> set[int]:
        """One row per file, whatever the number of galleries that show it."""
        rows: dict[str, str] = {}
        owners: dict[str, list[ProductSync]] = {}
        lines: dict[str, list[ChangeRow]] = {}
        busy = set()
        for product in products:
            texts = {item.id: item.alt for item in found[product.product_id].media}
            for line in product.changes.all():
                if line.outcome != Outcome.PENDING or line.alt_after is None or line.medium not in texts:
                    continue
                if plain(line.alt_after) != plain(texts[line.medium]):
                    rows[line.medium] = line.alt_after
                    lines.setdefault(line.medium, []).append(line)
                    owners.setdefault(line.medium, []).append(product)
        late = {id for id in rows if any(Waits(product.waits).unseen(alt_key(id)) for product in owners[id])}
        for id in late:
            self._not_described(lines[id], Outcome.UNKNOWN, ALT_LOST)
        for id in rows.keys() - late:
            busy |= {product.pk for product in owners[id]}
        due = [id for id in rows if id not in late and self._may_describe(id, owners[id])]
        for at in range(0, len(due), files.PER_CALL):
            self._describe(due[at : at + files.PER_CALL], rows, owners, lines)
        return busy

    def _may_describe(self, id: str, owners: Sequence[ProductSync]) -> bool:
        return all(Waits(product.waits).may_ask(alt_key(id), [id]) for product in owners)

    def _describe(
        self,
        ids: Sequence[str],
        texts: Mapping[str, str],
        owners: Mapping[str, list[ProductSync]],
        lines: Mapping[str, list[ChangeRow]],
    ) -> None:
        self.run.tick()
        self.run.heed_abort()
        self.described |= set(ids)
        asked = {product.pk: product for id in ids for product in owners[id]}
        for id in ids:
            for product in owners[id]:
                Waits(product.waits).ask(alt_key(id), [id])
        with self.run.fenced():
            save_fields(list(asked.values()), ["waits"])
        self.wrote = True
        for id, refusal in files.refused(partial(self._write_alts, texts), ids):
            waits = [Waits(product.waits) for product in owners[id]]
            if refusal.wait:
                for one in waits:
                    one.refuse(alt_key(id), refusal.wait)
            if not refusal.wait or any(one.over(alt_key(id)) for one in waits):
                self._not_described(lines[id], Outcome.FAILED, file_reason(refusal.code, refusal.reason))
        with self.run.fenced():
            save_fields(list(asked.values()), ["waits"])

    def _write_alts(self, texts: Mapping[str, str], ids: Sequence[str]) -> Sequence[Refusal]:
        return files.settled(lambda: files.describe(self.run.client, {id: texts[id] for id in ids}))

    def _not_described(self, lines: Sequence[ChangeRow], outcome: ChangeRow.Outcome, reason: Reason) -> None:
        for line in lines:
            line.outcome, line.reason = outcome, reason
        with self.run.fenced():
            save_fields(lines, ["outcome", "reason"])


def alt_key(file_id: str) -> str:
    return f"alt:{file_id}"


def as_planned(product: ProductSync, known: Sequence[Variant]) -> bool:
    planned = {change["id"]: change["before"] for change in product.variants}
    return still_true(planned, {variant.id: variant.picture for variant in known}, leaves(product))


def differences(
    product: ProductSync, known: Sequence[Variant], ledger: Mapping[str, StoreFile], gallery: Gallery
) -> tuple[dict[str, str], dict[str, str], bool]:
    """What to detach and what to show (variant id -> medium id), and whether a variant shows already what nobody has asked for
    yet: a view from before, or somebody else's doing."""
    shown = {variant.id: variant.picture for variant in known}
    there, leaving = set(gallery.ids), set(leaving_of(product, gallery))
    asked = Waits(product.waits).asked_for(SHOW)
    off: dict[str, str] = {}
    on: dict[str, str] = {}
    early = False
    for change in product.variants:
        wanted = medium_of(change["after"], ledger)
        current = shown.get(change["id"])
        if change["id"] not in shown or (change["after"] and wanted not in there):
            continue  # gone, or its picture could not be brought: then it keeps what it has
        if wanted == current:
            early |= bool(wanted) and change["id"] not in asked
            continue
        if current not in (None, change["before"]) and current not in leaving:
            continue  # somebody gave it another one meanwhile
        if not wanted and current in leaving:
            continue  # a medium that leaves the gallery leaves its variants; one that cannot leave stays with them
        if wanted:
            on[change["id"]] = wanted
        elif current:
            off[change["id"]] = current
    return off, on, early


def medium_of(after: Mapping | None, ledger: Mapping[str, StoreFile]) -> str | None:
    if after is None:
        return None
    if "medium" in after:
        return after["medium"]
    file = ledger.get(after["file"])
    return (file.file_id or None) if file else None
