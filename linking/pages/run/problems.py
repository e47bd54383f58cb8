"""What went wrong in a run, and what stayed out: by reason, with the products concerned and what to do."""

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Left, StrIndex
from django.db.models.lookups import In

from linking.domain import stored
from linking.domain.counting import Fate, fate_of_lines
from linking.domain.troubles import action, likeness, todo
from linking.models import ChangeRow, ProductSync, StoreSync, Sync
from linking.models.counting import WHAT, lines_of_assets
from linking.models.outcomes import AMISS
from linking.pages.gallery_strips import AFTER, Gap, ProductLink, Tile, excerpt, product_link, tile_of_line
from linking.pages.text_search import holds
from setup.reasons import CODE, Reason, encoded, first_sentence
from setup.spelling import searched
from setup.words import _, ngettext, number

Outcome = ChangeRow.Outcome
# What is not as planned or stays out, and what of it is shown while the run goes on. Bad news first.
WRONG = (*AMISS, Outcome.SKIPPED)
SO_FAR = (Outcome.FAILED, Outcome.REFUSED, Outcome.UNKNOWN)
SHOWN = 30
EXAMPLES = 5
# So many distinct reasons, and codes, are read and bound one by one; SQLite takes 32,766 parameters by default.
READ, CODES = 2000, 1000
# The code of a reason as it is kept. Of a sentence of an older release, its first word.
CODE_OF = Left("reason", StrIndex(Concat(F("reason"), Value(" "), output_field=TextField()), Value(" ")) - 1)


@dataclass
class Example:
    """A gallery with the pictures of it that are concerned, and how many these are. `picture`: the gallery's first one before
    the run, as its row in the list has it, to know it by."""

    link: ProductLink
    strip: list[Tile | Gap] = field(default_factory=list)
    said: str = ""
    picture: str = ""


@dataclass
class Trouble:
    """Lines of one outcome with reasons alike. `reason` is the most frequent, `others`
    so many more that differ in a name or number; `galleries` are concerned; `like` names a line of it, for the filter, `whole` a
    gallery where it is about galleries as a whole, and has no lines."""

    outcome: str
    reason: Reason
    todo: str
    lines: int = 0
    galleries: int = 0
    others: int = -1
    like: int = 0
    whole: int = 0
    reasons: list[Reason] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Its first sentence, without the full stop."""
        return first_sentence(self.reason)[0] or _("No reason was given")

    @property
    def rest(self) -> str:
        """What it says beyond that."""
        return first_sentence(self.reason)[1]

    @property
    def action(self) -> str:
        """The one that helps: retry, shopify, setup, or none."""
        return "" if self.outcome == Outcome.SKIPPED else action(self.reason)

    @property
    def name(self) -> str:
        """For the ids of its controls."""
        return f"g{self.whole}" if self.whole else str(self.like)

    @property
    def query(self) -> str:
        return f"whole={self.whole}" if self.whole else f"like={self.like}"

    @property
    def word(self) -> str:
        return str(Outcome(self.outcome).label).lower()

    @property
    def more(self) -> int:
        return self.galleries - len(self.examples)


def troubles_of(sync: Sync, outcomes: Iterable[str] = WRONG) -> list[Trouble]:
    """Bad news first, then the most frequent."""
    found = grouped(ChangeRow.objects.filter(part__sync=sync, outcome__in=list(outcomes)))
    return sorted(found, key=lambda one: (WRONG.index(Outcome(one.outcome)), -one.lines))[:SHOWN]


def troubles_of_galleries(sync: Sync) -> list[Trouble]:
    """What no line of a gallery tells, with its first galleries, the most frequent first. One query."""
    rows = ProductSync.objects.filter(part__sync=sync).amiss_as_a_whole().select_related("part__store")
    found: dict[Hashable, Trouble] = {}
    for row in rows.only("title", "handle", "product_id", "reason", "before", "part__store").order_by(
        "part_id", "place"
    ):
        first = Trouble(Outcome.FAILED, row.reason, todo(row.reason), whole=row.pk)
        one = found.setdefault(likeness(row.reason), first)
        one.galleries += 1
        one.others += row.reason not in one.reasons
        one.reasons += [row.reason] if row.reason not in one.reasons else []
        if len(one.examples) < EXAMPLES:
            link = product_link(row.part.store, row.pk, row.product_id, row.title, row.handle)
            one.examples.append(Example(link, picture=first_picture(row.before)))
    return sorted(found.values(), key=lambda one: -one.galleries)[:SHOWN]


def galleries_alike(sync: Sync, whole: int) -> list[Reason]:
    """The reasons of galleries as a whole that are like that of the gallery of this pk; empty if it has none. One query."""
    rows = list(ProductSync.objects.filter(part__sync=sync).amiss_as_a_whole().order_by().values_list("pk", "reason"))
    named = next((reason for pk, reason in rows if pk == whole), None)
    return [] if named is None else list({reason for _pk, reason in rows if likeness(reason) == likeness(named)})


def not_linked(sync: Sync) -> tuple[list[Trouble], Counter[Fate]]:
    """Assets of which nothing goes anywhere, by reason and by their fate, each counted once however many stores and groups it is
    in: `lines` are assets here. One query."""
    lines = lines_of_assets(sync)
    taken = lines.filter(asset_id=OuterRef("asset_id")).exclude(outcome=Outcome.SKIPPED)
    rows = lines.filter(~Exists(taken), outcome=Outcome.SKIPPED).annotate(what=WHAT).order_by("pk")
    found: dict[Hashable, Trouble] = {}
    fates: dict[str, set[Fate]] = {}
    for pk, asset, product, reason, what in rows.values_list("pk", "asset_id", "product", "reason", "what"):
        known = asset in fates
        fates.setdefault(asset, set()).add(Fate(what))
        if known:
            continue
        one = found.setdefault(likeness(reason), Trouble(Outcome.SKIPPED, reason, todo(reason), like=pk))
        one.lines, one.galleries = one.lines + 1, one.galleries + (product is not None)
        one.others += reason not in one.reasons
        one.reasons += [reason] if reason not in one.reasons else []
    by_fate = Counter(fate_of_lines(said) for said in fates.values())
    return sorted(found.values(), key=lambda one: -one.lines), by_fate


def grouped(lines: QuerySet[ChangeRow]) -> list[Trouble]:
    rows = lines.order_by().values_list("outcome", "reason")
    counted = rows.annotate(n=Count("pk"), galleries=Count("product", distinct=True), like=Min("pk"))
    found: dict[tuple[str, Hashable], Trouble] = {}
    for outcome, reason, n, galleries, like in sorted(counted, key=lambda row: -row[2]):
        first = Trouble(outcome, reason, todo(reason), like=like)
        one = found.setdefault((outcome, likeness(reason)), first)
        one.lines, one.galleries, one.others = one.lines + n, one.galleries + galleries, one.others + 1
        one.reasons.append(reason)
    return list(found.values())


def first_picture(before: object) -> str:
    """Of a gallery as a plan found it; empty if it has none."""
    return next((str(item["url"]) for item in stored.media(before) if item.get("url")), "")


def add_examples(parts: Sequence[StoreSync], troubles: Sequence[Trouble]) -> None:
    """The first galleries of each, with the pictures concerned and the way to them. One query."""
    if not any(one.galleries for one in troubles):
        return
    owner = {(one.outcome, reason): one for one in troubles for reason in one.reasons[:EXAMPLES]}
    concerned = Q()
    for outcome, reason in owner:
        concerned |= Q(outcome=outcome, reason=reason)
    lines = ChangeRow.objects.filter(concerned, part__in=parts, product__isnull=False).order_by("product", "place")
    names = ("title", "handle", "product_id")
    lines = lines.select_related("product").only(
        "part", "name", "thumbnail", "change", "outcome", "reason", "owner_id", *(f"product__{name}" for name in names)
    )
    lines = lines.annotate(
        shown_by=F("product__before__0__url")
    )  # the gallery's first, and not the whole of it for each line
    stores = {part.pk: part.store for part in parts}
    found: dict[tuple[int, int], list[ChangeRow]] = {}
    for line in lines[:500]:
        one = owner[line.outcome, line.reason]
        rows = found.setdefault((id(one), line.product_id or 0), [])
        rows.append(line)
        if len(rows) == 1 and len(one.examples) < EXAMPLES and line.product:
            product = line.product
            link = product_link(stores[line.part_id], product.pk, product.product_id, product.title, product.handle)
            one.examples.append(Example(link))
    for one in troubles:
        for example in one.examples:
            rows = found[id(one), example.link.pk]
            tiles = [tile_of_line(row) for row in rows]
            example.strip.extend(excerpt(tiles, AFTER))
            first = getattr(rows[0], "shown_by", "")  # the annotation
            example.picture = first if isinstance(first, str) else ""
            word = next((tile.lost for tile in tiles if tile.lost), _("not linked"))
            said = ngettext("{n} picture: {outcome}", "{n} pictures: {outcome}", len(tiles))
            example.said = said.format(n=number(len(tiles)), outcome=word)


def alike(sync: Sync, like: int) -> tuple[str, Q] | None:
    """Outcome and lines that belong to the line of this pk; None if the run has no such line. One query."""
    lines = ChangeRow.objects.filter(part__sync=sync).order_by()
    same = lines.filter(outcome__in=lines.filter(pk=like).values("outcome")).values_list("outcome", "reason")
    rows = list(same.annotate(own=Count("pk", filter=Q(pk=like))))
    named = next(((outcome, reason) for outcome, reason, own in rows if own), None)
    if named is None:
        return None
    outcome, first = named
    found = {reason: likeness(reason) == likeness(first) for _outcome, reason, _own in rows}
    return outcome, _among(
        [one for one, fits in found.items() if fits], [one for one, fits in found.items() if not fits]
    )


def _among(fitting: Sequence[Reason], others: Sequence[Reason]) -> Q:
    """Of very many that are alike, which have one code: all of this code but the others, if these can be named."""
    if len(fitting) <= READ:
        return Q(reason__in=fitting)
    code = fitting[0].code
    others = [one for one in others if one.code == code]
    return Q(In(CODE_OF, [code])) & ~Q(reason__in=others if len(others) <= READ else [])


def saying(lines: QuerySet[ChangeRow], text: str) -> Q:
    """Which of these lines have reasons that read so, in any case. Rows keep codes, and people search for words: up to READ
    reasons are read one by one, in one query; of more, see `_saying_by_code`."""
    known = lines.order_by().exclude(reason="").values_list("reason", flat=True).distinct()
    read = list(known[: READ + 1])
    if len(read) > READ:
        return _saying_by_code(lines, text)
    return Q(reason__in=[reason for reason in read if searched(text) in searched(str(reason))])


def _saying_by_code(lines: QuerySet[ChangeRow], text: str) -> Q:
    """All lines of a code whose own words hold the text, and those in which a value does. What begins in the one and ends in the
    other is not found. One query."""
    examples = lines.order_by().exclude(reason="").annotate(code=CODE_OF).values_list("code")
    wholly, nowhere, wanted = [], [], searched(text)
    for code, example in examples.annotate(example=Min("reason"))[:CODES]:
        if CODE.fullmatch(code):
            if wanted in searched(_without_values(str(example), example)):
                wholly.append(code)
            elif wanted in searched(_without_values(encoded(example), example)):
                nowhere.append(code)  # the code or a value's name holds it, which nobody reads
    kept = json.dumps(text, ensure_ascii=False)[1:-1]
    return Q(In(CODE_OF, wholly)) | holds(["reason"], kept) & ~Q(In(CODE_OF, nowhere))


def _without_values(words: str, reason: Reason) -> str:
    values = {str(value) for one in reason.within() for _name, given in one.pairs for value in _each(given)}
    for value in sorted(values - {""}, key=len, reverse=True):
        words = words.replace(value, "\0")
    return words


def _each(given: object) -> list[object]:
    return [one for one in (given if isinstance(given, tuple) else (given,)) if not isinstance(one, Reason)]
