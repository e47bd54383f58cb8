"""How many pictures lines of runs add, replace, move and take out, of how many galleries, planned and done; swatches beside. What
a run's page, History, reports and `manage.py syncs` say of pictures is counted here."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields

from django.db.models import Count, F, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from linking.domain import stored
from linking.domain.galleries import OVERWRITING
from linking.domain.plan import ADOPTED, GIVEN_BACK, NEW_VERSIONS, Change
from linking.domain.reasons import NOT_UNLINKED
from linking.domain.sentences import Sums
from linking.models.outcomes import AMISS
from linking.models.syncs import ChangeRow, ProductSync, StoreSync

Outcome = ChangeRow.Outcome
PLACE, SWATCH = Q(owner_id=""), ~Q(owner_id="")
NEWER = Q(change=Change.REPLACE, reason__in=NEW_VERSIONS)
ANOTHER = Q(change=Change.REPLACE) & ~Q(reason__in=NEW_VERSIONS)
# Of a replacement that failed, the reason says why, and no longer what was to be replaced: nothing left for it. Whether it was to
# replace a picture by its new version is known by the link mode (see `lines_of`).
LEAVES = ~Q(outcome__in=[Outcome.SKIPPED, Outcome.FAILED, Outcome.REFUSED])
# What was to leave and could not was planned all the same. Of a dry run, nobody is asked to confirm it.
STAYED = Q(outcome__in=[Outcome.FAILED, Outcome.REFUSED], part__sync__dry_run=False)
# What is counted -> its lines. What another asset takes the place of is counted twice: one comes, one leaves. What a plan takes
# out is what a person confirms (ChangeRowQuerySet.taking_away).
LINES: dict[str, Q] = {
    "added": PLACE & (Q(change=Change.ADD) | ANOTHER),
    "replaced": PLACE & NEWER,
    "moved": PLACE & Q(change=Change.MOVE),
    "lost": PLACE
    & (
        Q(change=Change.UNLINK) & (LEAVES | STAYED) | LEAVES & ANOTHER & ~Q(outcome__in=AMISS) & ~Q(reason=NOT_UNLINKED)
    ),
    "adopted": PLACE & Q(reason=ADOPTED, change__in=[Change.KEEP, Change.MOVE]),
    "released": PLACE & Q(reason=GIVEN_BACK, change__in=[Change.KEEP, Change.MOVE]),
    "swatches": SWATCH & Q(change__in=[Change.ADD, Change.REPLACE]),
    "unset": SWATCH & Q(change=Change.UNLINK),
}
DONE = {"did_add": "added", "did_replace": "replaced", "did_move": "moved", "did_lose": "lost"}
DONE |= {"did_adopt": "adopted", "did_release": "released"}
# Swatches are counted as linking.domain.swatches.number does: once in a product, done when all of its variants have it.
SWATCHES = {"swatches": "did_swatch", "unset": "did_unset"}
# These are counted in products (see `variants`), not in lines.
OF_VARIANTS = ("shown", "unshown", "did_show", "did_unshow")
IN_PRODUCT = Concat(Cast("product_id", TextField()), Value(" "), F("asset_id"), output_field=TextField())


def lines_of(link_mode: str) -> dict[str, Q]:
    """LINES; but a picture takes the place of another asset's only where that is overwritten, so in any other run all that is
    replaced is so by a new version, and so is what failed to be."""
    if link_mode in OVERWRITING:
        return LINES
    return LINES | {"added": PLACE & Q(change=Change.ADD), "replaced": PLACE & Q(change=Change.REPLACE)}


def counting(link_mode: str) -> dict[str, Count]:
    """What an aggregate of lines of such a run needs for `sums_of_row`."""
    lines_by_name, changing = lines_of(link_mode), ~Q(outcome=Outcome.UNCHANGED)
    found = {}
    for name in (one.name for one in fields(Sums)):
        of, galleries = name.removesuffix("_in"), name.endswith("_in")
        if name in SWATCHES.values() or name in OF_VARIANTS:
            continue
        if name in SWATCHES:
            lines = changing & lines_by_name[name]
            found[name] = Count(IN_PRODUCT, distinct=True, filter=lines)
            found[f"open_{name}"] = Count(IN_PRODUCT, distinct=True, filter=lines & ~Q(outcome=Outcome.DONE))
            continue
        known = lines_by_name.get(of)
        lines = changing & (known if known is not None else lines_by_name[DONE[of]] & Q(outcome=Outcome.DONE))
        found[name] = Count("product", distinct=True, filter=lines) if galleries else Count("pk", filter=lines)
    return found


def sums_of_row(row: Mapping[str, int]) -> Sums:
    known = {name: row[name] for name in Sums.__slots__ if name in row}
    return Sums(**known, **{did: row[name] - row[f"open_{name}"] for name, did in SWATCHES.items()})


def variants(parts: Iterable[StoreSync]) -> dict[int, Sums]:
    """By store sync, those whose picture changes. It is done where the whole gallery is: one done in part keeps no outcome of
    each of its variants. One query."""
    rows = ProductSync.objects.filter(part__in=parts).exclude(variants=[]).order_by()
    found: dict[int, Sums] = {}
    for pk, state, changes in rows.values_list("part_id", "state", "variants"):
        known = stored.variant_changes(changes)
        given, done = sum(one["after"] is not None for one in known), state == ProductSync.State.DONE
        lost = len(known) - given
        one = Sums(shown=given, unshown=lost, did_show=given * done, did_unshow=lost * done)
        found[pk] = found.get(pk, Sums()) + one
    return found


def kept(part: StoreSync) -> dict[str, dict[str, int]]:
    """What came of it, as its row keeps it: pictures as Sums, and galleries by state. Three queries."""
    counted = _counted([part]).get(part.pk, Sums())
    pictures = asdict(counted + variants([part]).get(part.pk, Sums()))
    galleries = dict(part.products.order_by().values_list("state").annotate(n=Count("pk")))
    return {"pictures": {name: n for name, n in pictures.items() if n}, "galleries": galleries}


def of_parts(parts: Iterable[StoreSync]) -> dict[int, tuple[Sums, dict[str, int]]]:
    """Pictures, and galleries by state, by the pk of the store sync: as kept at its end; of one that is at work, or ended under a
    release that kept none, counted now, in at most four queries. `parts`: with their runs."""
    parts = list(parts)
    found = {part.pk: _as_kept(part) for part in parts}
    missing = [part for part in parts if part.busy or part.pictures is None]
    if not missing:
        return found
    states: dict[int, Counter[str]] = {part.pk: Counter() for part in missing}
    rows = ProductSync.objects.filter(part__in=missing).order_by().values_list("part_id", "state")
    for pk, state, n in rows.annotate(n=Count("pk")):
        states[pk][state] = n
    sums = _counted([part for part in missing if part.settings.link_mode in OVERWRITING])
    sums |= _counted([part for part in missing if part.settings.link_mode not in OVERWRITING])
    shown = variants(missing)
    return found | {
        pk: (sums.get(pk, Sums()) + shown.get(pk, Sums()), dict(galleries)) for pk, galleries in states.items()
    }


def _counted(parts: list[StoreSync]) -> dict[int, Sums]:
    """Of runs whose link modes are counted alike. As a group each: for a bare aggregate() Django 5 looks in every expression for
    ones to replace, though there are none, and that takes twice as long as all the rest."""
    if not parts:
        return {}
    rows = ChangeRow.objects.filter(part__in=parts, product__isnull=False).order_by().values("part_id")
    return {row["part_id"]: sums_of_row(row) for row in rows.annotate(**counting(parts[0].settings.link_mode))}


def _as_kept(part: StoreSync) -> tuple[Sums, dict[str, int]]:
    known = stored.counts(part.pictures)
    return Sums(**{name: n for name, n in known.items() if name in Sums.__slots__}), stored.counts(part.galleries)
