"""Which galleries of a run are shown: by kind of change, store, text, or a trouble; with how many there are of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linking.domain.plan import Change
from linking.domain.results import NEED_YOU
from linking.models import ChangeRow, ProductSync, StoreSync, Sync
from linking.pages.run.numbers import RunNumbers
from linking.pages.run.pictures import KINDS, Pictures, kinds
from linking.pages.run.problems import alike, galleries_alike, saying
from linking.pages.text_search import asked_text, holds
from setup.numbers import whole
from setup.words import gettext_lazy

Outcome, State = ChangeRow.Outcome, ProductSync.State

# Kind -> its lines.
LINES: dict[str, Q] = KINDS | {
    "keep": Q(change=Change.KEEP, owner_id=""),
    "failed": Q(outcome=Outcome.FAILED),
    "unknown": Q(outcome=Outcome.UNKNOWN),
    "aborted": Q(outcome=Outcome.ABORTED),
}
# Kind -> its galleries, whatever their lines are.
GALLERIES: dict[str, Q] = {
    "variants": ~Q(variants=[]),
    "partial": Q(state=State.PARTIAL),
    "refused": Q(state=State.REFUSED),
    "problem": Q(state__in=NEED_YOU),
    "unchanged": Q(state=State.UNCHANGED),
}
# Kinds count galleries, and show these alone; assets without a product are found by text, store and reason.
OUT = ("",)
# What the filter offers, in this order: of a plan, and of a run that is over.
WORDS = {
    "": (gettext_lazy("All"), gettext_lazy("All")),
    "add": (gettext_lazy("Adds"), gettext_lazy("Added")),
    "replace": (gettext_lazy("Replaces"), gettext_lazy("Replaced")),
    "unlink": (gettext_lazy("Removes"), gettext_lazy("Removed")),
    "move": (gettext_lazy("Moves"), gettext_lazy("Moved")),
    "adopt": (gettext_lazy("Adopts"), gettext_lazy("Adopted")),
    "release": (gettext_lazy("No longer adopted"), gettext_lazy("No longer adopted")),
    "swatch": (gettext_lazy("Swatches"), gettext_lazy("Swatches")),
    "variants": (gettext_lazy("Variant pictures"), gettext_lazy("Variant pictures")),
    "alt": (gettext_lazy("Alt texts"), gettext_lazy("Alt texts")),
    "skip": (gettext_lazy("Not linked"), gettext_lazy("Not linked")),
    "problem": (gettext_lazy("Problems"), gettext_lazy("Problems")),
    "unchanged": (gettext_lazy("Unchanged"), gettext_lazy("Unchanged")),
}
# These can be asked for by an address, and are offered only while they are chosen.
MORE = {
    "keep": gettext_lazy("Kept"),
    "failed": gettext_lazy("Failed"),
    "unknown": gettext_lazy("Unconfirmed"),
    "aborted": gettext_lazy("Aborted"),
    "partial": gettext_lazy("Done in part"),
    "refused": gettext_lazy("Refused"),
}


@dataclass(frozen=True)
class Kind:
    """A choice of the filter."""

    code: str
    word: str
    galleries: int
    chosen: bool = False


@dataclass(frozen=True)
class RunFilter:
    """As the address says it: what is not known there is left out. `like`: the pk of a line with the trouble in question,
    `whole`: of a gallery with it."""

    sync: Sync
    kind: str = ""
    store: int | None = None
    text: str = ""
    like: int | None = None
    whole: int | None = None

    @classmethod
    def of(cls, sync: Sync, asked: Mapping[str, str]) -> "RunFilter":
        kind = asked.get("kind", "")
        known = kind if kind in LINES or kind in GALLERIES else ""
        return cls(
            sync,
            known,
            whole(asked.get("store")),
            asked_text(asked),
            whole(asked.get("like")),
            whole(asked.get("whole")),
        )

    def __bool__(self) -> bool:
        return bool(self.kind or self.store or self.text or self.like or self.whole)

    @property
    def query(self) -> str:
        """For an address, without the page."""
        chosen = {"kind": self.kind, "store": self.store, "q": self.text, "like": self.like, "whole": self.whole}
        return urlencode({name: value for name, value in chosen.items() if value})

    def products(self) -> QuerySet[ProductSync]:
        rows = self._everywhere(ProductSync.objects.filter(part__sync=self.sync))
        if self.kind in GALLERIES:
            rows = rows.filter(GALLERIES[self.kind])
        elif self.kind:
            rows = rows.filter(having(LINES[self.kind]))
        return rows

    def unlinked(self) -> QuerySet[ChangeRow]:
        """The assets that found no product."""
        rows = ChangeRow.objects.filter(part__sync=self.sync, product=None)
        if self.kind not in OUT or self.whole:
            return rows.none()
        if self.store:
            rows = rows.filter(part__store=self.store)
        if self.text:
            rows = rows.filter(naming(self.text) | saying(rows, self.text))
        if self.like:
            rows = rows.filter(self._alike)
        return rows

    def kinds(self, known: Mapping[str, int] | None = None) -> list[Kind]:
        """What there is among the galleries of this store, text and trouble, with counts. `known`: the counts of the whole
        run (of_run), which spare two queries."""
        galleries = dict(known) if known and not self._narrowed else self._counted()
        words = {code: over if not self.sync.dry_run else plan for code, (plan, over) in WORDS.items()}
        words |= {self.kind: MORE[self.kind]} if self.kind in MORE else {}
        return [
            Kind(code, str(word), galleries.get(code, 0), chosen=code == self.kind)
            for code, word in words.items()
            if galleries.get(code) or code in ("", self.kind)
        ]

    def _counted(self) -> dict[str, int]:
        rows = self._everywhere(ProductSync.objects.filter(part__sync=self.sync)).order_by()
        lines = ChangeRow.objects.filter(part__sync=self.sync, product__isnull=False).order_by()
        if self._narrowed:
            lines = lines.filter(product__in=rows.values("pk"))
        offered = {code: q for code, q in LINES.items() if code in WORDS or code == self.kind}
        return counted(rows) | lines.aggregate(
            **{code: Count("product", distinct=True, filter=q) for code, q in offered.items()}
        )

    @property
    def _narrowed(self) -> bool:
        """By more than a kind."""
        return bool(self.store or self.text or self.like or self.whole)

    def _everywhere(self, rows: QuerySet[ProductSync]) -> QuerySet[ProductSync]:
        """Of the chosen store, with the text and the trouble, whatever the kind of change."""
        if self.store:
            rows = rows.filter(part__store=self.store)
        if self.text:
            rows = rows.filter(holds(("title", "handle"), self.text) | having(naming(self.text)))
        if self.like:
            rows = rows.filter(having(self._alike))
        if self.whole:
            rows = rows.filter(state__in=NEED_YOU, reason__in=galleries_alike(self.sync, self.whole))
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


def of_run(numbers: RunNumbers, pictures: Mapping[int, Pictures]) -> dict[str, int]:
    """Galleries of a whole run by kind, from what is known of it."""
    states = numbers.states
    found = {code: states.get(code, 0) for code in (State.PARTIAL.value, State.REFUSED.value, State.UNCHANGED.value)}
    problems = sum(states.get(state, 0) for state in NEED_YOU)
    return {"": sum(states.values()), "variants": numbers.variants, "problem": problems, **found, **kinds(pictures)}


def having(lines: Q) -> Exists:
    """Galleries with such a line."""
    return Exists(ChangeRow.objects.filter(lines, product=OuterRef("pk")))


def naming(text: str) -> Q:
    """Lines of an asset or a key with this text."""
    return holds(("name", "key"), text) | Q(asset_id=text)


def filter_stores(parts: Sequence[StoreSync]) -> list[tuple[int, str]]:
    """What the filter offers, if there is a choice."""
    return [(part.store_id, str(part.store)) for part in parts] if len(parts) > 1 else []
