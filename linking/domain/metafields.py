"""Metafields of products and variants as stores define them: which can be a key, and what they are offered as."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from setup.natural_order import natural
from setup.words import gettext_lazy

# Type -> what people read. Values of these are texts and whole numbers that are equal or not; a reference, a measure, a moment
# or a longer text is nobody's key. https://shopify.dev/docs/apps/build/metafields/list-of-data-types
KEY_TYPES: Mapping[str, object] = {
    "single_line_text_field": gettext_lazy("text"),
    "list.single_line_text_field": gettext_lazy("list of texts"),
    "number_integer": gettext_lazy("whole number"),
    "list.number_integer": gettext_lazy("list of whole numbers"),
    "id": "ID",
}


@dataclass(frozen=True)
class Definition:
    """What a store says of a metafield. `code`: namespace.key; `owner`: PRODUCT or PRODUCTVARIANT, whose it is."""

    code: str
    name: str
    type: str
    owner: str = "PRODUCT"


@dataclass(frozen=True)
class Offered:
    """A metafield that can be a key, and in how many of the stores it is one. `holds`: what kind of values, in words."""

    code: str
    name: str
    holds: str
    stores: int


def offered(stores: Iterable[Sequence[Definition]]) -> list[Offered]:
    """Of all these stores together, those that most of them have first; named and typed as most of them do it."""
    known: dict[str, list[Definition]] = {}
    for definitions in stores:
        for one in {each.code: each for each in definitions if each.type in KEY_TYPES}.values():
            known.setdefault(one.code, []).append(one)
    found = [
        Offered(code, most(one.name for one in same), str(KEY_TYPES[most(one.type for one in same)]), len(same))
        for code, same in known.items()
    ]
    return sorted(found, key=lambda one: (-one.stores, natural(one.name), one.code))


def most(values: Iterable[str]) -> str:
    return Counter(values).most_common(1)[0][0]
