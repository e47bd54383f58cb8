"""What becomes of one gallery, in a few short lines beside its pictures: problems first, then what leaves, comes and moves."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from linking.domain.plan import ADOPTED, GIVEN_BACK, NEW_VERSIONS, OVERWRITTEN, TAKEN_OUT, Change
from linking.domain.reasons import NOT_UNLINKED
from linking.models import ChangeRow, ProductSync
from setup.reasons import NONE, Reason
from setup.words import _, gettext_lazy, ngettext, npgettext, number, pgettext, quoted

Outcome, State = ChangeRow.Outcome, ProductSync.State
# Outcome -> what is said of a picture that ended so, and of so many of them, also with the reason. Bad news first.
NOT_DONE = {
    Outcome.FAILED: gettext_lazy("not done"),
    Outcome.REFUSED: gettext_lazy("not done"),
    Outcome.UNKNOWN: gettext_lazy("unconfirmed"),
    Outcome.ABORTED: gettext_lazy("not started"),
}
SO_MANY_NOT_DONE = {
    Outcome.FAILED: (gettext_lazy("{n} not done"), gettext_lazy("{n} not done: {reason}")),
    Outcome.REFUSED: (gettext_lazy("{n} not done"), gettext_lazy("{n} not done: {reason}")),
    Outcome.UNKNOWN: (gettext_lazy("{n} unconfirmed"), gettext_lazy("{n} unconfirmed: {reason}")),
    Outcome.ABORTED: (gettext_lazy("{n} not started"), gettext_lazy("{n} not started: {reason}")),
}
# Marks are those of pictures (linking.templatetags.strips).
WARN, TAKE, ADD, SWAP, MOVE, SKIP, NOTE, KEEP = "warn", "take", "add", "swap", "move", "skip", "note", "kept"
ADOPT = "adopt"
# What is said of a gallery that is done.
DONE = (TAKE, ADD, SWAP, MOVE, ADOPT)
SUMMED = "gallery.failed"
BY_HAND = Reason("match.by_hand")
# What the link mode does anyway, and the head of the page names: a row says so only beside another reason.
BY_MODE = {*TAKEN_OUT.values(), OVERWRITTEN}

# A row has so many lines; what it does not say stands with each picture below it.
MOST_LINES = 4

Line = tuple[str, str]


class Becomes(StrEnum):
    """What becomes of a variant's picture."""

    LOST = "lost"
    BACK = "back"
    ANOTHER = "another"
    FIRST = "first"


# With the variant's title, and of a product's only variant; then the same of a gallery that is done.
OF_VARIANTS = {
    Becomes.LOST: (
        gettext_lazy("Variant {title} loses its picture"),
        gettext_lazy("The only variant loses its picture"),
        gettext_lazy("Variant {title} lost its picture"),
        gettext_lazy("The only variant lost its picture"),
    ),
    Becomes.BACK: (
        gettext_lazy("Variant {title} gets its picture back"),
        gettext_lazy("The only variant gets its picture back"),
        gettext_lazy("Variant {title} got its picture back"),
        gettext_lazy("The only variant got its picture back"),
    ),
    Becomes.ANOTHER: (
        gettext_lazy("Variant {title} gets another picture"),
        gettext_lazy("The only variant gets another picture"),
        gettext_lazy("Variant {title} got another picture"),
        gettext_lazy("The only variant got another picture"),
    ),
    Becomes.FIRST: (
        gettext_lazy("Variant {title} gets a picture"),
        gettext_lazy("The only variant gets a picture"),
        gettext_lazy("Variant {title} got a picture"),
        gettext_lazy("The only variant got a picture"),
    ),
}


def words_of(
    product: ProductSync,
    lines: Sequence[ChangeRow],
    variants: Sequence[tuple[str, Becomes]],
    added_at: Sequence[int],
    size: int,
    *,
    reasons: bool = True,
) -> list[Line]:
    """(mark, text) each. `variants`: (title, what becomes of its picture); `added_at`: places of what is added, of `size`;
    `reasons`: whether to say why pictures leave."""
    places = [line for line in lines if not line.owner_id]
    losing = [title for title, what in variants if what == Becomes.LOST]
    said = [
        *problems(product, lines),
        *taken(places, losing, reasons=reasons, done=product.state == State.DONE),
        *came([line for line in places if line.outcome not in NOT_DONE], added_at, size),
        *rest(product, lines, variants),
    ]
    return said or [(KEEP, _("Unchanged"))]


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
        text = SO_MANY_NOT_DONE[Outcome(outcome)][bool(reason)]
        said.append((WARN, str(text).format(n=number(n), reason=reason)))
    return said


def taken(places: Iterable[ChangeRow], losing: Sequence[str], *, reasons: bool, done: bool) -> list[Line]:
    """What leaves, by reason, with the variants that it was the picture of."""
    gone = Counter(why_taken(line) for line in places if is_taken(line))
    if not reasons or gone.keys() <= BY_MODE:
        gone = Counter({NONE: gone.total()}) if gone else gone
    said = [
        _taken(n, reason, losing if at == 0 else (), among=len(gone) > 1)
        for at, (reason, n) in enumerate(gone.most_common())
    ]
    if losing and not said:
        said = [of_variant(losing[0], Becomes.LOST, done=done)]
        if len(losing) > 1:
            lost = ngettext("{n} variant loses its picture", "{n} variants lose their picture", len(losing))
            if done:
                lost = ngettext("{n} variant lost its picture", "{n} variants lost their picture", len(losing))
            said = [lost.format(n=number(len(losing)))]
    return [(TAKE, text) for text in said]


def _taken(n: int, reason: Reason, losing: Sequence[str], *, among: bool) -> str:
    """`losing`: the variants that one of them is the picture of; `among`: that is, one of all that leave."""
    known = {"n": number(n), "variants": _named(losing) if losing else "", "reason": reason}
    if losing and among:
        said = _("{n} removed, among them the picture of {variants}: {reason}")
        said = said if reason else _("{n} removed, among them the picture of {variants}")
    elif losing:
        said = _("{n} removed, the picture of {variants}: {reason}")
        said = said if reason else _("{n} removed, the picture of {variants}")
    else:
        said = _("{n} removed: {reason}") if reason else _("{n} removed")
    return said.format(**known)


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
    """Whose picture it is."""
    if len(titles) > 1:
        return npgettext("picture of", "{n} variant", "{n} variants", len(titles)).format(n=number(len(titles)))
    if not titles[0]:
        return pgettext("picture of", "the only variant")
    return pgettext("picture of", "variant {title}").format(title=titles[0])


def came(places: Sequence[ChangeRow], added_at: Sequence[int], size: int) -> list[Line]:
    """What is added, also in the place of another picture; what its new version replaces; and what only moves."""
    kinds = Counter(line.change for line in places)
    newer = sum(line.change == Change.REPLACE and line.reason in NEW_VERSIONS for line in places)
    added = kinds[Change.ADD] + kinds[Change.REPLACE] - newer
    clauses = []
    if added:
        clauses.append(where(added_at, size).format(n=number(added)))
    if newer:
        said = ngettext("{n} replaced: new version", "{n} replaced: new versions", newer)
        clauses.append(said.format(n=number(newer)))
    moved = kinds[Change.MOVE]
    adopted, released = (sum(stands_as(line, why) for line in places) for why in (ADOPTED, GIVEN_BACK))
    return [
        *([(ADD if added else SWAP, ", ".join(clauses))] if clauses else []),
        *([(MOVE, _("{n} moved").format(n=number(moved)))] if moved else []),
        *([(ADOPT, _("{n} adopted").format(n=number(adopted)))] if adopted else []),
        *([(NOTE, _("{n} no longer adopted").format(n=number(released)))] if released else []),
    ]


def stands_as(line: ChangeRow, why: Reason) -> bool:
    """Whether it concerns a picture that stays, and begins or ends to count as adopted."""
    return line.reason == why and line.change in (Change.KEEP, Change.MOVE)


def where(added_at: Sequence[int], size: int) -> str:
    """Whether what is added stands together at an end, among others."""
    n = len(added_at)
    if not n or n == size or added_at[-1] - added_at[0] != n - 1:
        return _("{n} added")
    if added_at[-1] == size:
        return _("{n} added at the end")
    return _("{n} added at the front") if added_at[0] == 1 else _("{n} added")


def rest(product: ProductSync, lines: Sequence[ChangeRow], variants: Sequence[tuple[str, Becomes]]) -> list[Line]:
    """What is left out, and what the strips do not show: swatches, pictures of variants and alt texts share a line."""
    swatches = {line.asset_id for line in lines if line.owner_id and line.change in (Change.ADD, Change.REPLACE)}
    unset = {line.asset_id for line in lines if line.owner_id and line.change == Change.UNLINK}
    alts, done = [line.alt_after for line in lines if line.alt_after is not None], product.state == State.DONE
    found = [
        ngettext("{n} swatch set", "{n} swatches set", len(swatches)).format(n=number(len(swatches)))
        if swatches
        else "",
        ngettext("{n} swatch removed", "{n} swatches removed", len(unset)).format(n=number(len(unset)))
        if unset
        else "",
        _given([one for one in variants if one[1] != Becomes.LOST], by_name=not (swatches or unset or alts), done=done),
        _alts(alts, done=done) if alts else "",
    ]
    also = ", ".join(filter(None, found))
    notes = Counter(line.note for line in lines if line.note and line.note != BY_HAND)
    chosen = any(one == BY_HAND for line in lines for one in line.note.within())
    return [
        *([(ADD if swatches else TAKE if unset else SWAP, also)] if also else []),
        *([(NOTE, str(BY_HAND))] if chosen else []),
        *skipped(product, lines),
        *((NOTE, f"{number(n)}: {note}" if n > 1 else str(note)) for note, n in notes.most_common()),
    ]


def _given(variants: Sequence[tuple[str, Becomes]], *, by_name: bool, done: bool) -> str:
    """`by_name`: a single one by its title, as there is room."""
    if len(variants) == 1 and by_name:
        return of_variant(*variants[0], done=done)
    n = len(variants)
    said = ngettext("{n} variant picture changes", "{n} variant pictures change", n)
    if done:
        said = ngettext("{n} variant picture changed", "{n} variant pictures changed", n)
    return said.format(n=number(n)) if n else ""


def of_variant(title: str, what: Becomes, *, done: bool) -> str:
    """A product's only variant has no title."""
    named, only = OF_VARIANTS[what][2:] if done else OF_VARIANTS[what][:2]
    return str(named).format(title=title) if title else str(only)


def _alts(texts: Sequence[str], *, done: bool) -> str:
    if n := len(texts) if len(texts) > 1 else 0:
        said = ngettext("{n} alt text changes", "{n} alt texts change", n)
        said = ngettext("{n} alt text changed", "{n} alt texts changed", n) if done else said
        return said.format(n=number(n))
    return _("Alt text: {text}").format(text=quoted(texts[0])) if texts[0] else _("Alt text removed")


def skipped(product: ProductSync, lines: Iterable[ChangeRow]) -> Iterable[Line]:
    left_out = (line for line in lines if line.outcome == Outcome.SKIPPED and line.reason != product.reason)
    found = Counter((line.change == Change.UNLINK, line.reason) for line in left_out)
    for (stays, reason), n in found.most_common():
        if stays:
            said = _("{n} not removed: {reason}") if reason else _("{n} not removed")
        else:
            said = _("{n} not linked: {reason}") if reason else _("{n} not linked")
        yield SKIP, said.format(n=number(n), reason=reason)


def conflicts(reasons: Iterable[Reason]) -> list[Line]:
    """Where several groups want to give a variant its picture: which one does, each said once."""
    found = (one for reason in reasons for one in reason.within() if one.code == "variants.first_group")
    return [(NOTE, str(reason)) for reason in dict.fromkeys(found)]


def in_few_lines(said: Sequence[Line]) -> list[Line]:
    """The first of them, and how many more there are."""
    if len(said) <= MOST_LINES:
        return list(said)
    left = len(said) - (MOST_LINES - 1)
    return [*said[: MOST_LINES - 1], (NOTE, _("{n} more under “…”").format(n=number(left)))]
