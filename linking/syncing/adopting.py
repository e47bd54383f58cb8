"""The ledger of what was there before us: files under foreign names, which count as ours as long as a link says that a gallery
adopted them. Until then they are known by their ids."""

from collections.abc import Collection, Mapping, Sequence

from linking.domain import stored
from linking.domain.plan import Change
from linking.models import ChangeRow, Link, ProductSync, StoreFile, StoreSync
from linking.models.syncs import OPEN
from linking.models.writing import save_fields
from linking.planning.rows import UNASKED
from linking.shopify.galleries import Gallery
from linking.syncing.run import Run
from setup.reasons import NONE

AT_A_TIME = 500
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
    """Within the transaction that settles these products, after their links are written."""
    taken: dict[str, str] = {}
    given_back: set[tuple[str, str]] = set()
    for product, gallery in settled:
        there = set(gallery.ids)
        for medium, mark in marks_of(product).items():
            if medium in there:
                taken.setdefault(mark, medium)
        given_back |= {(product.product_id, slot["medium"]) for slot in stored.slots(product.after) if gives_back(slot)}
    _give_back(part, given_back)
    _take(part, taken)


def gives_back(slot: Mapping) -> bool:
    return bool(slot.get("gives_back") and slot.get("medium"))


def _take(part: StoreSync, media: Mapping[str, str]) -> None:
    """`media`: mark -> file. A rendition that the store has, or is being brought, keeps its own."""
    rows = StoreFile.objects.for_galleries().filter(store=part.store_id, state__in=NOWHERE)
    marks = list(media)
    for at in range(0, len(marks), AT_A_TIME):
        found = list(rows.filter(mark__in=marks[at : at + AT_A_TIME]))
        for row in found:
            row.state, row.file_id, row.pending_id, row.proved = State.READY, media[row.mark], "", True
            row.adopted, row.problem, row.sent = True, NONE, None
        save_fields(found, ["state", "file_id", "pending_id", "proved", "adopted", "problem", "sent"])


def _give_back(part: StoreSync, media: Collection[tuple[str, str]]) -> None:
    """`media`: (product id, medium id). Their links go, and with them what made the files ours."""
    ids = sorted({medium for _, medium in media})
    for at in range(0, len(ids), AT_A_TIME):
        links = Link.objects.in_galleries().filter(store=part.store_id, medium_id__in=ids[at : at + AT_A_TIME])
        known = links.exclude(adopted="").values_list("pk", "product_id", "medium_id")
        Link.objects.filter(pk__in=[pk for pk, *place in known if tuple(place) in media]).delete()
    StoreFile.objects.give_back(part.store_id, ids)
