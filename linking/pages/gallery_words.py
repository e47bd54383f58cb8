"""What becomes of one gallery, in a few short lines beside its pictures: problems first, then what leaves, comes and moves."""

from collections import Counter
from collections.abc import Iterable, Sequence

from linking.domain.plan import NEW_VERSIONS, OVERWRITTEN, TAKEN_OUT, Change
from linking.domain.reasons import NOT_UNLINKED
from linking.models import ChangeRow, ProductSync
from setup.reasons import NONE, Reason, plural

Outcome, State = ChangeRow.Outcome, ProductSync.State
# Outcome -> what is said of so many pictures that ended so. Bad news first.
NOT_DONE: dict[str, str] = {
    Outcome.FAILED: "not done",
    Outcome.REFUSED: "not done",
    Outcome.UNKNOWN: "unconfirmed",
    Outcome.ABORTED: "not begun",
}
# Marks are those of pictures (linking.templatetags.strips).
WARN, TAKE, ADD, SWAP, MOVE, SKIP, NOTE, KEEP = "warn", "take", "add", "swap", "move", "skip", "note", "kept"
# What is said of a gallery that is done.
DONE = (TAKE, ADD, SWAP, MOVE)
LOSES = "loses its picture"
SUMMED = "gallery.failed"
# What the link mode does anyway, and the head of the page names: a row says so only beside another reason.
BY_MODE = {*TAKEN_OUT.values(), OVERWRITTEN}

# A row has so many lines; what it does not say stands with each picture below it.
MOST_LINES = 4

Line = tuple[str, str]


def words_of(
    product: ProductSync,
    lines: Sequence[ChangeRow],
    variants: Sequence[tuple[str, str]],
    added_at: Sequence[int],
    size: int,
    *,
    reasons: bool = True,
) -> list[Line]:
    """(mark, text) each. `variants`: (title, what becomes of its picture); `added_at`: places of what is added, of `size`;
    `reasons`: whether to say why pictures leave."""
    places = [line for line in lines if not line.owner_id]
    said = [
        *problems(product, lines),
        *taken(places, [title for title, word in variants if word == LOSES], reasons=reasons),
        *came([line for line in places if line.outcome not in NOT_DONE], where(added_at, size)),
        *rest(product, lines, variants),
    ]
    return said or [(KEEP, "Stays as it is")]


def problems(product: ProductSync, lines: Iterable[ChangeRow]) -> list[Line]:
    """Why the gallery, or pictures of it, are not as planned."""
    found: Counter[tuple[str, Reason]] = Counter()
    for line in lines:
        outcome = str(Outcome(line.outcome))
        if outcome in NOT_DONE and (line.reason != product.reason or not product.reason):
            found[outcome, line.reason] += 1
    order = [str(outcome) for outcome in NOT_DONE]
    summed = product.reason.code == SUMMED and found  # the reasons of its pictures say more
    said = [(WARN, str(product.reason))] if product.reason and not summed else []
    for (outcome, reason), n in sorted(found.items(), key=lambda row: order.index(row[0][0])):
        said.append((WARN, f"{n:,} {NOT_DONE[outcome]}{f': {reason}' if reason else ''}"))
    return said


def taken(places: Iterable[ChangeRow], losing: Sequence[str], *, reasons: bool = True) -> list[Line]:
    """What leaves, by reason, with the variants that it was the picture of."""
    gone = Counter(why_taken(line) for line in places if is_taken(line))
    if not reasons or gone.keys() <= BY_MODE:
        gone = Counter({NONE: gone.total()}) if gone else gone
    said = [(f"{n:,} taken out", f": {reason}" if reason else "") for reason, n in gone.most_common()]
    if losing and said:
        (first, because), *more = said
        said = [(f"{first}, {'among them ' if more else ''}the picture of {_named(losing)}", because), *more]
    elif losing:
        said = [(f"{_named(losing)} {'loses its' if len(losing) == 1 else 'lose their'} picture", "")]
    return [(TAKE, f"{what}{because}") for what, because in said]


def takes_a_place(line: ChangeRow) -> bool:
    """Whether another asset's picture leaves for it. Of one that failed, nothing did; and it may have stayed all the same."""
    if line.change != Change.REPLACE or line.owner_id:
        return False
    return line.reason not in (*NEW_VERSIONS, NOT_UNLINKED) and line.outcome not in (*NOT_DONE, Outcome.SKIPPED)


def is_taken(line: ChangeRow) -> bool:
    """Whether a picture leaves, or left, by this line."""
    leaves = line.change == Change.UNLINK and line.outcome not in (*NOT_DONE, Outcome.SKIPPED)
    return leaves or takes_a_place(line)


def why_taken(line: ChangeRow) -> Reason:
    """Of what leaves for another asset's picture, the line tells why that comes."""
    return line.reason if line.change == Change.UNLINK else OVERWRITTEN


def _named(titles: Sequence[str]) -> str:
    return (
        f"{len(titles):,} variants" if len(titles) > 1 else f"variant {titles[0]}" if titles[0] else "the only variant"
    )


def came(places: Sequence[ChangeRow], at: str) -> list[Line]:
    """What is added, also in the place of another picture; what its new version replaces; and what only moves."""
    kinds = Counter(line.change for line in places)
    newer = sum(line.change == Change.REPLACE and line.reason in NEW_VERSIONS for line in places)
    added = kinds[Change.ADD] + kinds[Change.REPLACE] - newer
    clauses = [
        added and f"{added:,} added{at}",
        newer and f"{newer:,} replaced: new version{'' if newer == 1 else 's'}",
    ]
    text = ", ".join(clause for clause in clauses if clause)
    moved = kinds[Change.MOVE]
    return [
        *([(ADD if added else SWAP, text)] if text else []),
        *([(MOVE, f"{moved:,} moved")] if moved else []),
    ]


def where(added_at: Sequence[int], size: int) -> str:
    """Whether what is added stands together at an end, among others."""
    n = len(added_at)
    if not n or n == size or added_at[-1] - added_at[0] != n - 1:
        return ""
    return " at the end" if added_at[-1] == size else " at the front" if added_at[0] == 1 else ""


def rest(product: ProductSync, lines: Sequence[ChangeRow], variants: Sequence[tuple[str, str]]) -> list[Line]:
    """What is left out, and what the strips do not show: swatches, pictures of variants and alt texts share a line."""
    swatches = {line.asset_id for line in lines if line.owner_id and line.change in (Change.ADD, Change.REPLACE)}
    unset = {line.asset_id for line in lines if line.owner_id and line.change == Change.UNLINK}
    alts = [line.alt_after for line in lines if line.alt_after is not None]
    found = [
        plural(len(swatches), "swatch", "swatches") + " set" if swatches else "",
        plural(len(unset), "swatch", "swatches") + " removed" if unset else "",
        _given([one for one in variants if one[1] != LOSES], by_name=not (swatches or unset or alts)),
        _alts(alts) if alts else "",
    ]
    also = ", ".join(filter(None, found))
    notes = Counter(line.note for line in lines if line.note)
    return [
        *([(ADD if swatches else TAKE if unset else SWAP, f"{also[:1].upper()}{also[1:]}")] if also else []),
        *skipped(product, lines),
        *((NOTE, f"{f'{n:,}: ' if n > 1 else ''}{note}") for note, n in notes.most_common()),
    ]


def _given(variants: Sequence[tuple[str, str]], *, by_name: bool) -> str:
    """`by_name`: a single one by its title, as there is room."""
    if len(variants) != 1 or not by_name:
        return (
            f"{len(variants):,} variant picture{' changes' if len(variants) == 1 else 's change'}" if variants else ""
        )
    [(title, word)] = variants
    return f"{f'variant {title}' if title else 'the only variant'} {word}"


def _alts(texts: Sequence[str]) -> str:
    if len(texts) > 1:
        return f"{len(texts):,} alt texts change"
    return f"alt text: “{texts[0]}”" if texts[0] else "alt text removed"


def skipped(product: ProductSync, lines: Iterable[ChangeRow]) -> Iterable[Line]:
    left_out = (line for line in lines if line.outcome == Outcome.SKIPPED and line.reason != product.reason)
    found = Counter((line.change == Change.UNLINK, line.reason) for line in left_out)
    for (stays, reason), n in found.most_common():
        yield SKIP, f"{n:,} {'not taken out' if stays else 'not linked'}{f': {reason}' if reason else ''}"


def conflicts(reasons: Iterable[Reason]) -> list[Line]:
    """Where several groups want to give a variant its picture: which one does, each said once."""
    found = (one for reason in reasons for one in reason.within() if one.code == "variants.first_group")
    return [(NOTE, str(reason)) for reason in dict.fromkeys(found)]


def in_few_lines(said: Sequence[Line]) -> list[Line]:
    """The first of them, and how many more there are."""
    if len(said) <= MOST_LINES:
        return list(said)
    left = len(said) - (MOST_LINES - 1)
    return [*said[: MOST_LINES - 1], (NOTE, f"{left} more under “…”")]
