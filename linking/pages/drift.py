"""Drift as its page shows it: per store how much of what, and each finding with what people know it by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet

from linking.domain.drift import MENDABLE, Drift
from linking.models import DriftFinding
from linking.models.drift import KINDS
from linking.pages.links import checking_context
from linking.reporting.formats import MOST_IN_A_WORKBOOK
from setup.models import Environment, Member, Store
from setup.numbers import whole
from setup.words import _, ngettext, number

PER_PAGE = 50


@dataclass(frozen=True)
class DriftFilter:
    """As the address says it: what is not known there is left out."""

    store: int | None = None
    kind: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "DriftFilter":
        kind = asked.get("kind", "")
        return cls(whole(asked.get("store")), kind if kind in dict(KINDS) else "")

    @property
    def query(self) -> str:
        chosen = {"store": self.store, "kind": self.kind}
        return urlencode({name: value for name, value in chosen.items() if value})

    def __bool__(self) -> bool:
        return bool(self.query)

    def findings(self, environment: Environment) -> QuerySet[DriftFinding]:
        rows = DriftFinding.objects.filter(store__environment=environment).select_related("store").order_by("pk")
        rows = rows.filter(store=self.store) if self.store else rows
        return rows.filter(kind=self.kind) if self.kind else rows


@dataclass(frozen=True)
class Row:
    """A finding with the address of its product in the Shopify admin; none for a product that is gone."""

    finding: DriftFinding
    admin_url: str

    @property
    def said(self) -> str:
        return SAID[Drift(self.finding.kind)](self.finding)


def _alt(was: str, now: str) -> str:
    if not was:
        return _("It was empty, and is “{now}”.").format(now=now)
    if not now:
        return _("It was “{was}”, and is empty.").format(was=was)
    return _("It was “{was}”, and is “{now}”.").format(was=was, now=now)


SAID: Mapping[Drift, Any] = {
    Drift.PRODUCT: lambda row: ngettext(
        "Somebody deleted the product, with {n} picture of ours.",
        "Somebody deleted the product, with {n} pictures of ours.",
        row.count,
    ).format(n=number(row.count)),
    Drift.MISSING: lambda row: _("It is not in the gallery any more."),
    Drift.REORDERED: lambda row: ngettext(
        "{n} picture stands elsewhere than the latest run left it.",
        "{n} pictures stand elsewhere than the latest run left them.",
        row.count,
    ).format(n=number(row.count)),
    Drift.VERSION: lambda row: _("Cloudinary has a newer version of the asset."),
    Drift.ALT: lambda row: _alt(row.was, row.now),
    Drift.ASSET: lambda row: _("Cloudinary does not have the asset any more."),
    Drift.FOREIGN: lambda row: ngettext(
        "AssetLink did not put {n} picture there, and no run has seen it.",
        "AssetLink did not put {n} pictures there, and no run has seen them.",
        row.count,
    ).format(n=number(row.count)),
}


@dataclass(frozen=True)
class StoreLine:
    """`counts`: (kind, its label, how many findings), without kinds of which there is none. `mendable`: whether a plan could
    bring something back, and the member may write to the store."""

    store: Store
    counts: Sequence[tuple[str, str, int]]
    mendable: bool


def rows_context(environment: Environment, chosen: DriftFilter, after: int | None) -> dict:
    """A page of rows, and where the next begins. `after`: the pk of the last finding that is shown already."""
    rows = chosen.findings(environment)
    found = list((rows.filter(pk__gt=after) if after else rows)[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    return {
        "filter": chosen,
        "rows": [Row(one, _address(one)) for one in shown],
        "after": shown[-1].pk if len(found) > PER_PAGE else None,
    }


def _address(one: DriftFinding) -> str:
    return "" if one.kind == Drift.PRODUCT else one.store.product_admin_url(one.product_id)


def stores_context(environment: Environment, member: Member) -> dict:
    """`lines`: of the stores in which something has drifted."""
    counted = DriftFinding.objects.filter(store__environment=environment).order_by()
    found: dict[int, dict[str, int]] = {}
    for store, kind, n in counted.values_list("store", "kind").annotate(n=Count("pk")):
        found.setdefault(store, {})[kind] = n
    stores = list(environment.stores.in_order())
    lines = [_line(store, found[store.pk], member) for store in stores if store.pk in found]
    total = sum(n for of in found.values() for n in of.values())
    context = {"stores": stores, "lines": lines, "kinds": KINDS, "total": total}
    return context | {"workbook": total <= MOST_IN_A_WORKBOOK, **checking_context(environment)}


def _line(store: Store, counts: Mapping[str, int], member: Member) -> StoreLine:
    known = [(kind, str(label), counts[kind]) for kind, label in KINDS if kind in counts]
    may = not member.is_viewer and member.may_write_to(store) and store.status == Store.Status.CONNECTED
    return StoreLine(store, known, may and any(kind in MENDABLE for kind in counts))
