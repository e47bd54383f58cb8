"""SKU by convention: what a pattern makes of some of the environment's own names, while a person types."""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.http import QueryDict

from linking.cloudinary.renditions import thumbnail
from linking.domain.assets import Asset
from linking.domain.conventions import Convention, Reads, fitting, usual
from linking.domain.name_patterns import READ, USUAL
from linking.domain.scopes import Scope
from linking.domain.searching import BadFilter, Filters, expression
from linking.domain.sheet_columns import SheetField
from linking.domain.sheet_decisions import decided
from linking.domain.sheet_rows import Value, Wish, read, same, shown
from linking.ingest.sheets.checking import current_of
from linking.ingest.sheets.fields import fields_of
from linking.models import Selection
from linking.pages.sources import PARTS, READ_ON, SCOPES
from linking.picker.answers import SELDOM, keep, kept
from linking.picker.asking import asking
from linking.picker.fields import known
from linking.picker.looking import today
from linking.picker.sampling import Sample
from setup.models import Environment
from setup.reasons import Reason
from setup.words import _, enumeration, ngettext, number

EXAMPLES, PIXELS = 4, 80


@dataclass(frozen=True)
class Asked:
    """The form as it is filled in; never wrong by itself."""

    values: Mapping[str, Any]
    scope: Mapping[str, Any]

    @classmethod
    def of(cls, sent: QueryDict, selection: Selection | None) -> "Asked":
        fills = {part: sent.get(f"field-{part}", "") for part in READ}
        values: dict[str, Any] = {"pattern": sent.get("pattern", ""), "reads": sent.get("reads", ""), "fills": fills}
        values["replaces"] = bool(sent.get("replaces"))
        scope: dict[str, Any] = {name: sent.get(name, "") for name in ("scope", "folder", "search")}
        scope["selection"] = selection.pk if selection else None
        scope["without"] = fills["sku"] if sent.get("without") else ""
        return cls(values, scope)


def fields_seen(environment: Environment) -> list[SheetField]:
    """Without a call."""
    return [SheetField(one["id"], one["label"], one["type"]) for one in known(environment)]


def fields_now(environment: Environment) -> dict[str, SheetField]:
    """By at most one call in ten minutes. Raises CloudinaryError."""
    about = ("sheet-fields", *(one.name for one in dataclasses.fields(SheetField)))  # another release has others
    if (lately := kept(environment, *about)) is None:
        with asking(environment) as client:
            found = fields_of(environment, client)
        keep(environment, [asdict(one) for one in found.values()], SELDOM, *about)
        return found
    return {one["id"]: SheetField(**one) for one in lately}


def names_context(environment: Environment, selection: Selection | None, sent: QueryDict) -> dict[str, Any]:
    """The form as `sent`, or as it begins: with the filters of Choose Assets that the address has."""
    fields = fields_seen(environment)
    asked = Asked.of(sent, selection)
    values, scope = dict(asked.values), dict(asked.scope)
    if not sent.get("asked"):
        values |= {"pattern": USUAL, "reads": Reads.NAME.value, "fills": usual(fields)}
        scope |= begun(Filters.of(dict(sent.lists()))) | {"without": "sku"}
    fills = values["fills"]
    parts = [
        {"part": part, "label": PARTS[part], "chosen": fills.get(part, ""), "fields": fitting(fields, part)}
        for part in READ
    ]
    return {
        "values": values,
        "scope": scope | {"scope": scope["scope"] if scope["scope"] in set(Scope) else Scope.ALL.value},
        "parts": parts,
        "reads": list(READ_ON.items()),
        "scopes": [one for one in SCOPES.items() if one[0] != Scope.SELECTION or selection],
        "selected": selection,
        "has_fields": bool(parts[0]["fields"]),
    }


def begun(filters: Filters) -> dict[str, str]:
    """The scope that fits what Choose Assets shows. What AssetLink knows of links is no matter of Cloudinary's search."""
    if filters.folder and Filters(folder=filters.folder, order=filters.order) == filters:
        return {"scope": Scope.FOLDER.value, "folder": filters.folder}
    try:
        return {"scope": Scope.SEARCH.value, "search": expression(filters, today=today())} if filters else {}
    except BadFilter:
        return {}


# What comes of a name, in the order in which it is counted.
KINDS: Mapping[str, Callable[[int], str]] = {
    "change": lambda n: ngettext("{n} would be written", "{n} would be written", n),
    "same": lambda n: ngettext("{n} stays as it is", "{n} stay as they are", n),
    "bad": lambda n: ngettext("{n} has an invalid value", "{n} have an invalid value", n),
    "miss": lambda n: ngettext("{n} does not fit", "{n} do not fit", n),
}


@dataclass(frozen=True)
class Example:
    """`parts`: of each part its field, what is replaced, what the name says, and what stays instead."""

    name: str
    picture: str
    parts: Sequence[tuple[str, str, str, str]] = ()
    reason: Reason | None = None


def trial(
    environment: Environment, convention: Convention, sample: Sample, fields: Mapping[str, SheetField]
) -> dict[str, Any]:
    """What the pattern makes of each asset of the sample, by the rules by which all are checked."""
    counts: Counter[str] = Counter()
    examples: dict[str, list[Example]] = {kind: [] for kind in KINDS}
    skus = set[Value]()
    for asset in sample.assets:
        kind, values, reason = _outcome(convention, asset, fields)
        counts[kind] += 1
        skus |= {value for code, value in values.items() if code == f"field:{convention.fills.get('sku')}"}
        if len(examples[kind]) < EXAMPLES:
            examples[kind].append(_example(environment, convention, asset, values, reason, fields))
    return {
        "looked": looked_said(len(sample.assets), sample.total),
        "counted": counted_said(counts, len(skus)) if sample.assets else "",
        "kinds": [
            (kind, say(counts[kind]).format(n=number(counts[kind])), examples[kind])
            for kind, say in KINDS.items()
            if counts[kind]
        ],
        "fits": sum(counts.values()) - counts["miss"],
    }


def _outcome(
    convention: Convention, asset: Asset, fields: Mapping[str, SheetField]
) -> tuple[str, Mapping[str, Value], Reason | None]:
    cells = convention.cells(asset)
    if cells is None:
        return "miss", {}, None
    wish = read(cells, convention.columns, fields)
    if not isinstance(wish, Wish):
        return "bad", {}, wish
    decision = decided(wish.values, current_of(asset), convention.columns, fields, replaces=convention.replaces)
    kind = "bad" if decision.is_bad else "change" if decision.wanted else "same"
    return kind, wish.values, decision.reason or None


def _example(
    environment: Environment,
    convention: Convention,
    asset: Asset,
    values: Mapping[str, Value],
    reason: Reason | None,
    fields: Mapping[str, SheetField],
) -> Example:
    current = current_of(asset)
    parts = []
    for code, value in values.items():
        field = fields[code.partition(":")[2]]
        there = current.get(code, "")
        before = "" if same(there, "") or same(there, value) else shown(field, there)
        replaced, stays = (before, "") if convention.replaces else ("", before)
        parts.append((field.label, replaced, shown(field, value), stays))
    return Example(convention.subject(asset)[-200:], thumbnail(environment, asset, PIXELS), parts, reason)


def looked_said(looked: int, total: int) -> str:
    if not looked:
        return _("There is no asset to look at here.")
    if looked < total:
        text = _("Tried on {n} of about {all} names, the latest ones.")
        return text.format(n=number(looked), all=number(total))
    return ngettext("Tried on {n} name.", "Tried on {n} names.", looked).format(n=number(looked))


def counted_said(counts: Mapping[str, int], skus: int) -> str:
    fits = sum(counts.values()) - counts.get("miss", 0)
    texts: Iterable[str] = (
        ngettext("{n} name fits", "{n} names fit", fits).format(n=number(fits)),
        ngettext("{n} does not", "{n} do not", counts.get("miss", 0)).format(n=number(counts.get("miss", 0))),
        ngettext("{n} SKU was read", "{n} SKUs were read", skus).format(n=number(skus)) if skus else "",
    )
    return enumeration([text for text in texts if text])
