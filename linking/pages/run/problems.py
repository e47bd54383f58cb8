"""What went wrong in a run, and what stayed out: by reason, with the products concerned and what to do."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Min, Q, QuerySet

from linking.domain.troubles import likeness, todo
from linking.models import ChangeRow, StoreSync, Sync
from linking.pages.gallery_strips import ProductLink, product_link
from setup.reasons import Reason

Outcome = ChangeRow.Outcome
# What is not as planned, and what of it is shown while the run goes on. Bad news first.
WRONG = (Outcome.FAILED, Outcome.REFUSED, Outcome.UNKNOWN, Outcome.ABORTED, Outcome.SKIPPED)
SO_FAR = (Outcome.FAILED, Outcome.REFUSED, Outcome.UNKNOWN)
SHOWN = 30
EXAMPLES = 5


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


def alike(sync: Sync, like: int) -> tuple[str, list[Reason]] | None:
    """Outcome and reasons that belong to the line of this pk; None if the run has no such line. One query."""
    lines = ChangeRow.objects.filter(part__sync=sync).order_by()
    same = lines.filter(outcome__in=lines.filter(pk=like).values("outcome")).values_list("outcome", "reason")
    rows = list(same.annotate(own=Count("pk", filter=Q(pk=like))))
    named = next(((outcome, likeness(reason)) for outcome, reason, own in rows if own), None)
    if named is None:
        return None
    return named[0], [reason for _, reason, _ in rows if likeness(reason) == named[1]]


def saying(lines: QuerySet[ChangeRow], text: str) -> Q:
    """Which of these lines have reasons that read so, in any case. One query: rows keep codes, and people search for words."""
    known = lines.order_by().exclude(reason="").values_list("reason", flat=True).distinct()
    return Q(reason__in=[reason for reason in known if text.lower() in str(reason).lower()])
