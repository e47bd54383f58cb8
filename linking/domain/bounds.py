"""Which products a run is for: those of some statuses, vendors, product types, tags or collections. It applies to products that
match; what it leaves out is named."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from setup.natural_order import natural
from setup.reasons import NONE, Counted, Given, Reason, Template, register
from setup.spelling import folded, plain
from setup.words import _, number, pgettext, quoted

# https://shopify.dev/docs/api/admin-graphql/2026-10/enums/ProductStatus; UNLISTED since 2025-10.
STATUSES = ("ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED")
# What a run can be bounded by: what it is kept as -> the fact of a product that is compared.
PARTS = ("status", "vendor", "product_type", "tag", "collection")
WRITTEN, SINGLE = PARTS[1:], PARTS[:3]
MOST_VALUES, LONGEST = 20, 255
MOST_OFFERED = 12  # while one is written
NAMED = 2  # values of each part that its short form names


@dataclass(frozen=True, slots=True)
class Facts:
    """What a store says of a product. `vendor`, `product_type` and `tags` are None where nobody asked yet; `collections`: what
    of those that were asked for it is in, as `folded` compares, or None."""

    title: str
    status: str
    vendor: str | None = None
    product_type: str | None = None
    tags: Sequence[str] | None = None
    collections: frozenset[str] | None = None

    def values(self, part: str) -> Sequence[str] | None:
        one = {"status": self.status, "vendor": self.vendor, "product_type": self.product_type}
        if part in one:
            return None if one[part] is None else (str(one[part]),)
        return self.tags if part == "tag" else None if self.collections is None else sorted(self.collections)


@dataclass(frozen=True)
class Bound:
    """Values by part; a product is inside if it has one of the values of each part that has any. Case and blanks make no
    difference, as in Shopify's own searches for these fields. No values at all: every product."""

    status: tuple[str, ...] = ()
    vendor: tuple[str, ...] = ()
    product_type: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    collection: tuple[str, ...] = ()

    @classmethod
    def of(cls, value: object) -> "Bound":
        """Of what is stored or sent, whatever that is: values that nobody could have chosen are left out. All statuses are no
        bound."""
        known = value if isinstance(value, Mapping) else {}
        if not known:
            return EVERY  # as nearly always, and asked for a dozen times by each request
        found = {part: _texts(known.get(part)) for part in WRITTEN}
        given = known.get("status")
        status = tuple(one for one in STATUSES if isinstance(given, list | tuple) and one in given)
        return cls(() if status == STATUSES else status, **found)

    @property
    def kept(self) -> dict[str, list[str]]:
        """As a row holds it: only parts that have values."""
        return {part: list(values) for part in PARTS if (values := getattr(self, part))}

    def __bool__(self) -> bool:
        return bool(self.kept)

    @cached_property
    def _wanted(self) -> Mapping[str, frozenset[str]]:
        return {part: frozenset(map(folded, values)) for part, values in self.kept.items()}

    @property
    def collections(self) -> frozenset[str]:
        """As `folded` compares."""
        return self._wanted.get("collection", frozenset())

    def outside(self, facts: Facts) -> Reason:
        """Why a product is left out; NONE if it is not. What nobody has asked of it does not leave it out: a plan asks."""
        for part, wanted in self._wanted.items():
            values = facts.values(part)
            if values is not None and wanted.isdisjoint(map(folded, values)):
                known = {"title": facts.title} | ({"has": values[0]} if part in SINGLE else {})
                return Reason(f"bound.{part}", **known)
        return NONE

    @property
    def label(self) -> str:
        """In few words, as data: “Active, Draft · Acme · Sale +3”."""
        return " · ".join(
            _some([status_word(one) if part == "status" else one for one in getattr(self, part)]) for part in self.kept
        )

    @property
    def in_full(self) -> str:
        """With every value: “status Active, Draft · vendor Acme”."""
        return " · ".join(
            f"{part_word(part)}: {', '.join(status_word(one) if part == 'status' else one for one in values)}"
            for part, values in self.kept.items()
        )


EVERY = Bound()
# Of a product as a match keeps it: why it is left out, NONE if it is not.
Outside = Callable[[Mapping[str, object]], Reason]


def status_word(status: str) -> str:
    words = {
        "ACTIVE": pgettext("status of a product", "Active"),
        "DRAFT": pgettext("status of a product", "Draft"),
        "ARCHIVED": pgettext("status of a product", "Archived"),
        "UNLISTED": pgettext("status of a product", "Unlisted"),
    }
    return words.get(status, status.title())


def part_word(part: str) -> str:
    words = {
        "status": _("Status"),
        "vendor": _("Vendor"),
        "product_type": _("Product type"),
        "tag": _("Tag"),
        "collection": _("Collection"),
    }
    return words[part]


def facts_of(product: Mapping[str, object], collections: frozenset[str] | None) -> Facts:
    """Of a product as a match keeps it; earlier releases kept no more than its status."""
    tags = product.get("tags")
    return Facts(
        title=str(product.get("title") or ""),
        status=str(product.get("status") or ""),
        vendor=_text_or_none(product.get("vendor")),
        product_type=_text_or_none(product.get("product_type")),
        tags=[one for one in tags if isinstance(one, str)] if isinstance(tags, list | tuple) else None,
        collections=collections,
    )


def within(bound: Bound, members: Mapping[str, Collection[str] | None], of: Collection[str] | None = None) -> Outside:
    """Why each product is outside of the bound. `members`: of each collection, as `folded` compares, the ids of the products in
    it; None if the store has none of that name. `of`: the products that were asked about; None: all. Collections that nobody has
    asked for leave nothing out."""
    held: dict[str, set[str]] = {}
    for name, ids in members.items():
        for id in ids or ():
            held.setdefault(id, set()).add(name)
    known = bound.collections <= members.keys()

    def outside(product: Mapping[str, object]) -> Reason:
        asked = known and (of is None or product["id"] in of)
        collections = frozenset(held.get(str(product["id"]), ())) if asked else None
        return bound.outside(facts_of(product, collections))

    return outside if bound else everything


def everything(product: Mapping[str, object]) -> Reason:
    """Of no bound: nothing is outside."""
    return NONE


def values_like(values: Iterable[str], typed: str) -> list[str]:
    """Some of these that contain what is typed, each once: those that begin so before others, as people count."""
    wanted, found = folded(typed), dict[str, str]()
    for value in values:
        if wanted in folded(value):
            found.setdefault(folded(value), value)
    return [found[one] for one in sorted(found, key=lambda one: (not one.startswith(wanted), natural(one)))][
        :MOST_OFFERED
    ]


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: object) -> tuple[str, ...]:
    given: Iterable[object] = value if isinstance(value, list | tuple) else ()
    bare = [plain(one)[:LONGEST] for one in given if isinstance(one, str)]
    by_sense: dict[str, str] = {}
    for one in bare:
        if folded(one):
            by_sense.setdefault(folded(one), one)
    return tuple(by_sense.values())[:MOST_VALUES]


def _some(values: Sequence[str]) -> str:
    more = len(values) - NAMED
    return ", ".join(values) if more <= 0 else f"{', '.join(values[:NAMED])} +{number(more)}"


def in_short(reason: Reason) -> str:
    """Why a product is outside, where it is named already: “Status: Draft”."""
    part = reason.code.partition(".")[2]
    if part in SINGLE:
        has = str(reason.values.get("has", ""))
        has = status_word(has) if part == "status" else has
        return _("{part}: {has}").format(part=part_word(part), has=has or _("none"))
    if part == "tag":
        return _("None of the tags")
    if part == "collection":
        return _("None of the collections")
    return str(reason)


def _status(title: str, has: str) -> str:
    text = _("{product} is outside of the chosen products: its status is {status}.")
    return text.format(product=quoted(title), status=status_word(has))


WORDS: Mapping[str, Template] = {
    "bound.status": _status,
    "bound.vendor": Given(
        "has",
        "“{title}” is outside of the chosen products: its vendor is {has}.",
        "“{title}” is outside of the chosen products: it has no vendor.",
    ),
    "bound.product_type": Given(
        "has",
        "“{title}” is outside of the chosen products: its product type is {has}.",
        "“{title}” is outside of the chosen products: it has no product type.",
    ),
    "bound.tag": "“{title}” is outside of the chosen products: it has none of their tags.",
    "bound.collection": "“{title}” is outside of the chosen products: it is in none of the collections.",
    "bound.all": Counted(
        "The {count:,} product that matches is outside of the chosen products.",
        "All {count:,} products that match are outside of the chosen products.",
    ),
}
register(WORDS)
