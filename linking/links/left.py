"""How runs left galleries: of the latest one that touched a product, as far as its rows tell. Kept on, as these rows go when the
run can be undone no more."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from linking.domain import stored
from linking.domain.drift import Left
from linking.domain.plan import Change, fingerprint
from linking.models import LeftGallery, ProductSync
from linking.models.lines import with_lines
from setup.models import Store

State = ProductSync.State
# A run that refused a gallery, or broke off before it wrote anything, left it as it was.
WROTE_NOTHING = Q(state=State.REFUSED) | Q(state__in=[State.FAILED, State.ABORTED], result="", waits={})
ARRIVALS = (Change.ADD, Change.REPLACE)
SAVED = ["media", "transformation", "settled", "seen"]


def galleries_of(store: Store, product_ids: Collection[str], *, now: datetime) -> dict[str, LeftGallery]:
    """By product id, those that are known; kept from now on. A few queries."""
    kept, fresh = _found(store, product_ids)
    for found in kept.values():
        found.seen = now
    LeftGallery.objects.filter(store=store, product_id__in=kept.keys() - {row.product_id for row in fresh}).update(
        seen=now
    )
    save(fresh)
    return kept


def seen(store: Store, product_ids: Collection[str]) -> dict[str, LeftGallery]:
    """The same, and nothing is kept: for who only reads."""
    return _found(store, product_ids)[0]


def _found(store: Store, product_ids: Collection[str]) -> tuple[dict[str, LeftGallery], list[LeftGallery]]:
    """And those that are not kept yet."""
    kept = {
        row.product_id: row for row in LeftGallery.objects.filter(store=store, product_id__in=list(product_ids)).all()
    }
    fresh = []
    for row in with_lines(_latest(store, product_ids, kept)).select_related("part__sync"):
        known = kept.get(row.product_id)
        assert row.settled is not None
        found = LeftGallery(store=store, product_id=row.product_id, settled=row.settled, media=_left_by(row))
        found.transformation = _rendition(row, known)
        kept[row.product_id] = found
        fresh.append(found)
    return kept, fresh


def save(rows: Sequence[LeftGallery]) -> None:
    LeftGallery.objects.bulk_create(
        rows, update_conflicts=True, update_fields=SAVED, unique_fields=["store", "product_id"], batch_size=500
    )


def left_of(row: LeftGallery | None) -> Left | None:
    """None where nothing is known of the gallery's order."""
    if row is None or not row.media:
        return None
    return Left([id for id, _ in row.media], {id: alt for id, alt in row.media if alt is not None})


def _latest(store: Store, product_ids: Collection[str], kept: Mapping[str, LeftGallery]) -> QuerySet[ProductSync]:
    """The latest settled row of each product, where it is later than what is kept."""
    rows = ProductSync.objects.filter(part__store=store, part__sync__dry_run=False, product_id__in=list(product_ids))
    rows = rows.exclude(WROTE_NOTHING)
    newest = rows.exclude(settled=None).order_by().values_list("product_id").annotate(last=Max("settled"))
    wanted = {id: last for id, last in newest if id not in kept or kept[id].settled < last}
    pks: dict[str, int] = {}
    for pk, id, settled in rows.filter(product_id__in=list(wanted), settled__in=list(wanted.values())).values_list(
        "pk", "product_id", "settled"
    ):
        if wanted[id] == settled:
            pks[id] = max(pk, pks.get(id, 0))
    return ProductSync.objects.filter(pk__in=pks.values())


def _rendition(row: ProductSync, known: LeftGallery | None) -> str:
    if row.part.sync.kind == "link":
        return row.part.settings.transformation
    return known.transformation if known else ""


def _left_by(row: ProductSync) -> list[tuple[str, str | None]]:
    """Its gallery when it was through with it. What does not agree with the fingerprint that was taken then has no alt texts; of
    a run that was not done, nothing is known."""
    alts: dict[str, str | None] = {item["id"]: item["alt"] for item in stored.media(row.before)}
    lines = [line for line in row.changes.all() if not line.owner_id]
    came = {line.asset_id: line.arrival for line in lines if line.change in ARRIVALS and line.arrival}
    slots = stored.slots(row.after)
    ids = [slot.get("medium") or slot.get("return") or came.get(slot.get("asset") or "", "") for slot in slots]
    for line in lines:
        if line.alt_after is not None and line.medium:
            alts[line.medium] = line.alt_after
        elif line.change in ARRIVALS and line.arrival:
            alts.setdefault(line.arrival, line.file.alt if line.file else None)
    found = [(id, alts.get(id)) for id in ids if id]
    if all(alt is not None for _, alt in found):
        print_of = fingerprint([(id, alt or "") for id, alt in found])
        if print_of == (row.fingerprint if row.state == State.UNCHANGED else row.result):
            return found
    return [(id, None) for id, _ in found] if row.state in (State.DONE, State.UNCHANGED) else []
