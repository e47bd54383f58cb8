"""Which galleries of a run are shown: by kind of change, store, text, or a trouble; with how many there are of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linking.domain.plan import Change
from linking.models import ChangeRow, ProductSync, StoreSync, Sync
from linking.pages.run.numbers import RunNumbers
from linking.pages.run.problems import alike, saying
from linking.pages.text_search import asked_text, holds
from setup.numbers import whole

Outcome, State = ChangeRow.Outcome, ProductSync.State

# Kind -> its lines. Swatches have lines of the same alphabet, and a kind of their own beside it.
LINES: dict[str, Q] = {change.value: Q(change=change, owner_id="") for change in Change}
LINES |= {
    "alt": Q(alt_after__isnull=False),
    "swatch": ~Q(owner_id=""),
    "failed": Q(outcome=Outcome.FAILED),
    "unknown": Q(outcome=Outcome.UNKNOWN),
    "aborted": Q(outcome=Outcome.ABORTED),
}
# Kind -> its galleries, whatever their lines are.
GALLERIES: dict[str, Q] = {
    "variants": ~Q(variants=[]),
    "partial": Q(state=State.PARTIAL),
    "refused": Q(state=State.REFUSED),
    "unchanged": Q(state=State.UNCHANGED),
}
# The kinds under which assets without a product are shown.
OUT = ("", Change.SKIP)
WORDS = {
    "alt": "alt text",
    "variants": "variants’ pictures",
    "swatch": "swatch",
    "failed": "failed",
    "unknown": "unconfirmed",
    "aborted": "aborted",
    "partial": "done in part",
    "refused": "refused",
    "unchanged": "unchanged",
}


@dataclass(frozen=True)
class Kind:
    """A choice of the filter. `lines` are None where only galleries are counted."""

    code: str
    word: str
    sigil: str
    galleries: int
    lines: int | None = None
    chosen: bool = False


@dataclass(frozen=True)
class RunFilter:
    """As the address says it: what is not known there is left out. `like`: the pk of a line with the trouble in question."""

    sync: Sync
    kind: str = ""
    store: int | None = None
    text: str = ""
    like: int | None = None

    @classmethod
    def of(cls, sync: Sync, asked: Mapping[str, str]) -> "RunFilter":
        kind = asked.get("kind", "")
        known = kind if kind in LINES or kind in GALLERIES else ""
        return cls(sync, known, whole(asked.get("store")), asked_text(asked), whole(asked.get("like")))

    def __bool__(self) -> bool:
        return bool(self.kind or self.store or self.text or self.like)

    @property
    def query(self) -> str:
        """For an address, without the page."""
        chosen = {"kind": self.kind, "store": self.store, "q": self.text, "like": self.like}
        return urlencode({name: value for name, value in chosen.items() if value})

    def products(self) -> QuerySet[ProductSync]:
        rows = self._everywhere(ProductSync.objects.filter(part__sync=self.sync))
        if self.kind in GALLERIES:
            rows = rows.filter(GALLERIES[self.kind])
        elif self.kind:
            rows = rows.filter(having(LINES[self.kind]))
        if self.like:
            rows = rows.filter(having(self._alike))
        return rows

    def unlinked(self) -> QuerySet[ChangeRow]:
        """The assets that found no product."""
        rows = ChangeRow.objects.filter(part__sync=self.sync, product=None)
        if self.kind not in OUT:
            return rows.none()
        if self.store:
            rows = rows.filter(part__store=self.store)
        if self.text:
            rows = rows.filter(naming(self.text) | saying(rows, self.text))
        if self.like:
            rows = rows.filter(self._alike)
        return rows

    def kinds(self, numbers: RunNumbers | None = None) -> list[Kind]:
        """What there is among the galleries of this store and text, with counts. `numbers`, of the whole run, spare a query."""
        narrow = bool(self.store or self.text)
        rows = self._everywhere(ProductSync.objects.filter(part__sync=self.sync)).order_by()
        galleries = of_run(numbers) if numbers and not narrow else counted(rows)
        lines = ChangeRow.objects.filter(part__sync=self.sync, product__isnull=False).order_by()
        if narrow:
            lines = lines.filter(product__in=rows.values("pk"))
        sums = {f"n_{code}": Count("pk", filter=q) for code, q in LINES.items()}
        sums |= {f"in_{code}": Count("product", distinct=True, filter=q) for code, q in LINES.items()}
        found = lines.aggregate(**sums)
        kinds = [Kind("", "all", "", galleries[""], chosen=not self.kind)]
        for code in (*LINES, *GALLERIES):
            n = found[f"in_{code}"] if code in LINES else galleries[code]
            if n or code == self.kind:
                sigil = Change(code).sigil if code in list(Change) else ""
                kinds.append(Kind(code, WORDS.get(code, code), sigil, n, found.get(f"n_{code}"), self.kind == code))
        return kinds

    def _everywhere(self, rows: QuerySet[ProductSync]) -> QuerySet[ProductSync]:
        """Of the chosen store, with the text, whatever the kind of change."""
        if self.store:
            rows = rows.filter(part__store=self.store)
        if self.text:
            rows = rows.filter(holds(("title", "handle"), self.text) | having(naming(self.text)))
        return rows

    @cached_property
    def _alike(self) -> Q:
        found = alike(self.sync, self.like or 0)
        return Q(outcome=found[0]) & found[1] if found else Q(pk=None)


def counted(rows: QuerySet[ProductSync]) -> dict[str, int]:
    """Galleries by kind; all of them under the empty one."""
    sums = {f"n_{code}": Count("pk", filter=q) for code, q in GALLERIES.items()}
    found = rows.aggregate(n_=Count("pk"), **sums)
    return {code: found[f"n_{code}"] for code in ("", *GALLERIES)}


def of_run(numbers: RunNumbers) -> dict[str, int]:
    """The same of a whole run, from what is known of it."""
    of_state = {str(state): numbers.states.get(state, 0) for state in (State.PARTIAL, State.REFUSED, State.UNCHANGED)}
    return {"": sum(numbers.states.values()), "variants": numbers.variants, **of_state}


def having(lines: Q) -> Exists:
    """Galleries with such a line."""
    return Exists(ChangeRow.objects.filter(lines, product=OuterRef("pk")))


def naming(text: str) -> Q:
    """Lines of an asset or a key with this text."""
    return holds(("name", "key"), text) | Q(asset_id=text)


def filter_stores(parts: Sequence[StoreSync]) -> list[tuple[int, str]]:
    """What the filter offers, if there is a choice."""
    return [(part.store_id, str(part.store)) for part in parts] if len(parts) > 1 else []
