"""What went wrong in a run, and what stayed out: by reason, with the products concerned and what to do."""

import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, F, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, Left, StrIndex
from django.db.models.lookups import In

from linking.domain.troubles import likeness, todo
from linking.models import ChangeRow, StoreSync, Sync
from linking.pages.gallery_strips import ProductLink, product_link
from linking.pages.text_search import holds
from setup.reasons import CODE, Reason, encoded
from setup.spelling import searched

Outcome = ChangeRow.Outcome
# What is not as planned, and what of it is shown while the run goes on. Bad news first.
WRONG = (Outcome.FAILED, Outcome.REFUSED, Outcome.UNKNOWN, Outcome.ABORTED, Outcome.SKIPPED)
SO_FAR = (Outcome.FAILED, Outcome.REFUSED, Outcome.UNKNOWN)
SHOWN = 30
EXAMPLES = 5
# So many distinct reasons, and codes, are read and bound one by one; SQLite takes 32,766 parameters by default.
READ, CODES = 2000, 1000
# The code of a reason as it is kept. Of a sentence of an older release, its first word.
CODE_OF = Left("reason", StrIndex(Concat(F("reason"), Value(" "), output_field=TextField()), Value(" ")) - 1)


@dataclass
class Trouble:
    """Lines of one outcome with reasons alike. `reason` is the most frequent, `others`
    so many more that differ in a name or number; `galleries` are concerned; `like` names a line of it, for the filter."""

    outcome: str
    reason: Reason
    todo: str
    lines: int = 0
    galleries: int = 0
    others: int = -1
    like: int = 0
    reasons: list[Reason] = field(default_factory=list)
    examples: list[ProductLink] = field(default_factory=list)

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


def add_examples(sync: Sync, parts: Sequence[StoreSync], troubles: Sequence[Trouble]) -> None:
    """The first products of each, with the way to them. One query."""
    if not any(one.galleries for one in troubles):
        return
    owner = {(one.outcome, reason): one for one in troubles for reason in one.reasons[:EXAMPLES]}
    concerned = Q()
    for outcome, reason in owner:
        concerned |= Q(outcome=outcome, reason=reason)
    lines = ChangeRow.objects.filter(concerned, part__sync=sync, product__isnull=False).order_by("product")
    names = ("product", "product__title", "product__handle", "product__product_id", "part")
    stores = {part.pk: part.store for part in parts}
    for outcome, reason, pk, title, handle, product_id, part in lines.values_list("outcome", "reason", *names)[:500]:
        one = owner[outcome, reason]
        if len(one.examples) < EXAMPLES and all(known.pk != pk for known in one.examples):
            one.examples.append(product_link(stores[part], pk, product_id, title, handle))


def alike(sync: Sync, like: int) -> tuple[str, Q] | None:
    """Outcome and lines that belong to the line of this pk; None if the run has no such line. One query."""
    lines = ChangeRow.objects.filter(part__sync=sync).order_by()
    same = lines.filter(outcome__in=lines.filter(pk=like).values("outcome")).values_list("outcome", "reason")
    rows = list(same.annotate(own=Count("pk", filter=Q(pk=like))))
    named = next(((outcome, reason) for outcome, reason, own in rows if own), None)
    if named is None:
        return None
    outcome, first = named
    found = {reason: likeness(reason) == likeness(first) for _, reason, _ in rows}
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
    values = {str(value) for one in reason.within() for _, given in one.pairs for value in _each(given)}
    for value in sorted(values - {""}, key=len, reverse=True):
        words = words.replace(value, "\0")
    return words


def _each(given: object) -> list[object]:
    return [one for one in (given if isinstance(given, tuple) else (given,)) if not isinstance(one, Reason)]
