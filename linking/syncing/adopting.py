"""The ledger of what was there before us: files under foreign names, which count as ours from the run that adopts them until that
is undone. From then on they are known by their ids."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from linking.domain import stored
from linking.domain.plan import Change
from linking.models import ChangeRow, Link, ProductSync, StoreFile, StoreSync
from linking.models.syncs import OPEN
from linking.planning.rows import UNASKED
from linking.shopify.galleries import Gallery
from linking.syncing.run import Run
from setup.reasons import NONE

State = StoreFile.State
# Nothing of theirs is in the store, or on its way there.
NOWHERE = [state for state in UNASKED if state != State.UPLOADING]


def marks_of(product: ProductSync) -> dict[str, str]:
    """Medium id -> the rendition that it counts as, of what this plan adopts, or finds adopted."""
    slots = stored.slots(product.after)
    return {slot.get("medium") or slot["return"]: slot["adopted"] for slot in slots if slot.get("adopted")}


def take_over(run: Run) -> None:
    """What another gallery of this run is to get as well need not be uploaded for it."""
    arriving = run.part.changes.filter(outcome=ChangeRow.Outcome.PENDING, change__in=[Change.ADD, Change.REPLACE])
    wanted = arriving.filter(file__state__in=NOWHERE).values_list("file__mark", flat=True)
    if not (marks := set(wanted)):
        return
    found: dict[str, str] = {}
    for product in run.part.products.filter(state__in=OPEN).exclude(lookalikes=[]).iterator(200):
        for medium, mark in marks_of(product).items():
            if mark in marks:
                found.setdefault(mark, medium)
    with run.fenced():
        _take(run.part, found)


def settle(part: StoreSync, settled: Sequence[tuple[ProductSync, Gallery]]) -> None:
    """Within the transaction that settles these products."""
    taken: dict[str, str] = {}
    for product, gallery in settled:
        there = set(gallery.ids)
        for medium, mark in marks_of(product).items():
            if medium in there:
                taken.setdefault(mark, medium)
        if given_back := [slot["medium"] for slot in stored.slots(product.after) if slot.get("gives_back")]:
            _give_back(part, product, given_back)
    _take(part, taken)


def _take(part: StoreSync, media: dict[str, str]) -> None:
    """`media`: mark -> file. A rendition that the store has, or is being brought, keeps its own."""
    rows = StoreFile.objects.for_galleries().filter(store=part.store_id, state__in=NOWHERE)
    for mark, medium in media.items():
        rows.filter(mark=mark).update(
            state=State.READY, file_id=medium, pending_id="", proved=True, adopted=True, problem=NONE, sent=None
        )


def _give_back(part: StoreSync, product: ProductSync, media: Sequence[str]) -> None:
    """Its links go; the files are nobody's again, unless another gallery has them because of us."""
    links = Link.objects.in_galleries().filter(store=part.store_id)
    links.filter(product_id=product.product_id, medium_id__in=media).exclude(adopted="").delete()
    held = links.filter(medium_id=OuterRef("file_id"))
    files = StoreFile.objects.for_galleries().filter(store=part.store_id, file_id__in=media, adopted=True)
    files.filter(~Exists(held)).update(state=State.PLANNED, file_id="", sent=None, adopted=False)
