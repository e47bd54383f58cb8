"""Products that a program names one by one, each with its assets: an id, a handle or a SKU in place of a key. Pure.

The rows of a request are kept as a run's groups (linking.domain.arrangements), in order and one for one, so that a group's place
is its row's. What a name means is each store's own answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from linking.domain.fields import ShopifyField, ShopifyKind
from linking.domain.galleries import MAX_MEDIA
from linking.domain.matching import Match, Verdict
from setup.reasons import Reason
from setup.spelling import plain

PRODUCT = "gid://shopify/Product/"
ID = "id"
FIELDS: Mapping[str, ShopifyField] = {
    "handle": ShopifyField(ShopifyKind.HANDLE),
    "sku": ShopifyField(ShopifyKind.SKU),
}
LONGEST = 255
# What an asset may be of its product, if a program says so: a picture of its gallery, or its swatch.
GALLERY, SWATCH = "gallery", "swatch"
ROLES = (GALLERY, SWATCH)
# What such a run has in place of a field of Shopify to match by.
NAMED = "named"


class BadReference(ValueError):
    """The text says what to write instead."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`by`: id, handle or sku; `text`: the id, handle or SKU, as a store keeps it."""

    by: str
    text: str

    @classmethod
    def of(cls, id: str = "", handle: str = "", sku: str = "") -> "Reference":
        """Raises BadReference unless exactly one is given, and it can be one."""
        given = {by: found for by, text in ((ID, id), ("handle", handle), ("sku", sku)) if (found := plain(text))}
        if len(given) != 1:
            raise BadReference("Name the product by its id, its handle or a SKU, and by one of them only.")
        [(by, text)] = given.items()
        number = text.removeprefix(PRODUCT)
        if by == ID and (number == text or not (number.isascii() and number.isdecimal() and len(number) < 20)):
            raise BadReference(f"A product's id is {PRODUCT} and a number.")
        if len(text) > LONGEST:
            raise BadReference(f"It is longer than {LONGEST} characters.")
        return cls(by, text)

    @classmethod
    def parse(cls, code: str) -> "Reference":
        """The inverse of `code`. Raises BadReference."""
        by, colon, text = code.partition(":")
        if code.startswith(PRODUCT):
            return cls.of(id=code)
        if not colon or by not in FIELDS:
            raise BadReference(f"Name a product as {PRODUCT}123, handle:blue-shirt or sku:ABC-1.")
        return cls.of(**{by: text})

    @property
    def code(self) -> str:
        return self.text if self.by == ID else f"{self.by}:{self.text}"


@dataclass(frozen=True, slots=True)
class Row:
    """`assets`: ids in order. `position`: where they begin in the gallery; 0 is as for the whole run. `roles`: of those assets
    for which the environment's rule of swatches is not asked."""

    product: Reference
    assets: Sequence[str]
    position: int = 0
    roles: Mapping[str, str] = field(default_factory=dict)


def labels(products: Sequence[Reference]) -> list[str]:
    """What reports call each, in order: its text; its code, if texts alone would not tell all of them apart."""
    texts = len({one.text for one in products}) == len(set(products))
    return [one.text if texts else one.code for one in products]


def kept(rows: Sequence[Row]) -> list[list[Any]]:
    """The rows as groups of a run (linking.selection.arrangement.freeze), ordered by hand."""
    return [
        [label, list(dict.fromkeys(row.assets)), False, {}, True, _asked(row)]
        for row, label in zip(rows, labels([row.product for row in rows]), strict=True)
    ]


def _asked(row: Row) -> dict[str, Any]:
    known = {"asks": row.product.code, "position": row.position}
    return known | ({"roles": dict(row.roles)} if row.roles else {})


class NamedGroup(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def assets(self) -> Sequence[str]: ...


def row_numbers(groups: Iterable[NamedGroup]) -> dict[tuple[str, str], int]:
    """(label, asset id) -> the first row, from 0, that has the asset for this product; without an asset, the first row of it."""
    found: dict[tuple[str, str], int] = {}
    for at, group in enumerate(groups):
        for asset in ("", *group.assets):
            found.setdefault((group.key, asset), at)
    return found


def faults(rows: Sequence[Row], *, by_position: bool, most: int) -> list[tuple[str, str]]:
    """(where, as a JSON pointer; what is wrong there) of a request whose products and assets can be read. `by_position`: whether
    the link mode asks for a place; `most`: so many assets a run of named products takes."""
    found = []
    for at, row in enumerate(rows):
        if not row.assets:
            found.append((f"/products/{at}/assets", "Name the assets of this product."))
        if len(set(row.assets)) > MAX_MEDIA:
            found.append((f"/products/{at}/assets", f"A gallery has room for {MAX_MEDIA} pictures."))
        if row.position and not by_position:
            found.append((f"/products/{at}/position", "A place in the gallery needs the mode position."))
    if (n := len({asset for row in rows for asset in row.assets})) > most:
        found.append(("/products", f"These are {n:,} assets; a run of named products takes at most {most:,}."))
    return found


def disagreeing(alts: Iterable[tuple[str, str | None]]) -> list[int]:
    """Where an asset gets another alt text than before: a file has one, in however many galleries it stands. `alts`: (asset id,
    its alt text; None: nothing is said of it)."""
    said: dict[str, str] = {}
    return [at for at, (asset, alt) in enumerate(alts) if alt is not None and said.setdefault(asset, alt) != alt]


def roles_of(said: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[int]]:
    """Of a row's (asset id, role or nothing): the role of each asset, and where one gets another than before."""
    found: dict[str, str] = {}
    return found, [at for at, (asset, role) in enumerate(said) if role and found.setdefault(asset, role) != role]


def answer_of(product: Reference, found: Match | None) -> Match:
    """What a store answers for a named product. `found`: the match of its text; None: it has nothing."""
    if found is None or found.verdict == Verdict.UNMATCHED:
        return Match(Verdict.UNMATCHED, reason=Reason("match.no_product_named", field=product.by, key=product.text))
    if found.verdict == Verdict.AMBIGUOUS:
        n, why = len(found.product_ids), "match.several_products_named"
        return replace(found, reason=Reason(why, count=n, field=product.by, key=product.text))
    return found
