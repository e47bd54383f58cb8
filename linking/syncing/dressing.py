"""Phase five: pictures of variants, alt texts and swatches, when all that is new stands and before anything leaves."""

from collections.abc import Mapping, Sequence
from functools import partial

from linking.domain.reasons import ALT_LOST, VARIANTS, file_reason
from linking.domain.variants import still_true
from linking.models import ChangeRow, ProductSync, StoreFile
from linking.shopify import files, variants
from linking.shopify.files import Refusal
from linking.shopify.galleries import Gallery
from linking.shopify.variants import Variant
from linking.syncing.goal import leaves, leaving_of
from linking.syncing.run import Run
from linking.syncing.swatches import Swatches
from setup.shopify_errors import Remedy, ShopifyError

PENDING = ChangeRow.Outcome.PENDING
# What Shopify has taken so often and still shows otherwise is not asked for again.
TRIES = 3


class Dressing:
    """Looks, writes what differs, and says which products it wrote to: those are looked at again."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.dressed: set[int] = set()
        self.dressings: dict[int, int] = {}
        self.described: dict[str, int] = {}
        self.trouble: dict[int, str] = {}
        self.swatches = Swatches(run)

    def work(
        self, products: Sequence[ProductSync], found: Mapping[str, Gallery], ledger: Mapping[str, StoreFile]
    ) -> set[int]:
        """`products` have all their new media in place. Returns the pks of those that were written to."""
        written = self._variants(products, found, ledger) | self._alts(products, found)
        return written | self.swatches.work(products)

    def moved(self, products: Sequence[ProductSync]) -> set[int]:
        """The pks of products of a plan that was shown whose variants show others of their pictures by now: a variant would
        lose a picture, or keep one, that nobody was told of."""
        if not self.run.part.sync.as_shown:
            return set()
        fresh = [product for product in products if product.state == ProductSync.State.PLANNED]
        asked = [product for product in fresh if product.variants or leaves(product)]
        found = variants.pictures(self.run.client, [product.product_id for product in asked])
        return {product.pk for product in asked if not as_planned(product, found.get(product.product_id, ()))}

    def _variants(
        self, products: Sequence[ProductSync], found: Mapping[str, Gallery], ledger: Mapping[str, StoreFile]
    ) -> set[int]:
        open_ones = [product for product in products if product.variants and product.pk not in self.dressed]
        known = variants.pictures(self.run.client, [product.product_id for product in open_ones])
        written = set()
        for product in open_ones:
            gallery = found[product.product_id]
            changes = differences(product, known.get(product.product_id, []), ledger, gallery)
            if changes and self._dress(product, *changes):
                written.add(product.pk)
            else:
                self.dressed.add(product.pk)
        return written

    def _dress(self, product: ProductSync, off: dict[str, str], on: dict[str, str]) -> bool:
        """Detach before attach: a variant that has a picture is refused another one."""
        self.run.tick()
        self.dressings[product.pk] = self.dressings.get(product.pk, 0) + 1
        if self.dressings[product.pk] > TRIES:
            self.trouble[product.pk] = VARIANTS.format(text="somebody else keeps changing them.")
            return False
        try:
            if off:
                variants.detach(self.run.client, product.product_id, off)
            if on:
                variants.attach(self.run.client, product.product_id, on)
        except ShopifyError as error:
            if error.remedy != Remedy.GIVE_UP:
                raise
            self.trouble[product.pk] = VARIANTS.format(text=error.text)
            return False
        return True

    def _alts(self, products: Sequence[ProductSync], found: Mapping[str, Gallery]) -> set[int]:
        """One row per file, whatever the number of galleries that show it."""
        rows: dict[str, str] = {}
        lines: dict[str, list[ChangeRow]] = {}
        written = set()
        for product in products:
            texts = {item.id: item.alt for item in found[product.product_id].media}
            for line in product.changes.all():
                if line.outcome != PENDING or line.alt_after in (None, texts.get(line.medium)):
                    continue
                if line.medium in texts:
                    rows[line.medium] = line.alt_after or ""
                    lines.setdefault(line.medium, []).append(line)
                    written.add(product.pk)
        for id in [id for id in rows if self.described.get(id, 0) >= TRIES]:
            self._not_described(lines[id], ALT_LOST)
            del rows[id]
        ids = list(rows)
        for at in range(0, len(ids), files.PER_CALL):
            self.run.tick()
            for id, refusal in files.refused(partial(self._describe, rows), ids[at : at + files.PER_CALL]):
                self._not_described(lines[id], file_reason(refusal.code, refusal.message))
        for id in ids:
            self.described[id] = self.described.get(id, 0) + 1
        return written

    def _describe(self, texts: Mapping[str, str], ids: Sequence[str]) -> Sequence[Refusal]:
        return files.describe(self.run.client, {id: texts[id] for id in ids})

    def _not_described(self, lines: Sequence[ChangeRow], reason: str) -> None:
        with self.run.fenced():
            rows = ChangeRow.objects.filter(pk__in=[line.pk for line in lines])
            rows.update(outcome=ChangeRow.Outcome.FAILED, reason=reason)


def as_planned(product: ProductSync, known: Sequence[Variant]) -> bool:
    planned = {change["id"]: change["before"] for change in product.variants}
    return still_true(planned, {variant.id: variant.picture for variant in known}, leaves(product))


def differences(
    product: ProductSync, known: Sequence[Variant], ledger: Mapping[str, StoreFile], gallery: Gallery
) -> tuple[dict[str, str], dict[str, str]] | None:
    """What to detach and what to attach (variant id -> medium id); None if every variant shows what it shall."""
    shown = {variant.id: variant.picture for variant in known}
    there, leaving = set(gallery.ids), set(leaving_of(product, gallery))
    off: dict[str, str] = {}
    on: dict[str, str] = {}
    for change in product.variants:
        wanted = medium_of(change["after"], ledger)
        current = shown.get(change["id"])
        if change["id"] not in shown or wanted == current or (change["after"] and wanted not in there):
            continue  # gone, done, or its picture could not be brought: then it keeps what it has
        if current not in (None, change["before"]):
            continue  # somebody gave it another one meanwhile
        if not wanted and current in leaving:
            continue  # a medium that leaves the gallery leaves its variants; one that cannot leave stays with them
        if current:
            off[change["id"]] = current
        if wanted:
            on[change["id"]] = wanted
    return (off, on) if off or on else None


def medium_of(after: Mapping | None, ledger: Mapping[str, StoreFile]) -> str | None:
    if after is None:
        return None
    if "medium" in after:
        return after["medium"]
    file = ledger.get(after["file"])
    return file.file_id if file else None
